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
  for (const text of violations)
    it(`forbids ${text}`, async () => {
      for (const file of ['test/unit/files/a.test.ts', 'test/e2e/a.test.ts', 'test/faults/a.test.ts'])
        assert.match((await syntaxFindings(file, text)).join('\n'), /^Hand the environment in: /, file);
    });

  it('lets it be read', async () => {
    const text = `environment.PATH = process.env.PATH; Object.assign(environment, process.env);`;
    assert.deepEqual(await syntaxFindings('test/unit/a.test.ts', text), []);
  });

  it('still forbids what it forbids everywhere', async () => {
    const text = `import { t } from '@vscode/l10n';`;
    assert.match((await syntaxFindings('test/unit/a.test.ts', text)).join('\n'), /l10n/);
  });
});
