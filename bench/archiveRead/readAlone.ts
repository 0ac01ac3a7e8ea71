/**
 * A process that reads the given archive and prints its peak memory in bytes. Without an archive it only loads the code
 * for that.
 */
import { peakMemory } from '../peakMemory.ts';
import { read } from './read.ts';

const [path] = process.argv.slice(2);
if (path !== undefined) await read(path);
process.stdout.write(String(peakMemory()));
