import { peakMemory } from '../../../bench/peakMemory.ts';
import { measureLog, readLogPart } from '../../../src/reading/readLog.ts';

/**
 * Measures logs and reads the last part of each, and prints their sizes and how much memory all of that took at most, in
 * bytes.
 */
const [, , root = '', ...names] = process.argv;
const before = peakMemory();
const logs: object[] = [];
for (const name of names) {
  const { textBytes, parts } = await measureLog({ root, name });
  const { bytes } = await readLogPart({ root, name, part: parts - 1 });
  logs.push({ textBytes, parts, last: bytes.length });
}
console.log(JSON.stringify({ logs, peak: peakMemory() - before }));
