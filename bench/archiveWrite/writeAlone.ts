/**
 * A process that repeatedly writes the text at a path with one of the writers, leaves the last zip at another path, and
 * prints the median time in ms and the size of the zip.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { terminateWorkers } from '@zip.js/zip.js';
import { duration, median } from '../sideBySide.ts';
import { writers, type Writer } from './writers.ts';

/** Warm-up rounds for the just-in-time compiler. */
const WARM_UPS = 2;
const TURNS = 3;

const [name, source = '', target = ''] = process.argv.slice(2);
const write: Writer = writers[name as keyof typeof writers];
const text = readFileSync(source);
const times: number[] = [];
let zip: Awaited<ReturnType<typeof write>> = [];
for (let turn = -WARM_UPS; turn < TURNS; turn += 1) {
  const given = Buffer.from(new Uint8Array(text).buffer);
  const time = await duration(async () => {
    zip = await write(given);
  });
  if (turn >= 0) times.push(time);
}
await terminateWorkers();
const bytes = zip instanceof Uint8Array ? zip : Buffer.concat(zip);
writeFileSync(target, bytes);
process.stdout.write(JSON.stringify({ time: median(times), bytes: bytes.length }));
