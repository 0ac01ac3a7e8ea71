import { BYTES_PER_MB } from '../base/units.ts';

/** Texts up to this size are shown whole; VS Code colours and searches them without a prompt. */
const WHOLE_BYTES = 20 * BYTES_PER_MB;
/** Parts are smaller, so that each appears at once: about 20 MB a second reach the page. */
const PART_BYTES = 5 * BYTES_PER_MB;
/** How far behind its nominal end a part may reach for a line end. */
const REACH_BYTES = BYTES_PER_MB;
const NEWLINE = 0x0a;

export function partCount(bytes: number): number {
  return bytes <= WHOLE_BYTES ? 1 : Math.ceil(bytes / PART_BYTES);
}

interface Source {
  readonly bytes: number;
  read(from: number, to: number): AsyncIterable<Buffer>;
}

/**
 * The bytes of one part, counted from 0. A part ends with the first line that ends at or behind its nominal end; where no
 * line ends within 1 MB of it, it ends there, between two characters. So parts follow one another without gap or overlap,
 * and none is larger than 20 MB.
 */
export async function slicePart(source: Source, part: number): Promise<Uint8Array> {
  const isWhole = partCount(source.bytes) === 1;
  const nominalStart = part * PART_BYTES;
  const nominalEnd = isWhole ? source.bytes : Math.min(nominalStart + PART_BYTES, source.bytes);
  const from = Math.max(0, nominalStart - 1);
  const to = Math.min(source.bytes, nominalEnd + REACH_BYTES + MAX_CHARACTER_BYTES);
  const pieces: Buffer[] = [];
  for await (const piece of source.read(from, to)) pieces.push(piece);
  const window = Buffer.concat(pieces);
  const start = boundary(window, nominalStart - from, nominalStart === 0);
  const end = boundary(window, nominalEnd - from, nominalEnd >= source.bytes);
  // A copy of its own: whole buffers can be handed to another thread.
  return Uint8Array.prototype.slice.call(window, start, Math.max(start, end));
}

const MAX_CHARACTER_BYTES = 4;

/** Where the part that nominally ends at `at` really ends; `exact` at the text's own ends. */
function boundary(window: Buffer, at: number, exact: boolean): number {
  if (exact) return at === 0 ? 0 : window.length;
  const newline = window.indexOf(NEWLINE, at - 1);
  if (newline !== -1 && newline < at + REACH_BYTES) return newline + 1;
  let end = Math.min(window.length, at + REACH_BYTES);
  // No further than a character can be: the window of the part in front ends there, and both have to agree.
  const limit = Math.min(window.length, end + MAX_CHARACTER_BYTES - 1);
  while (end < limit && isContinuation(window[end])) end += 1;
  return end;
}

/** Second to fourth bytes of a UTF-8 character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
