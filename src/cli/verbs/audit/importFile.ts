import { basename } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import { compressionIn, MAGIC_BYTES } from '../../../archive/codec/compression.ts';
import { decompress } from '../../../archive/codec/decompress.ts';
import { withZip } from '../../../archive/zip/readZip.ts';
import type { Trail } from '../../../audit/trail.ts';
import { Failure } from '../../../base/failure.ts';
import { openToRead } from '../../../files/safeOpen.ts';
import { pathOf } from '../../paths.ts';
import type { Call, Exit } from '../../verb.ts';
import { appendLines } from './append.ts';

/** `audit import FILE`: the records of a log, plain or compressed as its first bytes show. */
export async function importFile(trail: Trail, words: Call): Promise<Exit> {
  const [, file = ''] = words.positionals;
  const path = pathOf(words.root, file);
  const name = basename(path);
  const append = (text: AsyncIterable<unknown>): Promise<Exit> => appendLines(trail, words, text, undefined);
  const { handle, stats } = await openToRead(path);
  try {
    const compression = compressionIn(await beginningOf(handle));
    if (compression === undefined)
      return await append(handle.createReadStream({ start: 0, autoClose: false }));
    if (compression !== 'zip')
      return await whenWhole(() => decompress(compression, { name, handle, bytes: stats.size }), append);
  } finally {
    await handle.close();
  }
  return withZip(path, (zip) => {
    const [member, ...others] = zip.members;
    if (member === undefined || others.length > 0)
      throw new Failure('usage', { detail: `“${name}” must hold one file alone.` });
    return whenWhole(() => zip.read(member), append);
  });
}

async function beginningOf(handle: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

/** Checksums come at the end, and no record can be taken back. So the text is read once before. */
async function whenWhole<T>(
  read: () => AsyncIterable<Buffer>,
  use: (text: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  for await (const { length } of read()) if (length === 0) continue;
  return use(read());
}
