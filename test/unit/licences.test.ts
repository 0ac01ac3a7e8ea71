import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thirdPartyNotices } from '../../scripts/licences.ts';
import { builtProgram } from './builtProgram.ts';

const checkout = join(import.meta.dirname, '../..');

describe('the licences of what is bundled', () => {
  let base = '';
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'workspace-logs-licences-'));
  });
  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
  });
  /** A file of a package with this manifest and these other files. */
  const installed = (place: string, manifest: object, files: Record<string, string> = {}): string => {
    const folder = join(base, 'node_modules', place);
    mkdirSync(join(folder, 'lib'), { recursive: true });
    for (const [name, text] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) }))
      writeFileSync(join(folder, name), text);
    return join(folder, 'lib/index.js');
  };

  it('name every package of which a file is in a bundle, each with its version', function () {
    this.timeout(180_000);
    const inputs = JSON.parse(readFileSync(join(builtProgram(), 'inputs.json'), 'utf8')) as string[];
    const notices = readFileSync(join(builtProgram(), 'ThirdPartyNotices.txt'), 'utf8');
    const named = inputs
      .filter((path) => path.includes('node_modules/'))
      .map((path) => {
        const at = path.lastIndexOf('node_modules/') + 'node_modules/'.length;
        const name = path.slice(at).split('/', path[at] === '@' ? 2 : 1);
        const folder = join(checkout, path.slice(path.indexOf('node_modules/'), at), ...name);
        const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
          version: string;
        };
        return `${name.join('/')} ${version}`;
      });
    const titles = [...notices.matchAll(/^={80}\n\n(\S+ \S+) \(/gm)].map(([, title]) => title!);
    // One of the page, one of the worker, one of the extension, and what is copied beside them.
    for (const name of ['@vscode-elements/elements', 'yauzl', '@vscode/l10n', '7z-wasm'])
      assert.ok(
        titles.some((title) => title.startsWith(`${name} `)),
        name,
      );
    assert.deepEqual(titles, [...new Set(named)].sort());
  });

  it('are told whole: each text, where the source is, one entry for each version', async () => {
    const manifest = { name: '@some/one', version: '1.0.0', license: 'MIT', repository: 'some/one' };
    const licence = { 'LICENSE-MIT': '\uFEFFTake it.\r\nFreely.\r\n', 'NOTICE.md': 'By someone.' };
    const paths = [
      installed('@some/one', manifest, licence),
      installed('other/node_modules/@some/one', { ...manifest, version: '0.9.0' }, licence),
      installed('third/node_modules/@some/one', manifest, licence),
      'src/jobs/worker.ts',
    ];
    const notices = await thirdPartyNotices(paths);
    const [, ...entries] = notices.split(`\n\n${'='.repeat(80)}\n\n`);
    assert.deepEqual(
      entries.map((entry) => entry.trim()),
      ['0.9.0', '1.0.0'].map(
        (version) =>
          `@some/one ${version} (MIT)\n\nhttps://github.com/some/one\n\nTake it.\nFreely.\n\nBy someone.`,
      ),
    );
  });

  it('come from our own folder where a package forgot its text', async () => {
    const notices = await thirdPartyNotices([join(checkout, 'node_modules/isarray/index.js')]);
    assert.match(notices, /^isarray \S+ \(MIT\)$[\s\S]*^Copyright \(c\) 2013 Julian Gruber/m);
  });

  it('hold the whole LGPL and the unRAR restriction of 7-Zip', async () => {
    const notices = await thirdPartyNotices([join(checkout, 'node_modules/7z-wasm/7zz.wasm')]);
    assert.match(notices, /^https:\/\/github\.com\/use-strict\/7z-wasm/m);
    assert.match(notices, /GNU LGPL \+ unRAR restriction/);
    assert.match(notices, /TERMS AND CONDITIONS FOR COPYING, DISTRIBUTION AND MODIFICATION/);
    assert.match(notices, /unRAR - free utility for RAR archives/);
  });

  const without: [what: string, manifest: object, files: Record<string, string>][] = [
    ['a text', { name: 'bare', version: '1.2.3', license: 'MIT' }, { 'README.md': 'MIT' }],
    ['a name of its licence', { name: 'bare', version: '1.2.3' }, { LICENSE: 'Take it.' }],
  ];
  for (const [what, manifest, files] of without)
    it(`stop the build where a package comes without ${what}`, async () => {
      await assert.rejects(
        thirdPartyNotices([installed('bare', manifest, files)]),
        /^Error: bare 1\.2\.3 is bundled without a licence/,
      );
    });
});
