import type { Masker } from './masker.ts';

/** Longer texts, bodies apart, are cut: characters. */
export const FIELD_LIMIT = 8192;

/** Texts of this many characters and kinds are remembered; beyond it, all are forgotten. */
const REMEMBERED_LENGTH = 256;
const REMEMBERED = 1024;

/** The literal of a field's text: masked whole, since half a secret would not be known as one, and then cut. */
export function fieldLiteral(text: string, masker: Masker): string {
  if (text.length <= FIELD_LIMIT) return masker.literal(text);
  return masker.literal(masker.text(text).slice(0, FIELD_LIMIT));
}

/** The same for fields whose texts come again and again: methods, users, addresses, user agents. */
export function rememberingLiteral(masker: Masker): (text: string) => string {
  const literals = new Map<string, string>();
  return (text) => {
    const known = literals.get(text);
    if (known !== undefined) return known;
    const literal = fieldLiteral(text, masker);
    if (text.length > REMEMBERED_LENGTH) return literal;
    if (literals.size >= REMEMBERED) literals.clear();
    literals.set(text, literal);
    return literal;
  };
}
