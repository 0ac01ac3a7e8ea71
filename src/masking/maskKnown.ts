/** Finds secrets that are known by value, in any form in which they may be written. */
import { MASK } from './maskScan.ts';

export interface KnownSecrets {
  readonly holds: (text: string) => boolean;
  readonly replace: (text: string) => string;
}

/** Finds `secrets` as they are, percent-encoded, JSON-escaped once and twice, in base64 and in hex. */
export function knownSecrets(secrets: readonly string[]): KnownSecrets {
  const forms = [...new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return { holds: () => false, replace: (text) => text };
  const pattern = new RegExp(
    forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );
  // A form that contains another one is found with that one.
  const least = forms.filter((form) => !forms.some((other) => other !== form && form.includes(other)));
  const holds = (text: string): boolean => {
    for (const form of least) if (text.includes(form)) return true;
    return false;
  };
  return { holds, replace: (text) => (holds(text) ? text.replace(pattern, () => MASK) : text) };
}

function formsOf(secret: string): string[] {
  const once = escaped(secret);
  const percent = encodeURIComponent(secret.toWellFormed());
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', secret.toWellFormed()]]).toString().slice(1);
  const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const encodings = [percent, strict, form].flatMap((text) => [text, lower(text)]);
  const ascii = once.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const json = [once, ascii, once.replaceAll('/', '\\/')].flatMap((text) => [text, escaped(text)]);
  return [secret, ...json, ...encodings, ...base64Forms(secret), ...hexForms(secret)];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Hex in lower and upper case. Short secrets get none: their hex would match by chance. */
function hexForms(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < 4) return [];
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex, hex.toUpperCase()];
}

/**
 * The base64 of the secret alone, and the part of it that stays the same at each of the three offsets in a longer text.
 */
function base64Forms(secret: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret));
  const whole = btoa(bytes);
  const forms = [whole, whole.replace(/=+$/, '')];
  for (const shift of [0, 1, 2]) {
    const start = shift === 0 ? 0 : shift + 1;
    const length = shift + bytes.length;
    const inner = btoa('\0'.repeat(shift) + bytes).slice(start, Math.floor((length * 8) / 6));
    // A short form would match by chance.
    if (inner.length >= 8) forms.push(inner);
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
