import type { Literal } from './literals.ts';

/**
 * The next place in a block at which a candidate is found, at `from` or later; -1 if there is none. The literal may stand
 * there, or an escape that may be a part of it: then the line stays a candidate.
 */
export type Finder = (from: number) => number;

/** Compiles literals to a search for any of them. A block is searched by the function that is returned for it. */
export function compileFinder(literals: readonly Literal[]): (block: Buffer) => Finder {
  const exact = literals.flatMap(({ text, anyCase }) => (anyCase ? [] : [Buffer.from(text)]));
  const pattern = anyCasePattern(literals.filter(({ anyCase }) => anyCase));
  const units = escapedUnits(literals);
  return (block) => {
    const searches: Finder[] = exact.map((bytes) => (from) => block.indexOf(bytes, from));
    if (pattern !== undefined) searches.push(bySearch(block, pattern));
    searches.push((from) => indexOfEscape(block, from, units));
    return earliest(searches);
  };
}

/** Each search goes on only behind its last find, so a block is passed once by each. */
function earliest(searches: readonly Finder[]): Finder {
  const found = searches.map(() => -2);
  return (from) => {
    let first = -1;
    for (const [index, search] of searches.entries()) {
      let at = found[index] ?? -1;
      if (at !== -1 && at < from) {
        at = search(from);
        found[index] = at;
      }
      if (at !== -1 && (first === -1 || at < first)) first = at;
    }
    return first;
  };
}

/** One byte is one character, so that the pattern finds places in bytes. */
function bySearch(block: Buffer, pattern: RegExp): Finder {
  const text = block.toString('latin1');
  return (from) => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.index ?? -1;
  };
}

/** The Kelvin sign and the dotted capital I have ASCII letters as their small forms. */
const otherForms: Readonly<Record<string, string>> = { k: '\u212a', i: '\u0130' };

function anyCasePattern(literals: readonly Literal[]): RegExp | undefined {
  if (literals.length === 0) return undefined;
  const texts = literals.map(({ text }) =>
    Array.from(text, (character) => {
      const other = otherForms[character];
      return other === undefined ? bytesOf(character) : `(?:${character}|${bytesOf(other)})`;
    }).join(''),
  );
  return new RegExp(texts.join('|'), 'gi');
}

/** The UTF-8 of a text, a character a byte, for a pattern. */
function bytesOf(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^A-Za-z0-9]/g, toHex);
}

function toHex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** The code units that an escape may give as a part of a literal. */
function escapedUnits(literals: readonly Literal[]): ReadonlySet<number> {
  // Within an escaped text, an escape may begin with an escaped backslash, or an escaped u.
  const units = new Set([BACKSLASH, LETTER_U]);
  for (const { text, anyCase } of literals)
    for (const form of anyCase ? [text, text.toUpperCase(), ...formsIn(text)] : [text])
      for (let at = 0; at < form.length; at += 1) units.add(form.charCodeAt(at));
  return units;
}

function formsIn(text: string): string[] {
  return Object.entries(otherForms).flatMap(([letter, form]) => (text.includes(letter) ? [form] : []));
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const LETTER_X = 0x78;
const ASCII = 0x7f;
/** `\b \f \n \r \t`, which stand for control characters, and the backslash. */
const others = new Set([0x62, 0x66, 0x6e, 0x72, 0x74, BACKSLASH]);

/**
 * JSON has `\u` with four digits, `\/` and a few more. Other programs write bytes as `\x` with two digits, or a backslash
 * before any character. Digits may be spelled otherwise, as those of an escape within another one.
 */
function indexOfEscape(block: Buffer, from: number, units: ReadonlySet<number>): number {
  for (let at = block.indexOf(BACKSLASH, from); at !== -1; at = block.indexOf(BACKSLASH, at + 1)) {
    const letter = block[at + 1] ?? 0;
    const small = letter | 0x20;
    if (small === LETTER_U || small === LETTER_X) {
      const count = small === LETTER_U ? 4 : 2;
      const digits = block.toString('latin1', at + 2, at + 2 + count);
      const unit =
        digits.length === count && hexadecimal.test(digits) ? Number.parseInt(digits, 16) : undefined;
      if (unit === undefined || units.has(unit) || (small === LETTER_X && unit > ASCII)) return at;
    } else if (!others.has(letter) && (units.has(letter) || letter > ASCII)) return at;
  }
  return -1;
}

const hexadecimal = /^[\da-f]+$/i;
