/**
 * The one home of masking: the log, the live stream, the audit trail, exports, forwarded data and our own messages
 * all go through here (DESIGN decision 10).
 */
import { keyVerdicts } from './keys.ts';
import type { LineBuffer } from './lineBuffer.ts';
import { knownSecrets } from './maskKnown.ts';
import { appendPlain, classify, harmless, literalOf, mayHoldSecret } from './maskLiteral.ts';
import { MASK, MaskScan, type MaskRules } from './maskScan.ts';
import { carefulJson, plainJson } from './maskValue.ts';
import { scanRegion } from './textScanner.ts';

export { MASK } from './maskScan.ts';

export interface Masker {
  /**
   * Free text (a log message, a path with query, a header line, a form body, JSON or truncated JSON as text) with its
   * secrets replaced by MASK. The very text where there are none. Never throws.
   */
  text(text: string): string;
  /**
   * A string as a JSON string literal, with quotes: masked, and with line breaks, control (C0, DEL, C1), U+2028/2029
   * and bidirectional characters escaped, so that it can forge neither line nor colour.
   */
  literal(text: string): string;
  /** Appends what `literal` gives. */
  appendLiteral(text: string, out: LineBuffer): void;
  /**
   * JSON text of any value, masked and harmless as above: valid JSON on one line. Never throws; what JSON has no form
   * for (cycles, BigInt, Map, Error, Buffer, what throws) gets a sensible one, undefined at the top is null. What is
   * scanned is what is written, so an object that answers differently the second time can't slip through.
   */
  json(value: unknown): string;
}

export interface MaskerOptions {
  /** Further sensitive keys, compared by their words. */
  readonly extraKeys?: readonly string[];
  /** Secrets replaced wherever they occur, also encoded. */
  readonly knownSecrets?: readonly string[];
}

const QUOTED_MASK = `"${MASK}"`;

/** A masker with its own keys, secrets and memory of keys; make one and keep it. */
export function createMasker(options: MaskerOptions = {}): Masker {
  const known = knownSecrets(options.knownSecrets ?? []);
  const hasKnown = (options.knownSecrets ?? []).some((secret) => secret !== '');
  const rules: MaskRules = {
    verdict: keyVerdicts(options.extraKeys),
    region: scanRegion,
    text: (text, depth) => {
      const plain = hasKnown ? known.replace(text) : text;
      const scan = new MaskScan(plain, rules, depth);
      scanRegion(scan, 0, plain.length, 0);
      return scan.finish();
    },
    holdsKnown: known.holds,
  };
  // Nothing is masked while something is being masked, so one walk serves all.
  const walk = new MaskScan('', rules, 0);
  const mask = (text: string): string => {
    walk.reset(text);
    walk.known = hasKnown && known.holds(text);
    scanRegion(walk, 0, text.length, 0);
    const masked = walk.finish();
    walk.release();
    return masked;
  };
  const literal = (text: string): string => {
    const plain = hasKnown ? known.replace(text) : text;
    const found = classify(plain);
    return literalOf(mayHoldSecret(found) ? mask(plain) : plain, found);
  };
  const json = (value: unknown): string => {
    if (typeof value === 'string') return literal(value);
    const plain = plainJson(value);
    if (plain !== undefined) {
      const masked = mask(plain);
      if (!walk.odd) return scalar(walk.beyond ? harmless(masked) : masked);
    }
    return scalar(harmless(mask(carefulJson(value))));
  };
  // A number that is a known secret and stands alone.
  const scalar = (text: string): string =>
    hasKnown && /^-?\d/.test(text) && known.holds(text) ? QUOTED_MASK : text;
  // A text too long for a string, a stack that is used up: then nothing is written, rather than thrown.
  return {
    text: (text) => orMask(() => mask(hasKnown ? known.replace(text) : text), MASK),
    literal: (text) => orMask(() => literal(text), QUOTED_MASK),
    appendLiteral(text, out) {
      if (hasKnown || !appendPlain(text, out)) out.text(orMask(() => literal(text), QUOTED_MASK));
    },
    json: (value) => orMask(() => json(value), QUOTED_MASK),
  };
}

function orMask(work: () => string, instead: string): string {
  try {
    return work();
  } catch {
    return instead;
  }
}

/** With no extra keys and no known secrets; for our own errors and messages. */
export const defaultMasker: Masker = createMasker();
