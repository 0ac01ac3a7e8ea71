/**
 * Classes of characters, as tables over ASCII: a look into a table takes a tenth of the time of a regular expression.
 */

/** A table with 1 for every character in `characters`. */
export function tableOf(characters: string): Uint8Array {
  const classes = new Uint8Array(128);
  for (const character of characters) classes[character.charCodeAt(0)] = 1;
  return classes;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALPHANUMERIC = LOWER + LOWER.toUpperCase() + DIGITS;

const alphanumeric = tableOf(ALPHANUMERIC);
/** The characters of base64url and of most vendors' tokens. */
export const tokenCharacters = tableOf(ALPHANUMERIC + '_-');
/** The characters after `Bearer`: RFC 6750's b64token and what vendors add to it. */
export const bearerCharacters = tableOf(ALPHANUMERIC + '-._~+/=:|%');
/** The characters of a key without quotes before `=` or `:`. */
export const keyCharacters = tableOf(ALPHANUMERIC + '_-.[]%$+');
export const hex = tableOf(DIGITS + 'abcdefABCDEF');
export const alphanumericCharacters = alphanumeric;

/** Whether `code` is in the table; characters beyond ASCII are in none. */
export function isIn(classes: Uint8Array, code: number): boolean {
  return code < 128 && classes[code] === 1;
}

/** Where the run of characters of one class ends that starts at `from`. */
export function endOfRun(text: string, classes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isIn(classes, text.charCodeAt(at))) at += 1;
  return at;
}

export function isLetterOrDigit(code: number): boolean {
  return code < 128 ? alphanumeric[code] === 1 : code > 127;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether the character is a space, a tab or a line break. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x2028 || code === 0x2029;
}

/** The full-width colon and equals sign, which input methods for Chinese and Japanese type. */
export function isWideSeparator(code: number): boolean {
  return code === 0xff1a || code === 0xff1d;
}

export function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

/** Where the blanks that start at `from` end; with `lines`, line breaks count as blanks. */
export function endOfBlanks(text: string, from: number, to: number, lines: boolean): number {
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 0xa0 && !(lines && isBlank(code))) break;
    at += 1;
  }
  return at;
}
