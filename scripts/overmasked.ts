/**
 * `npm run overmasked -- DIR`: masks the sixteen samples `*_2k.log` of logpai/loghub, whose clone is DIR. Nothing in
 * them is a secret, so each line that it prints was masked in vain. It fails if that are more than 4 of a sample's 2,000.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createMasker } from '../src/masking/masker.ts';

const MOST_CHANGED = 4;
const [folder = ''] = process.argv.slice(2);
const samples = folder === '' ? [] : globSync('**/*_2k.log', { cwd: folder }).sort();
if (samples.length === 0) {
  console.error('Name a folder with the samples of logpai/loghub: npm run overmasked -- DIR');
  process.exit(2);
}
const masker = createMasker();
for (const sample of samples) {
  const lines = readFileSync(join(folder, sample), 'utf8').split(/\r?\n/);
  const changed = lines
    .map((line) => [line, masker.text(line)] as const)
    .filter(([line, masked]) => line !== masked);
  console.log(`${basename(sample)}: ${String(changed.length)} of ${String(lines.length)} lines`);
  for (const [line, masked] of changed) console.log(`  ${line}\n  ${masked}`);
  if (changed.length > MOST_CHANGED) process.exitCode = 1;
}
