import { decodeInThread } from '../codec/codecThread.ts';
import type { CodecSource } from '../codec/codecThread.ts';

/** The compressed payload of a zip entry. `data` is given away: its buffer is lost to the caller. */
export type MemberSource = CodecSource & {
  /** The size of the text, for LZMA whose flag (bit 1) tells that no end marker closes it. */
  readonly bytesOfText?: number | undefined;
};

/**
 * The text of a zip entry by a method that Node.js lacks, in pieces and in bounded memory; only who reads to the end knows
 * that it is sound. It may be longer than the archive says: who stops reading ends the work.
 * @param name for failures
 * @throws Failure `archive-damaged`, `archive-unsupported`, `cancelled`, `worker-lost`, or that of reading
 */
export function decodeMember(
  method: 'bzip2' | 'lzma',
  source: MemberSource,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  return decodeInThread({ format: method, name, source, bytesOfText: source.bytesOfText }, signal);
}
