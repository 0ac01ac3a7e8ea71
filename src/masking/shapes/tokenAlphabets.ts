/** The alphabets of tokens, by the names that the table of shapes uses. */
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const ALPHANUMERIC = LOWER + UPPER + DIGITS;

export const alphabets = {
  digits: DIGITS,
  hex: DIGITS + 'abcdefABCDEF',
  /** Hexadecimal digits and hyphens: UUIDs and keys of several parts. */
  hexes: DIGITS + 'abcdefABCDEF-',
  lower: LOWER + DIGITS,
  upper: UPPER + DIGITS,
  uppers: UPPER + DIGITS + '-',
  base32: UPPER + '234567',
  plain: ALPHANUMERIC,
  /** Base64url (RFC 4648, 5) without padding. */
  token: ALPHANUMERIC + '_-',
  padded: ALPHANUMERIC + '_-=',
  dotted: ALPHANUMERIC + '_-.',
  /** Base64url with dots and padding. */
  parts: ALPHANUMERIC + '_-.=',
  base64: ALPHANUMERIC + '+/=',
  /** Both kinds of base64. */
  either: ALPHANUMERIC + '+/=_-',
  /** Base64 over several lines, which may be written as escapes. */
  lines: ALPHANUMERIC + '+/=\r\n\\',
  tilde: ALPHANUMERIC + '_-.~',
  percent: ALPHANUMERIC + '%',
  path: ALPHANUMERIC + '_-/',
  /** What stands in the path of a webhook of Microsoft Teams. */
  teams: ALPHANUMERIC + '_-/@.%',
} as const;

export type Alphabet = keyof typeof alphabets;

/** A table over ASCII for each alphabet, with 1 for its characters. */
export const classOf: Readonly<Record<Alphabet, Uint8Array>> = Object.fromEntries(
  Object.entries(alphabets).map(([name, characters]) => {
    const table = new Uint8Array(128);
    for (const character of characters) table[character.charCodeAt(0)] = 1;
    return [name, table];
  }),
) as Record<Alphabet, Uint8Array>;
