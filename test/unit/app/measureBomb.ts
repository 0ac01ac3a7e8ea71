import { measureLog, readLogPart } from '../../../src/app/readLog.ts';

/** Measures a log and reads its last part, and tells the sizes and how much memory that took at most, in bytes. */
const [, , root = '', name = ''] = process.argv;
const before = process.resourceUsage().maxRSS * 1024;
const { textBytes, parts } = await measureLog({ root, name });
const { bytes } = await readLogPart({ root, name, part: parts - 1 });
const peak = process.resourceUsage().maxRSS * 1024 - before;
console.log(JSON.stringify({ textBytes, parts, last: bytes.length, peak }));
