import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder, vsce } from './packageFolder.ts';

const checkout = join(import.meta.dirname, '../..');
const MB = 1024 * 1024;
const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  categories: string[];
  icon: string;
  repository: { url: string };
  extensionKind: string[];
  capabilities: Record<string, { supported: boolean | string; description?: string }>;
};
const repository = manifest.repository.url.replace(/\.git$/, '');

/** The extension as vsce packs it, in a checkout in which more lies about than belongs into a package. */
describe('the packed extension', function () {
  this.timeout(180_000);
  this.slow(10_000);
  let made: ReturnType<typeof packageFolder>;
  before(() => {
    made = packageFolder();
  });
  const packed = (file: string): string => execFileSync('unzip', ['-p', made.vsix, file]).toString();

  it('holds what runs and its documents, and nothing else', () => {
    const listed = execFileSync(process.execPath, [vsce, 'ls'], { cwd: made.folder, stdio: 'pipe' });
    const pictures = ['configure', 'initialize', 'openArchive', 'record'].flatMap((step) => [
      `media/walkthrough/${step}-dark.png`,
      `media/walkthrough/${step}-light.png`,
    ]);
    const files = listed
      .toString()
      .trim()
      .split('\n')
      .map((path) => path.replace(/^dist\/library-\w+\.js$/, 'dist/library-*.js'));
    assert.deepEqual(
      [...new Set(files)].sort(),
      [
        ...['package.json', 'package.nls.json', 'l10n/bundle.l10n.json', 'media/icon.png', ...pictures],
        ...['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/ThirdPartyNotices.txt', 'dist/policy.schema.json'],
        ...readdirSync(join(checkout, 'docs')).map((name) => `docs/${name}`),
        ...['dist/extension.cjs', 'dist/worker.js', 'dist/cli.js', 'dist/index.js', 'dist/library-*.js'],
        ...[
          'dist/codec.js',
          'dist/audit.js',
          'dist/api.js',
          'dist/7zz.wasm',
          'dist/webview/audit.css',
          'dist/webview/audit.js',
          'dist/webview/codicon.css',
          'dist/webview/codicon.ttf',
          'dist/webview/configure.css',
          'dist/webview/configure.js',
          'dist/webview/shared.css',
        ],
      ].sort(),
    );
  });

  it('is packed without a warning, in less than 3 MB', () => {
    assert.doesNotMatch(made.said, /WARN|ERROR/);
    assert.match(made.said, /DONE/);
    assert.ok(statSync(made.vsix).size < 4 * MB);
  });

  it('has pictures of less than 1 MB for the walkthrough', () => {
    const folder = join(checkout, 'media/walkthrough');
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    assert.ok(sizes.reduce((all, size) => all + size, 0) < MB);
  });

  it('is described as the Marketplace asks for', () => {
    const description = packed('extension.vsixmanifest');
    const tags = /<Tags>(.*)<\/Tags>/.exec(description)![1]!.split(',');
    // The Marketplace takes no more.
    assert.ok(tags.length <= 30, tags.join());
    assert.ok(manifest.categories.every((category) => categories.includes(category)));
    assert.match(description, /<DisplayName>Workspace Logs<\/DisplayName>/);
    for (const property of ['Links.Source', 'Links.Support', 'Branding.Color', 'CustomerQnALink'])
      assert.match(description, new RegExp(`Services\\.${property}" Value="[^"]`));
    const icon = readFileSync(join(checkout, manifest.icon));
    assert.deepEqual([icon.readUInt32BE(16), icon.readUInt32BE(20)], [256, 256]);
  });

  it('runs beside the workspace, on real files, and says why', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.deepEqual(
      Object.entries(manifest.capabilities).map(([name, { supported, description }]) => [
        name,
        supported,
        description,
      ]),
      [
        ['virtualWorkspaces', false, '%virtualWorkspaces%'],
        ['untrustedWorkspaces', 'limited', '%untrustedWorkspaces%'],
      ],
    );
  });

  it('has a README whose pictures and links are in the repository', () => {
    const readme = packed('extension/readme.md');
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map(([, address]) => address!);
    assert.ok(pictures.length > 0);
    for (const address of pictures) {
      assert.ok(address.startsWith(`${repository}/raw/HEAD/media/screenshots/`), address);
      assert.ok(existsSync(join(checkout, address.slice(`${repository}/raw/HEAD/`.length))), address);
    }
    for (const [, address] of readme.matchAll(/\]\(([^)#]*)[^)]*\)/g)) {
      const path = address!.startsWith(`${repository}/blob/HEAD/`) ? address!.split('/blob/HEAD/')[1]! : '';
      assert.ok(existsSync(join(checkout, path)), address);
    }
  });

  for (const name of ['SUPPORT.md', 'SECURITY.md'])
    it(`has a ${name} that leads to the repository of the manifest alone`, () => {
      const text = readFileSync(join(checkout, name), 'utf8');
      const links = [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, address]) => address!);
      assert.ok(links.length > 0);
      for (const address of links)
        assert.ok(
          address.startsWith(`${repository}/`) || existsSync(join(checkout, address.split('#')[0]!)),
          address,
        );
    });
});

/** As VS Code knows them; the Marketplace refuses others. */
const categories = [
  ...[
    'AI',
    'Azure',
    'Chat',
    'Data Science',
    'Debuggers',
    'Education',
    'Extension Packs',
    'Formatters',
    'Keymaps',
  ],
  ...['Language Packs', 'Linters', 'Machine Learning', 'Notebooks', 'Programming Languages', 'SCM Providers'],
  ...['Snippets', 'Testing', 'Themes', 'Visualization', 'Other'],
];
