import assert from 'node:assert/strict';
import { syntaxFindings } from './syntaxRule.ts';

describe('the lint rule for tests: their process stays as it is', function () {
  this.timeout(120_000);
  const violations = [
    `process.env.PATH = '';`,
    `process.env['PATH'] = '';`,
    `process.env[name] ??= '';`,
    `process.env = {};`,
    `delete process.env.PATH;`,
    `Object.assign(process.env, { PATH: '' });`,
    `Reflect.deleteProperty(process.env, 'PATH');`,
    `Reflect.set(process.env, 'PATH', '');`,
    `process.chdir('/');`,
  ];
  const folders = ['test/unit/files', 'test/e2e', 'test/faults'];
  const innocent = `environment.PATH = process.env.PATH; Object.assign(environment, process.env);`;
  const everywhere = `import { t } from '@vscode/l10n';`;
  let findings: string[][];

  before(async () => {
    const texts = [...violations, innocent, everywhere];
    findings = await syntaxFindings(
      texts.flatMap((text) => folders.map((folder) => [`${folder}/a.test.ts`, text] as const)),
    );
  });

  const found = (index: number): string[][] =>
    findings.slice(index * folders.length, (index + 1) * folders.length);

  for (const [index, text] of violations.entries())
    it(`forbids ${text}`, () => {
      for (const messages of found(index)) assert.match(messages.join('\n'), /^Hand the environment in: /);
    });

  it('lets it be read', () => {
    assert.deepEqual(found(violations.length), [[], [], []]);
  });

  it('still forbids what it forbids everywhere', () => {
    for (const messages of found(violations.length + 1)) assert.match(messages.join('\n'), /l10n/);
  });
});
