import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { checkout } from '../../scripts/folders.ts';

const eslint = new ESLint({ cwd: checkout });
const linter = new Linter();

/**
 * What the house's rule about syntax alone says of a text: the other rules need the types of a file that is there.
 * @param file where the text would stand, relative to the checkout: which rules hold depends on the folder
 */
export async function syntaxFindings(file: string, text: string): Promise<string[]> {
  const { rules } = (await eslint.calculateConfigForFile(join(checkout, file))) as Linter.Config;
  const rule = rules?.['no-restricted-syntax'] ?? 'off';
  const config = { languageOptions: { parser }, rules: { 'no-restricted-syntax': rule } };
  return linter.verify(text, config).map(({ message }) => message);
}
