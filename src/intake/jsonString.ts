/** The strings of JSON text: where they end, what their escapes hide, and which keys they are. */
import { DEEPEST, MASK } from './maskScan.ts';
import type { MaskScan } from './maskScan.ts';
import { TRIGGERS } from './maskTriggers.ts';

const PLAIN = 0;
const TRIGGER = 1;
const BACKSLASH = 2;
const UNICODE_ESCAPE = 4;
const QUOTE = 8;

const classes = new Uint8Array(128);
for (const character of TRIGGERS) classes[character.charCodeAt(0)] = TRIGGER;
classes[34] = QUOTE;
classes[92] = BACKSLASH;

/** The closing quote of the string that opens at `at`; `to` where it is cut. */
export function stringEnd(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let holds = 0;
  let i = at + 1;
  for (; i < to; i += 1) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? classes[code] : PLAIN;
    if (kind === PLAIN) continue;
    if (kind === QUOTE) {
      scan.holds = holds;
      return i;
    }
    if (kind === TRIGGER) holds |= TRIGGER;
    else {
      holds |= BACKSLASH;
      i += 1;
      if (text.charCodeAt(i) === 117) holds |= UNICODE_ESCAPE;
      else if (i < to && text.charCodeAt(i) === 34) holds |= TRIGGER;
    }
  }
  scan.holds = holds;
  return to;
}

/** Masks the string between its quotes, of which `stringEnd` said what it `holds`. */
export function maskJsonString(
  scan: MaskScan,
  from: number,
  to: number,
  closed: boolean,
  holds: number,
): void {
  if (scan.known || (holds & (BACKSLASH | UNICODE_ESCAPE)) !== 0) {
    if (scan.known || (holds & (TRIGGER | UNICODE_ESCAPE)) !== 0) maskEscaped(scan, from, to, closed);
  } else if ((holds & TRIGGER) !== 0) scan.rules.region(scan, from, to);
}

function maskEscaped(scan: MaskScan, from: number, to: number, closed: boolean): void {
  const plain = unescape(scan.text.slice(from, to), closed);
  const masked = scan.depth < DEEPEST ? scan.rules.text(plain, scan.depth + 1) : MASK;
  if (masked !== plain) scan.replace(from, to, JSON.stringify(masked).slice(1, -1));
}

/** The verdict on the key between its quotes, of which `stringEnd` said what it `holds`. */
export function judgeJsonKey(scan: MaskScan, from: number, to: number, holds: number): number {
  const key = scan.text.slice(from, to);
  return scan.rules.judge((holds & BACKSLASH) === 0 ? key : unescape(key, true));
}

const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Reads escapes; unlike JSON.parse it also reads strings that were cut or hold raw control characters. */
function unescape(raw: string, closed: boolean): string {
  if (closed) {
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      // Not quite JSON: read as well as can be.
    }
  }
  return raw.replace(
    /\\(?:u([0-9a-fA-F]{4})|u[0-9a-fA-F]{0,3}$|([^u])|$)/g,
    (_, hex?: string, one?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return one === undefined ? '' : (simpleEscapes[one] ?? one);
    },
  );
}
