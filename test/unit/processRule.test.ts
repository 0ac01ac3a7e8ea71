import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { checkout } from '../../scripts/folders.ts';

describe('the lint rule for tests: their process stays as it is', function () {
  this.timeout(120_000);
  const eslint = new ESLint({ cwd: checkout });
  const linter = new Linter();

  /** By the house's rule about syntax alone: the others need the types of a file that is there. */
  async function found(file: string, text: string): Promise<string[]> {
    const { rules } = (await eslint.calculateConfigForFile(join(checkout, file))) as Linter.Config;
    const rule = rules?.['no-restricted-syntax'] ?? 'off';
    const config = { languageOptions: { parser }, rules: { 'no-restricted-syntax': rule } };
    return linter.verify(text, config).map(({ message }) => message);
  }

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
        assert.match((await found(file, text)).join('\n'), /^Hand the environment in: /, file);
    });

  it('lets it be read', async () => {
    const text = `environment.PATH = process.env.PATH; Object.assign(environment, process.env);`;
    assert.deepEqual(await found('test/unit/a.test.ts', text), []);
  });

  it('still forbids what it forbids everywhere', async () => {
    const text = `import { t } from '@vscode/l10n';`;
    assert.match((await found('test/unit/a.test.ts', text)).join('\n'), /l10n/);
  });
});
