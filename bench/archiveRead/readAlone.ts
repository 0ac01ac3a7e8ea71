/** A process that reads the archive given to it, or without one only loads what that takes, and prints its peak memory in bytes. */
import { peakMemory } from '../peakMemory.ts';
import { read } from './read.ts';

const [path] = process.argv.slice(2);
if (path !== undefined) await read(path);
process.stdout.write(String(peakMemory()));
