import { encodeInThread } from './codecThread.ts';
import { deflate } from './deflate.ts';
import { ownMemory } from './ownMemory.ts';
import type { Method } from '../zip/unpack.ts';
import { throwIfCancelled } from '../zip/zipFailure.ts';

/** How members are compressed. The level is 0 to 9 for deflate, 1 to 9 for bzip2; null takes the method's usual one. */
export interface Compressing {
  readonly method: Method;
  readonly level: number | null;
}

/**
 * What a zip entry holds of a text, at the beginning of memory that nobody else uses. The text is given away: where it is
 * alone in its memory, that is used or lost.
 * @throws Failure `codec-missing`, `cancelled`, `worker-lost`
 */
export async function compress(
  text: Buffer,
  { method, level }: Compressing,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  throwIfCancelled(signal);
  switch (method) {
    case 'stored':
      return ownMemory(text);
    case 'deflated':
      return deflate(text, level ?? 6, signal);
    case 'bzip2':
      return encodeInThread(
        { format: method, level: Math.max(1, level ?? 9), source: { data: text } },
        signal,
      );
    case 'lzma':
      return encodeInThread({ format: method, level: 1, source: { data: text } }, signal);
  }
}
