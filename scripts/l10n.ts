// Keeps the texts for translation in step with the sources: `npm run l10n` writes l10n/bundle.l10n.json, and `--check`
// lists missing and unused texts there and in package.nls.json.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { checkout } from './folders.ts';
import { exportTexts, problemsOfBundle, problemsOfManifest, type Texts } from './localisation.ts';

const bundle = join(checkout, 'l10n', 'bundle.l10n.json');
const exported = await exportTexts(join(checkout, 'src'));
if (process.argv.includes('--check')) {
  const problems = [
    ...problemsOfBundle(exported, (await read('l10n/bundle.l10n.json')) as Texts),
    ...problemsOfManifest(await read('package.json'), (await read('package.nls.json')) as Texts),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error('“npm run l10n” brings l10n/bundle.l10n.json up to date.');
    process.exitCode = 1;
  }
} else {
  await writeFile(bundle, await format(JSON.stringify(exported), { parser: 'json', filepath: bundle }));
}

async function read(path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(checkout, path), 'utf8'));
}
