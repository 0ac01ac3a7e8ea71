/** The state of one walk through one text. */
import type { KeyVerdicts } from './keys.ts';

/** Replaces each secret. */
export const MASK = '********';
/** The mask of a value of JSON that is no string. */
export const QUOTED_MASK = `"${MASK}"`;
/** How many masked values of one entry are looked for elsewhere in it. */
const MOST_SEEN = 10_000;

/** What the scanners of one masker share. */
export interface MaskRules {
  readonly verdict: KeyVerdicts;
  /** Masks `scan.text` from `from` to `to`, in place; no scanner begins before `first`. */
  readonly region: (scan: MaskScan, from: number, to: number, first: number) => void;
  /** Masks a text that was decoded from another; `depth` counts the decodings. */
  readonly text: (text: string, depth: number) => string;
  /** Whether a known secret, in any form, occurs in the text. */
  readonly holdsKnown: (text: string) => boolean;
  /** What was masked, as it was written; it is masked again wherever else it stands. */
  readonly seen: string[];
}

/** The deepest nesting of decodings, such as JSON in a string of JSON. A deeper text is masked as a whole, unread. */
export const DEEPEST = 8;

/** How many bytes of memory are kept from one text to the next. */
const KEPT = 65_536;
const encoder = new TextEncoder();

/**
 * A text that is being scanned. A scanner that found a secret calls `replace` and returns where to go on; otherwise it
 * returns -1. Replacements are made in order, so that the walk stays linear.
 */
export class MaskScan {
  text = '';
  readonly rules: MaskRules;
  readonly depth: number;
  /** The masked text up to `floor`. */
  out = '';
  /** The text before this position is in `out`. */
  floor = 0;
  /** Where the current region starts; nothing before it is read. */
  low = 0;
  /** The end of the last percent-encoded run that was checked. */
  decodedTo = 0;
  /** The end of the text whose entities were decoded and checked. */
  unescapedTo = 0;
  /** Whether the text holds a Secret of Kubernetes. Undefined until it is needed. */
  secretKind: boolean | undefined;
  /** Where the last command with a flag for a password begins, and the next one; -1 before the first search. */
  lastCommand = -1;
  nextCommand = -1;
  /** The end of the last run that could have been a JSON web token but has no dot after it. */
  undottedTo = 0;
  /** The end of the last run after a token's mark that doesn't hold what the token must hold. */
  unfitTo = 0;
  /** Where the key of the last pair starts, and whether it was quoted. */
  keyStart = 0;
  keyQuoted = false;
  /** The verdict on the key of the last JSON member. */
  verdict = 0;
  /** The text may be JSON.stringify's output for a value that has no JSON form. */
  odd = false;
  /** A string of JSON holds characters beyond ASCII, which may be harmful. */
  beyond = false;
  /** The objects and arrays around the current place in JSON; all walks over JSON share one stack. */
  readonly frames: number[] = [];
  /** What the last JSON string that was measured holds. */
  holds = 0;
  /** Where a scanner may begin first in that string. */
  firstTrigger = 0;
  /** A known secret occurs somewhere in the text. */
  known = false;
  private bytes = new Uint8Array(0);
  private filled = false;
  private ahead: Map<string, number> | undefined;

  constructor(rules: MaskRules, depth: number) {
    this.rules = rules;
    this.depth = depth;
  }

  /**
   * The text's characters as bytes: 255 for a character beyond ASCII, and a 0 after the last one. A read from a typed
   * array takes a third of the time of charCodeAt, and JSON is read five times.
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

  /** Releases the text, and the memory for a large one. */
  release(): void {
    this.text = '';
    this.out = '';
    this.filled = false;
    if (this.bytes.length > KEPT) this.bytes = new Uint8Array(0);
  }

  /** Starts again with another text, so that a short text doesn't cost an object. */
  reset(text: string): void {
    this.text = text;
    this.out = '';
    this.floor = 0;
    this.low = 0;
    this.decodedTo = 0;
    this.unescapedTo = 0;
    this.secretKind = undefined;
    this.lastCommand = -1;
    this.nextCommand = -1;
    this.undottedTo = 0;
    this.unfitTo = 0;
    this.known = false;
    this.odd = false;
    this.beyond = false;
    if (this.frames.length > 0) this.frames.length = 0;
    this.filled = false;
    this.ahead = undefined;
  }

  /** Replaces the text from `from` to `to` with `by`. */
  replace(from: number, to: number, by: string = MASK): void {
    const start = Math.max(from, this.floor);
    if (to <= start) return;
    this.out += this.text.slice(this.floor, start) + by;
    // Other texts are put in place of what was decoded, masked and encoded again; those walks noted what they masked.
    if (to - start >= 8 && (by === MASK || by === QUOTED_MASK) && this.rules.seen.length < MOST_SEEN)
      this.rules.seen.push(this.text.slice(start, to));
    this.floor = to;
  }

  /**
   * Where `needle` occurs next at or after `from`, or the text's length. The answer is kept until the walk passes it,
   * so a thousand calls with the same far answer cost one search.
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

  /** The masked text; the same string if nothing was replaced. */
  finish(): string {
    if (this.floor === 0) return this.text;
    return this.out + this.text.slice(this.floor);
  }
}
