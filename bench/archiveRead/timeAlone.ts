/** A process that repeatedly reads an archive with one of the readers, and prints the median time in ms. */
import { terminateWorkers } from '@zip.js/zip.js';
import { duration, median } from '../sideBySide.ts';
import { readers } from './readers.ts';

/** Warm-up rounds for the just-in-time compiler. */
const WARM_UPS = 5;
const TURNS = 9;

const [name, path = '', bytesOfText] = process.argv.slice(2);
const reader = readers[name as keyof typeof readers];
const times: number[] = [];
for (let turn = -WARM_UPS; turn < TURNS; turn += 1) {
  const time = await duration(async () => {
    const bytes = await reader(path);
    if (bytes !== Number(bytesOfText)) throw new Error(`${path}: ${String(bytes)} bytes`);
  });
  if (turn >= 0) times.push(time);
}
await terminateWorkers();
process.stdout.write(String(median(times)));
