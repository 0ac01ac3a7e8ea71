import { inCodePages } from './codePages.ts';

/** The known passwords, for the code that opens an archive. */
export interface Passwords {
  /** Each form to try (see `formsOf`), the most likely first. The caller only reads them: the owner wipes them. */
  candidates(): readonly Uint8Array[];
  /** Called with a form that has opened a member. */
  opened?(form: Uint8Array): void;
}

/**
 * The forms to try for a password: its bytes as typed, and, if they differ, its composed and decomposed forms (Unicode
 * NFC, NFD), because keyboards and files of different systems give the one or the other, and its bytes in the code pages
 * that older programs used.
 */
export function formsOf(password: Uint8Array): Uint8Array[] {
  const text = otherText(password);
  if (text === undefined) return [password];
  const composed = text.normalize('NFC');
  const encoder = new TextEncoder();
  const others = [encoder.encode(composed), encoder.encode(text.normalize('NFD')), ...inCodePages(composed)];
  return others.reduce<Uint8Array[]>(
    (forms, form) => (forms.some((other) => isEqual(other, form)) ? forms : [...forms, form]),
    [password],
  );
}

/** How many passwords these forms belong to. */
export function countPasswords(forms: readonly Uint8Array[]): number {
  const counted: Uint8Array[] = [];
  let count = 0;
  // The bytes of a code page don't show which password they belong to, so the texts come first.
  const [texts, others] = [forms.filter(isText), forms.filter((form) => !isText(form))];
  for (const form of [...texts, ...others]) {
    if (counted.some((other) => isEqual(other, form))) continue;
    count += 1;
    counted.push(...formsOf(form));
  }
  for (const form of counted) if (!forms.includes(form)) form.fill(0);
  return count;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function isText(bytes: Uint8Array): boolean {
  return isAscii(bytes) || otherText(bytes) !== undefined;
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

/** @returns undefined if the bytes are ASCII or no text: most passwords are ASCII, and a string cannot be wiped */
function otherText(password: Uint8Array): string | undefined {
  if (isAscii(password)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(password);
  } catch {
    return undefined;
  }
}
