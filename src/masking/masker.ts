/**
 * All masking is done here: the log, the live stream, the audit trail, exports, forwarded data and our own messages all
 * use this module (DESIGN decision 10).
 */
import { keyVerdicts } from './keys.ts';
import type { LineBuffer } from './lineBuffer.ts';
import { knownSecrets } from './maskKnown.ts';
import { appendPlain, classify, harmless, literalOf, mayHoldSecret } from './maskLiteral.ts';
import { type Repeats, repeatsOf } from './maskRepeats.ts';
import { MASK, MaskScan, type MaskRules, QUOTED_MASK } from './maskScan.ts';
import { carefulJson, holdsOdd, plainJson } from './maskValue.ts';
import { scanRegion } from './textScanner.ts';

export { MASK } from './maskScan.ts';

export interface Masker {
  /**
   * Free text (a log message, a path with query, a header line, a form body, JSON or cut-off JSON as text) with its
   * secrets replaced by MASK. Returns the same string if there are none. Never throws.
   */
  text(text: string): string;
  /**
   * A string as a JSON string literal, with quotes. It is masked, and its line breaks, control (C0, DEL, C1),
   * U+2028/2029 and bidirectional characters are escaped, so that it cannot forge a line or a colour.
   */
  literal(text: string): string;
  /** Appends the result of `literal`. */
  appendLiteral(text: string, out: LineBuffer): void;
  /**
   * The JSON text of any value, masked and harmless as above: valid JSON on one line. Never throws. A value without a
   * JSON form (a cycle, BigInt, Map, Error, Buffer, a getter that throws) gets a sensible one; undefined at the top
   * becomes null. The scanned text is the written text, so an object that answers differently the second time can't
   * slip through.
   */
  json(value: unknown): string;
  /**
   * Begins an entry whose fields are masked one by one. What is masked in one call is masked wherever else it stands
   * in that call; from here to `endEntry`, in later calls, too.
   */
  beginEntry(): void;
  /**
   * Ends the entry. If something was masked since `beginEntry`, returns what masks each such value of eight characters
   * or more wherever else it stands in the entry's JSON text.
   */
  endEntry(): ((json: string) => string) | undefined;
}

export interface MaskerOptions {
  /** More sensitive keys, compared by their words. */
  readonly extraKeys?: readonly string[];
  /** Secrets that are replaced everywhere, also when they are encoded. */
  readonly knownSecrets?: readonly string[];
}

/** Makes a masker with its own keys, secrets and cache of keys. Make one and keep it. */
export function createMasker(options: MaskerOptions = {}): Masker {
  const known = knownSecrets(options.knownSecrets ?? []);
  const hasKnown = (options.knownSecrets ?? []).some((secret) => secret !== '');
  const rules: MaskRules = {
    verdict: keyVerdicts(options.extraKeys),
    region: scanRegion,
    text: (text, depth) =>
      maskedBy((scans[depth] ??= new MaskScan(rules, depth)), hasKnown ? known.replace(text) : text, false),
    holdsKnown: known.holds,
    seen: [],
  };
  const { seen } = rules;
  let isEntry = false;
  let repeats: Repeats | undefined;
  let repeatsFor = 0;
  /** What masks again everything that was seen; undefined if that is nothing. */
  const repeated = (): Repeats | undefined => {
    if (seen.length === 0) return undefined;
    if (repeats === undefined || repeatsFor !== seen.length) repeats = repeatsOf(seen);
    repeatsFor = seen.length;
    return repeats;
  };
  const forget = (): void => {
    // To set the length costs a call into the engine, even where nothing changes.
    if (seen.length === 0) return;
    seen.length = 0;
    repeats = undefined;
  };
  const walk = new MaskScan(rules, 0);
  // What is decoded from a text is scanned within its scan, so one scan serves all texts of a depth.
  const scans = [walk];
  const mask = (text: string): string => {
    if (!isEntry && seen.length > 0) forget();
    return maskedBy(walk, text, hasKnown && known.holds(text));
  };
  const literal = (text: string): string => {
    const plain = hasKnown ? known.replace(text) : text;
    const found = classify(plain);
    if (!mayHoldSecret(found)) return literalOf(plain, found);
    const masked = mask(plain);
    return literalOf(repeated()?.text(masked) ?? masked, found);
  };
  const again = (json: string): string => repeated()?.json(json) ?? json;
  const json = (value: unknown): string => {
    if (typeof value === 'string') return literal(value);
    const plain = plainJson(value);
    if (plain !== undefined) {
      const masked = again(mask(plain));
      if (!walk.odd || !holdsOdd(value)) return scalar(walk.beyond ? harmless(masked) : masked);
    }
    return scalar(harmless(again(mask(carefulJson(value)))));
  };
  // Masks a single number that is a known secret.
  const scalar = (text: string): string =>
    hasKnown && /^-?\d/.test(text) && known.holds(text) ? QUOTED_MASK : text;
  // If a text is too long for a string or the stack overflows, the mask is written and no error is thrown.
  return {
    text: (text) =>
      orMask(() => {
        const masked = mask(hasKnown ? known.replace(text) : text);
        return repeated()?.text(masked) ?? masked;
      }, MASK),
    literal: (text) => orMask(() => literal(text), QUOTED_MASK),
    appendLiteral(text, out) {
      if (hasKnown || !appendPlain(text, out)) out.text(orMask(() => literal(text), QUOTED_MASK));
    },
    json: (value) => orMask(() => json(value), QUOTED_MASK),
    beginEntry() {
      forget();
      isEntry = true;
    },
    endEntry() {
      isEntry = false;
      const finder = repeated();
      forget();
      return finder?.json;
    },
  };
}

/** @param isKnown whether a known secret occurs in the text */
function maskedBy(scan: MaskScan, text: string, isKnown: boolean): string {
  scan.reset(text);
  scan.known = isKnown;
  scanRegion(scan, 0, text.length, 0);
  const masked = scan.finish();
  scan.release();
  return masked;
}

function orMask(work: () => string, instead: string): string {
  try {
    return work();
  } catch {
    return instead;
  }
}

/** A masker without extra keys and known secrets, for our own errors and messages. */
export const defaultMasker: Masker = createMasker();
