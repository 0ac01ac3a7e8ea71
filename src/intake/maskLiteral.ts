/** Text as a JSON string literal that can forge neither a line nor a colour nor a direction. */
import type { LineBuffer } from './lineBuffer.ts';
import { begins, triggers } from './maskTriggers.ts';

const QUOTE = 34;
const TRIGGER = 1;
const ESCAPE = 2;
const BEYOND = 4;

const classes = triggers.slice();
for (let code = 0; code < 32; code += 1) classes[code] = ESCAPE;
classes[34] = TRIGGER | ESCAPE;
classes[92] = ESCAPE;
classes[127] = BEYOND;

/** DEL, C1, line and paragraph separators, and what sets or overrides the direction of writing. */
const harmful = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escapes = new Map<string, string>();

/** Escapes what JSON leaves alone and terminals and editors don't. */
export function harmless(json: string): string {
  return json.replace(harmful, escapeOf);
}

/** There are some fifty of them, so each is written once. */
function escapeOf(character: string): string {
  let escape = escapes.get(character);
  if (escape === undefined) {
    escape = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    escapes.set(character, escape);
  }
  return escape;
}

/** What a text holds: characters at which a scanner may begin, or that must be escaped, or that may be harmful. */
export function classify(text: string): number {
  let found = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) {
      found |= BEYOND;
      continue;
    }
    const kind = classes[code] ?? 0;
    if (kind === 0) continue;
    found |= kind & ~TRIGGER;
    if ((kind & TRIGGER) !== 0 && (found & TRIGGER) === 0 && begins(text, code, at, 0)) found |= TRIGGER;
  }
  return found;
}

/**
 * Appends a text that needs neither masking nor escaping as a JSON string literal. Nearly every text of an entry is one,
 * so it is classified and copied in one loop.
 * @returns false where it needs either; then nothing was appended
 */
export function appendPlain(text: string, out: LineBuffer): boolean {
  out.reserve(text.length + 2);
  const { bytes } = out;
  let { end } = out;
  bytes[end] = QUOTE;
  end += 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Beyond the table there is no kind, which is none that may be copied.
    const kind = classes[code];
    if (kind !== 0 && (kind !== TRIGGER || begins(text, code, at, 0))) return false;
    bytes[end] = code;
    end += 1;
  }
  bytes[end] = QUOTE;
  out.end = end + 1;
  return true;
}

export function mayHoldSecret(found: number): boolean {
  return (found & TRIGGER) !== 0;
}

/** The literal of an already masked text, `found` being what `classify` said of it unmasked. */
export function literalOf(text: string, found: number): string {
  if ((found & (ESCAPE | BEYOND)) === 0) return `"${text}"`;
  const literal = JSON.stringify(text);
  return (found & BEYOND) === 0 ? literal : harmless(literal);
}
