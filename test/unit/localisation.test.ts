import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/folders.ts';
import {
  exportTexts,
  problemsOfBundle,
  problemsOfManifest,
  pseudoFiles,
} from '../../scripts/localisation.ts';
import { freshFolders } from './freshFolders.ts';
import { syntaxFindings } from './syntaxRule.ts';

describe('exportTexts', () => {
  const folders = freshFolders();

  it('finds what is given to l10n.t, of VS Code and of @vscode/l10n, sorted', async () => {
    folders.put('b.ts', `import * as vscode from 'vscode';\nvscode.l10n.t('It’s {0}', 1);\n`);
    folders.put(
      'deep/a.ts',
      `import * as l10n from '@vscode/l10n';\nexport const a = () => l10n.t('A “{0}”', 1);\n`,
    );
    assert.deepEqual(await exportTexts(folders.root), { 'A “{0}”': 'A “{0}”', 'It’s {0}': 'It’s {0}' });
  });

  it('misses none of ours: a source that its parser stumbles over would lose its texts silently', async () => {
    const source = join(checkout, 'src');
    const exported = await exportTexts(source);
    const names = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const calls = names.flatMap((name) =>
      [...readFileSync(join(source, name), 'utf8').matchAll(/\bl10n\.t\(\s*('[^']*'|"[^"]*")?/g)].map(
        ([, literal]) => [name, literal?.slice(1, -1)] as const,
      ),
    );
    assert.ok(calls.length > 150, String(calls.length));
    const texts = new Set(
      Object.values(exported).map((text) => (typeof text === 'string' ? text : text.message)),
    );
    assert.deepEqual(
      calls.filter(([, text]) => text === undefined || !texts.has(text)),
      [],
    );
  });
});

describe('problemsOfBundle', () => {
  it('has none where the two agree', () => {
    assert.deepEqual(problemsOfBundle({ a: 'a' }, { a: 'a' }), []);
  });
  it('names a missing, an unused and a changed text', () => {
    const exported = { a: 'a', b: 'b', 'c/x': { message: 'c', comment: ['x'] } };
    assert.deepEqual(
      problemsOfBundle(exported, { a: 'a', z: 'z', 'c/x': { message: 'd', comment: ['x'] } }),
      [
        'missing in l10n/bundle.l10n.json: b',
        'missing in l10n/bundle.l10n.json: c/x',
        'unused in l10n/bundle.l10n.json: z',
      ],
    );
  });
});

describe('problemsOfManifest', () => {
  const manifest = { displayName: '%name%', contributes: { commands: [{ command: 'a', title: '%title%' }] } };

  it('has none where every text is there once', () => {
    assert.deepEqual(problemsOfManifest(manifest, { name: 'Name', title: 'Title' }), []);
  });
  it('names a missing and an unused text', () => {
    assert.deepEqual(problemsOfManifest(manifest, { name: 'Name', other: 'Other' }), [
      'missing in package.nls.json: title',
      'unused in package.nls.json: other',
    ]);
  });
  it('names a plain text where people read it', () => {
    assert.deepEqual(problemsOfManifest({ views: [{ id: 'a', title: 'Plain' }] }, {}), [
      'not localised in package.json: title: Plain',
    ]);
  });
});

describe('pseudoFiles', () => {
  it('have no plain word in a text, and all of its places', async () => {
    const files = await pseudoFiles(checkout);
    assert.deepEqual(Object.keys(files), ['package.nls.qps-ploc.json', 'l10n/bundle.l10n.qps-ploc.json']);
    const texts = JSON.parse(files['l10n/bundle.l10n.qps-ploc.json']!) as Record<string, string>;
    for (const [english, pseudo] of Object.entries(texts)) {
      assert.doesNotMatch(pseudo, /[A-Za-z]{2}/, pseudo);
      assert.deepEqual(pseudo.match(/\{\d\}/g), english.match(/\{\d\}/g));
    }
  });
});

describe('the lint rule for words', function () {
  this.timeout(120_000);
  const violations: [file: string, text: string][] = [
    ['src/vscode/a.ts', `vscode.window.showInformationMessage('Plain');`],
    ['src/vscode/a.ts', 'void vscode.window.showWarningMessage(`Plain ${name}`);'],
    ['src/vscode/a.ts', `void offer('info', 'Plain');`],
    ['src/vscode/a.ts', `void offer('info', text, { Plain: run });`],
    ['src/vscode/a.ts', `void offer('info', text, { 'Plain Words': run });`],
    ['src/vscode/a.ts', `pick(items, { title: 'Plain' });`],
    ['src/vscode/a.ts', 'pick(items, { placeHolder: `Plain ${name}` });'],
    ['src/vscode/a.ts', `item.description = 'plain';`],
    ['src/vscode/a.ts', 'item.tooltip = `${name} plain`;'],
    ['src/vscode/a.ts', `new vscode.TreeItem('Plain', none);`],
    ['src/extension.ts', 'vscode.l10n.t(`Plain`);'],
    ['src/vscode/a.ts', `vscode.l10n.t('Plain' + name);`],
    ['src/words/a.ts', `import { t } from '@vscode/l10n';`],
    ['src/words/a.ts', `l10n.t(text);`],
  ];
  const innocent = [
    `void offer('info', vscode.l10n.t('Fine'), { [vscode.l10n.t('Undo')]: run });`,
    `pick(items, { title: vscode.l10n.t('Fine'), label: name, description: \`\${a} · \${b}\` });`,
    `item.description = '';`,
    `import * as l10n from '@vscode/l10n'; l10n.t('Fine');`,
  ];
  let findings: string[][];

  before(async () => {
    findings = await syntaxFindings([
      ...violations,
      ...innocent.map((text) => ['src/vscode/a.ts', text] as const),
    ]);
  });

  for (const [index, [, text]] of violations.entries())
    it(`forbids ${text}`, () => {
      assert.match(findings[index]!.join('\n'), /l10n/);
    });

  for (const [index, text] of innocent.entries())
    it(`lets through ${text}`, () => {
      assert.deepEqual(findings[violations.length + index], []);
    });
});
