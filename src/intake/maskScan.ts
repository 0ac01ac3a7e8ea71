/** One walk through one text: what was copied so far, and what lies ahead. */
import type { KeyJudge } from './keys.ts';

/** Stands where a secret stood. */
export const MASK = '********';

/** What the scanners of one masker share. */
export interface MaskRules {
  readonly judge: KeyJudge;
  /** Masks `scan.text` from `from` to `to`, in place. */
  readonly region: (scan: MaskScan, from: number, to: number) => void;
  /** Masks a text that was decoded out of another; `depth` counts the decodings. */
  readonly text: (text: string, depth: number) => string;
  /** Whether a known secret, in any form, occurs in the text. */
  readonly holdsKnown: (text: string) => boolean;
}

/** Decodings within decodings, such as JSON in a string of JSON, beyond which the whole is masked unread. */
export const DEEPEST = 8;

/**
 * A text on its way through the scanners. A scanner that found a secret calls `replace` and returns where to go on;
 * otherwise it returns -1. Replacements come in order, so that the walk stays linear.
 */
export class MaskScan {
  readonly text: string;
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
  /** What the string of JSON that was measured last holds. */
  holds = 0;
  /** A known secret occurs somewhere in the text. */
  known = false;
  private ahead: Map<string, number> | undefined;

  constructor(text: string, rules: MaskRules, depth: number) {
    this.text = text;
    this.rules = rules;
    this.depth = depth;
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
