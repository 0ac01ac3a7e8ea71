import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { discard } from '../codec/memory.ts';

/** The expected size and checksums of a text, as far as they are known. */
export interface Told {
  readonly bytes: number;
  readonly crc32: number | undefined;
  /** In hex. */
  readonly sha256: string | undefined;
}

/** Makes the failure for a failed check. */
type Refuse = (check: 'longer' | 'shorter' | 'crc-32' | 'digest' | 'content') => Error;

/**
 * Passes on a text in pieces. It throws at the end if the text is not as expected, or earlier if the text is longer.
 */
export async function* checkedText(
  text: AsyncIterable<Buffer>,
  told: Told,
  refuse: Refuse,
): AsyncGenerator<Buffer> {
  const hash = told.sha256 === undefined ? undefined : createHash('sha256');
  let bytes = 0;
  let sum = 0;
  for await (const piece of text) {
    bytes += piece.length;
    if (bytes > told.bytes) throw refuse('longer');
    if (told.crc32 !== undefined) sum = crc32(piece, sum);
    hash?.update(piece);
    yield piece;
  }
  if (bytes < told.bytes) throw refuse('shorter');
  if (told.crc32 !== undefined && sum !== told.crc32) throw refuse('crc-32');
  if (hash !== undefined && hash.digest('hex') !== told.sha256) throw refuse('digest');
}

/** A larger text is decoded twice and not held in memory. */
const HELD_BYTES = 20 * 1024 * 1024;

/** A text that can be read once. */
export interface Decoding {
  readonly text: AsyncIterable<Buffer>;
  /** Identifies the compressed bytes and their method: two texts with the same code are equal. */
  readonly code: string;
}

/**
 * Passes on a text that was checked before its first piece. `open` starts a new decoding at each call. Checked texts
 * are remembered, so that a large log isn't checked again for each of its parts.
 */
export async function* provenText(
  open: () => Promise<Decoding>,
  told: Told,
  refuse: Refuse,
): AsyncGenerator<Buffer> {
  if (told.bytes <= HELD_BYTES) {
    const pieces: Buffer[] = [];
    for await (const piece of checkedText((await open()).text, told, refuse)) pieces.push(piece);
    yield* pieces;
    return;
  }
  for (let isSecond = false; ; isSecond = true) {
    const { text, code } = await open();
    const key = [code, told.bytes, told.crc32, told.sha256].join();
    if (found.has(key)) {
      yield* text;
      return;
    }
    // The file changes while it is read.
    if (isSecond) throw refuse('content');
    // Read to the end: that is the check.
    for await (const piece of checkedText(text, told, refuse)) discard(piece);
    remember(key);
  }
}

/** The texts that passed the check, the latest last. */
const found = new Set<string>();
const MAX_FOUND = 1000;

function remember(key: string): void {
  found.add(key);
  for (const oldest of found) {
    if (found.size <= MAX_FOUND) return;
    found.delete(oldest);
  }
}
