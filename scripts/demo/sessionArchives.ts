import { copyFile, mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../folders.ts';
import { DAY, MINUTE, type Demo } from './scene.ts';

/** The password of the samples. The demo's README names it, and the demo's backend uses it, too. */
export const PASSWORD = 'correct horse battery staple';

/** The archives of a chat backend: of two people, some written by pyzipper, all with one password. */
const places: readonly (readonly [path: string, sample: string, age: number])[] = [
  ['anna/trip-to-lisbon/m-1.zip', 'both-lzma', 9 * DAY],
  ['anna/trip-to-lisbon/m-2.zip', 'jsonl-lzma', 9 * DAY - 3 * MINUTE],
  ['anna/trip-to-lisbon/m-2.retry.zip', 'jsonl-deflated-ae2', 9 * DAY - 4 * MINUTE],
  ['anna/invoice-4711/m-1.zip', 'both-stored', 26 * MINUTE],
  ['ben/contract/m-1.zip', 'both-bzip2', 2 * DAY],
  ['ben/contract/m-2.zip', 'aes128-deflated', 2 * DAY - 6 * MINUTE],
  ['ben/contract/m-3.zip', 'v1-text-lzma', 2 * DAY - 8 * MINUTE],
];

/** The tests use the same samples. */
export async function makeSessionArchives(folder: string, { now }: Demo): Promise<void> {
  for (const [path, sample, age] of places) {
    const target = join(folder, 'session_logs', path);
    await mkdir(join(target, '..'), { recursive: true });
    await copyFile(join(checkout, 'test', 'fixtures', 'session-archives', `${sample}.zip`), target);
    await utimes(target, (now - age) / 1000, (now - age) / 1000);
  }
}
