import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { discard } from '../archive/codec/memory.ts';
import { Failure, isFailure, toFailureMessage, type FailureMessage } from '../base/failure.ts';

/** The limit of a text that is shown in parts: each part requires decoding from the beginning. */
const MAX_SHOWN_BYTES = 16 * 2 ** 30;
const MAX_REMEMBERED = 1000;

/** How much text a compressed file has. */
export interface TextSize {
  readonly bytes: number;
  /** Why the text ends before its end: the file is cut, is still being written, or has something behind its text. */
  readonly damage?: FailureMessage | undefined;
}

/** The known sizes by path, oldest first. */
const remembered = new Map<string, TextSize & { readonly version: string }>();

/**
 * The size of a compressed file's text, which is known only after the text was read to its end, or up to where the file
 * is damaged. The size is remembered until the file changes.
 * @param read reads the text from its beginning
 * @throws Failure `archive-unsupported` beyond 16 GB, and those of reading; `archive-damaged` only if there is no text
 */
export async function textSizeOf(
  path: string,
  handle: FileHandle,
  read: () => AsyncIterable<Buffer>,
): Promise<TextSize> {
  const version = await versionOf(handle);
  const known = remembered.get(path);
  if (known?.version === version) return known;
  let bytes = 0;
  let damage: FailureMessage | undefined;
  try {
    for await (const piece of read()) {
      bytes += piece.length;
      discard(piece);
      if (bytes > MAX_SHOWN_BYTES)
        throw new Failure('archive-unsupported', { name: basename(path), what: 'text-size' });
    }
  } catch (error) {
    if (bytes === 0 || !isFailure(error, 'archive-damaged')) throw error;
    damage = toFailureMessage(error);
  }
  // A file that was written to meanwhile has no final size yet.
  if ((await versionOf(handle)) === version) remember(path, { version, bytes, damage });
  return { bytes, damage };
}

function remember(path: string, size: TextSize & { readonly version: string }): void {
  remembered.delete(path);
  const [oldest] = remembered.keys();
  if (oldest !== undefined && remembered.size >= MAX_REMEMBERED) remembered.delete(oldest);
  remembered.set(path, size);
}

async function versionOf(handle: FileHandle): Promise<string> {
  const { dev, ino, size, mtimeNs } = await handle.stat({ bigint: true });
  return [dev, ino, size, mtimeNs].join(' ');
}
