/** One walk through one text: what was copied so far, and what lies ahead. */
import type { KeyVerdicts } from './keys.ts';

/** Stands where a secret stood. */
export const MASK = '********';

/** What the scanners of one masker share. */
export interface MaskRules {
  readonly verdict: KeyVerdicts;
  /** Masks `scan.text` from `from` to `to`, in place; no scanner begins before `first`. */
  readonly region: (scan: MaskScan, from: number, to: number, first: number) => void;
  /** Masks a text that was decoded out of another; `depth` counts the decodings. */
  readonly text: (text: string, depth: number) => string;
  /** Whether a known secret, in any form, occurs in the text. */
  readonly holdsKnown: (text: string) => boolean;
}

/** Decodings within decodings, such as JSON in a string of JSON, beyond which the whole is masked unread. */
export const DEEPEST = 8;

/** So many bytes are kept between one text and the next. */
const KEPT = 65_536;
const encoder = new TextEncoder();

/**
 * A text on its way through the scanners. A scanner that found a secret calls `replace` and returns where to go on;
 * otherwise it returns -1. Replacements come in order, so that the walk stays linear.
 */
export class MaskScan {
  text: string;
  readonly rules: MaskRules;
  readonly depth: number;
  /** The masked text up to `floor`. */
  out = '';
  /** Up to here the text is in `out`. */
  floor = 0;
  /** Where the region being walked starts; nothing before it is looked at. */
  low = 0;
  /** Up to here a percent-encoded run has been looked at. */
  decodedTo = 0;
  /** Up to here a run that could have been a JSON web token has no dot behind it. */
  undottedTo = 0;
  /** Of the pair looked at last: where its key starts, and whether that was quoted. */
  keyStart = 0;
  keyQuoted = false;
  /** Of the member of JSON looked at last: the verdict on its key. */
  verdict = 0;
  /** JSON.stringify may have made this of something it has no form for. */
  odd = false;
  /** A string of JSON holds characters beyond ASCII, which may be harmful. */
  beyond = false;
  /** The objects and arrays around the place in JSON; one stack for every walk over it. */
  readonly frames: number[] = [];
  /** What the string of JSON that was measured last holds. */
  holds = 0;
  /** Where in it a scanner may begin first. */
  firstTrigger = 0;
  /** A known secret occurs somewhere in the text. */
  known = false;
  private bytes = new Uint8Array(0);
  private filled = false;
  private ahead: Map<string, number> | undefined;

  constructor(text: string, rules: MaskRules, depth: number) {
    this.text = text;
    this.rules = rules;
    this.depth = depth;
  }

  /**
   * The text's characters as bytes, 255 for whatever is beyond ASCII, and a 0 behind the last. Reading a typed array
   * takes a third of the time of charCodeAt; JSON is read five times over.
   */
  asBytes(): Uint8Array {
    if (this.filled) return this.bytes;
    this.filled = true;
    const { length } = this.text;
    if (this.bytes.length <= length)
      this.bytes = new Uint8Array(Math.max(length + 1, this.depth === 0 ? KEPT : 0));
    const { bytes, text } = this;
    const { read, written } = encoder.encodeInto(text, bytes);
    if (read !== length || written !== length)
      for (let at = 0; at < length; at += 1) bytes[at] = Math.min(text.charCodeAt(at), 255);
    bytes[length] = 0;
    return bytes;
  }

  /** Lets go of the text, and of what was needed for a large one. */
  release(): void {
    this.text = '';
    this.out = '';
    this.filled = false;
    if (this.bytes.length > KEPT) this.bytes = new Uint8Array(0);
  }

  /** Begins anew with another text; a walk over nothing much shouldn't cost an object. */
  reset(text: string): void {
    this.text = text;
    this.out = '';
    this.floor = 0;
    this.low = 0;
    this.decodedTo = 0;
    this.undottedTo = 0;
    this.known = false;
    this.odd = false;
    this.beyond = false;
    this.frames.length = 0;
    this.filled = false;
    this.ahead = undefined;
  }

  /** Puts `by` in place of the text from `from` to `to`. */
  replace(from: number, to: number, by: string = MASK): void {
    const start = Math.max(from, this.floor);
    if (to <= start) return;
    this.out += this.text.slice(this.floor, start) + by;
    this.floor = to;
  }

  /**
   * Where `needle` occurs next at or after `from`, or the text's length. An answer is kept until it is passed: a
   * thousand questions with the same far answer cost one search.
   */
  next(needle: string, from: number): number {
    this.ahead ??= new Map();
    const last = this.ahead.get(needle);
    if (last !== undefined && last >= from) return last;
    const found = this.text.indexOf(needle, from);
    const answer = found < 0 ? this.text.length : found;
    this.ahead.set(needle, answer);
    return answer;
  }

  /** The masked text; the very text where nothing was replaced. */
  finish(): string {
    if (this.floor === 0) return this.text;
    return this.out + this.text.slice(this.floor);
  }
}
