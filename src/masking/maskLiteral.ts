/** Text as a JSON string literal that cannot forge a line, a colour or a direction of writing. */
import type { LineBuffer } from './lineBuffer.ts';
import { isWideSeparator } from './maskCharacters.ts';
import { asBefore, beginnings, begins, BLANK, LAST_ROW } from './maskTriggers.ts';

const QUOTE = 34;
const TRIGGER = 1;
const ESCAPE = 2;
const BEYOND = 4;

/** What must be done for a character in a literal, wherever it stands. */
const classes = new Uint8Array(128);
classes.fill(ESCAPE, 0, 32);
classes[QUOTE] = ESCAPE;
classes[92] = ESCAPE;
classes[127] = BEYOND;

/** `beginnings` for `appendPlain`: REFUSE where a character must be escaped. */
const REFUSE = LAST_ROW + 1;
const doubts = beginnings.map((kind, place) => (classes[place & 127] === 0 ? kind : REFUSE));

/** The length of a SHA-256 in hexadecimal. Zoho's tokens are longer, and hold nothing but digits and full stops. */
const LONGEST_DIGITS = 64;
const DIGIT = 1;
const BETWEEN_DIGITS = 2;
const digits = new Uint8Array(65_536);
for (const character of '0123456789abcdef') digits[character.charCodeAt(0)] = DIGIT;
for (const character of '.-') digits[character.charCodeAt(0)] = BETWEEN_DIGITS;

/** DEL, C1, line and paragraph separators, and characters that set or override the direction of writing. */
const harmful = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escapes = new Map<string, string>();

/** Escapes characters that JSON leaves as they are but that terminals and editors act on. */
export function harmless(json: string): string {
  return json.replace(harmful, escapeOf);
}

/** There are about fifty of these characters, so each escape is made once. */
function escapeOf(character: string): string {
  let escape = escapes.get(character);
  if (escape === undefined) {
    escape = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    escapes.set(character, escape);
  }
  return escape;
}

/** What a text holds: characters at which a scanner may begin, that must be escaped, or that may be harmful. */
export function classify(text: string): number {
  let found = 0;
  let before = BLANK;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) found |= isWideSeparator(code) ? BEYOND | TRIGGER : BEYOND;
    else {
      found |= classes[code] ?? 0;
      const kind = beginnings[(before << 7) | code] ?? 0;
      if (kind !== 0 && (found & TRIGGER) === 0 && begins(text, kind, at, 0)) found |= TRIGGER;
    }
    before = asBefore(code);
  }
  return found;
}

/**
 * Appends a text that needs neither masking nor escaping as a JSON string literal. Nearly every text of an entry is
 * such a text, so it is classified and copied in one loop.
 * @returns false if the text needs one of them; then nothing was appended
 */
export function appendPlain(text: string, out: LineBuffer): boolean {
  out.reserve(text.length + 2);
  const { bytes } = out;
  let { end } = out;
  bytes[end] = QUOTE;
  end += 1;
  let before = BLANK;
  for (let at = copyDigits(text, bytes, end) ? text.length : 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return false;
    const doubt = doubts[(before << 7) | code] ?? 0;
    if (doubt !== 0 && (doubt === REFUSE || begins(text, doubt, at, 0))) return false;
    bytes[end] = code;
    end += 1;
    before = code;
  }
  end = out.end + text.length + 1;
  bytes[end] = QUOTE;
  out.end = end + 1;
  return true;
}

/**
 * Copies a text of hexadecimal digits, full stops and hyphens, such as an id, an address or a version. Only behind a
 * hyphen or a full stop may a short text of these characters alone be a secret (`fc-…`), and a check of each random
 * character would be the most expensive part of a line.
 * @returns false if there is any other character; then the copied bytes do not count
 */
function copyDigits(text: string, bytes: Uint8Array, to: number): boolean {
  if (text.length > LONGEST_DIGITS) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (digits[code] !== DIGIT && (digits[code] !== BETWEEN_DIGITS || endsMark(text, code, at))) return false;
    bytes[to + at] = code;
  }
  return true;
}

/** Whether a scanner may begin at the hyphen or full stop at `at`. */
function endsMark(text: string, code: number, at: number): boolean {
  const kind = at === 0 ? 0 : (beginnings[(text.charCodeAt(at - 1) << 7) | code] ?? 0);
  return kind !== 0 && begins(text, kind, at, 0);
}

export function mayHoldSecret(found: number): boolean {
  return (found & TRIGGER) !== 0;
}

/** The literal of a masked text; `found` is the result of `classify` for the unmasked text. */
export function literalOf(text: string, found: number): string {
  if ((found & (ESCAPE | BEYOND)) === 0) return `"${text}"`;
  const literal = JSON.stringify(text);
  return (found & BEYOND) === 0 ? literal : harmless(literal);
}
