/** Characters that a backslash stands for, beside itself and quotation marks. */
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };
const escape = /((?:\\x[\da-f]{2})+)|\\u([\da-f]{4})|\\(.)/gis;

/** The text behind backslashes as C, JSON, nginx and Apache write them. `\x` stands for a byte of UTF-8. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(escape, (_, bytes?: string, unit?: string, other = '') => {
    if (bytes !== undefined) return Buffer.from(bytes.replaceAll(/\\x/gi, ''), 'hex').toString('utf8');
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    return CONTROLS[other as string] ?? (other as string);
  });
}
