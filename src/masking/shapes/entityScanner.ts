/**
 * Text within XML or HTML, such as `&lt;password&gt;x&lt;/password&gt;`: it is decoded, masked as a separate text, and
 * only what has changed is encoded again.
 */
import { DEEPEST, MASK, type MaskScan } from '../maskScan.ts';

const entity = /&(?:lt|gt|amp|quot|apos|#0{0,4}(?:34|38|39|60|62)|#x0{0,4}(?:22|26|27|3c|3e));/gi;
/** The entity that ends at the semicolon: one that begins a tag or a quoted text, perhaps encoded twice. */
const opening = /&(?:amp;)*(?:lt|quot|#0{0,4}(?:34|60)|#x0{0,4}(?:22|3c));$/i;
const LONGEST_ENTITY = 24;

const characters: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" },
  ...{ '34': '"', '38': '&', '39': "'", '60': '<', '62': '>' },
  ...{ x22: '"', x26: '&', x27: "'", x3c: '<', x3e: '>' },
};

/** `at` is a semicolon. */
export function scanEntity(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at < scan.unescapedTo) return -1;
  const tail = opening.exec(text.slice(Math.max(scan.low, scan.floor, at - LONGEST_ENTITY), at + 1));
  if (tail === null) return -1;
  const start = at + 1 - tail[0].length;
  // Each text is decoded once, however many entities it has.
  scan.unescapedTo = to;
  const run = decode(text.slice(start, to));
  const masked = scan.depth < DEEPEST ? scan.rules.text(run.text, scan.depth + 1) : MASK;
  if (masked === run.text) return -1;
  const [from, tailLength] = difference(run.text, masked);
  const end = run.text.length - tailLength;
  const by = masked
    .slice(from, masked.length - tailLength)
    .replace(/[<>&"']/g, (one) => run.forms.get(one) ?? one);
  scan.replace(start + run.rawAt(from), start + run.rawAt(end), by);
  return start + run.rawAt(end);
}

interface Decoded {
  readonly text: string;
  /** How each character was written. */
  readonly forms: ReadonlyMap<string, string>;
  /** The place in the encoded text of a place in the decoded one. */
  readonly rawAt: (at: number) => number;
}

function decode(raw: string): Decoded {
  const forms = new Map<string, string>();
  const places: number[] = [];
  const lengths: number[] = [];
  let shorter = 0;
  const text = raw.replace(entity, (form: string, at: number) => {
    const name = form.slice(1, -1).toLowerCase();
    const one = characters[name.startsWith('#') ? name.slice(1).replace(/^(x?)0+/, '$1') : name] ?? form;
    forms.set(one, form);
    places.push(at - shorter);
    shorter += form.length - one.length;
    lengths.push(shorter);
    return one;
  });
  const rawAt = (at: number): number => {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return at + (low === 0 ? 0 : (lengths[low - 1] ?? 0));
  };
  return { text, forms, rawAt };
}

/** Where two texts begin to differ, and how many characters at their ends are the same. */
function difference(one: string, other: string): [from: number, tail: number] {
  const most = Math.min(one.length, other.length);
  let from = 0;
  while (from < most && one.charCodeAt(from) === other.charCodeAt(from)) from += 1;
  let tail = 0;
  while (
    tail < most - from &&
    one.charCodeAt(one.length - 1 - tail) === other.charCodeAt(other.length - 1 - tail)
  )
    tail += 1;
  return [from, tail];
}
