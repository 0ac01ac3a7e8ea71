import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { discard } from '../codec/memory.ts';

/** What is told of a text elsewhere, as far as it is told. */
export interface Told {
  readonly bytes: number;
  readonly crc32: number | undefined;
  /** In hex. */
  readonly sha256: string | undefined;
}

/** Makes the failure for the check that did not hold. */
type Refuse = (check: 'longer' | 'shorter' | 'crc-32' | 'digest' | 'content') => Error;

/** Passes a text on in pieces and fails at its end unless it is as told, or at once where it is longer. */
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

/** Larger texts are decoded twice rather than held in memory. */
const HELD_BYTES = 20 * 1024 * 1024;

/** A text that can be taken once. */
export interface Decoding {
  readonly text: AsyncIterable<Buffer>;
  /** Names the packed bytes, and how they are packed, beyond doubt: what was found of one text holds for the other. */
  readonly code: string;
}

/**
 * Passes on a text that was checked before its first piece. `open` starts to decode it, anew each time.
 * Texts that were found to be as told are remembered, so that the parts of a large log are not checked anew each.
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
    // Somebody writes into the file meanwhile.
    if (isSecond) throw refuse('content');
    // Reading to the end is the check.
    for await (const piece of checkedText(text, told, refuse)) discard(piece);
    remember(key);
  }
}

/** Texts that were found to be as told, the latest last. */
const found = new Set<string>();
const MAX_FOUND = 1000;

function remember(key: string): void {
  found.add(key);
  for (const oldest of found) {
    if (found.size <= MAX_FOUND) return;
    found.delete(oldest);
  }
}
