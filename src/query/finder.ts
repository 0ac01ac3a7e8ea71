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
  const escape = escapeOf(literals);
  return (block) => {
    const searches: Finder[] = exact.map((bytes) => (from) => block.indexOf(bytes, from));
    if (pattern !== undefined) searches.push(bySearch(block, pattern));
    searches.push((from) => indexOfEscape(block, from, escape));
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

/** What behind a backslash may stand for a part of a literal. */
interface Escape {
  /** The code units that `\u` may give. */
  readonly units: ReadonlySet<number>;
  /** Other programs write bytes beyond ASCII as `\x`, each. */
  readonly hasBytes: boolean;
  readonly hasSlash: boolean;
}

function escapeOf(literals: readonly Literal[]): Escape {
  // Within an escaped text, an escape may begin with an escaped backslash, or an escaped u.
  const units = new Set([0x5c, 0x75]);
  for (const { text, anyCase } of literals)
    for (const form of anyCase ? [text, text.toUpperCase(), ...formsIn(text)] : [text])
      for (let at = 0; at < form.length; at += 1) units.add(form.charCodeAt(at));
  return {
    units,
    hasBytes: [...units].some((unit) => unit > 0x7f),
    hasSlash: literals.some(({ text }) => text.includes('/')),
  };
}

function formsIn(text: string): string[] {
  return Object.entries(otherForms).flatMap(([letter, form]) => (text.includes(letter) ? [form] : []));
}

const BACKSLASH = 0x5c;

function indexOfEscape(block: Buffer, from: number, { units, hasBytes, hasSlash }: Escape): number {
  for (let at = block.indexOf(BACKSLASH, from); at !== -1; at = block.indexOf(BACKSLASH, at + 1)) {
    const letter = block[at + 1];
    if (letter === 0x75 /* u */) {
      const digits = block.toString('latin1', at + 2, at + 6);
      // Digits that are spelled otherwise, as those of an escape within another one.
      if (!/^[\da-f]{4}$/i.test(digits) || units.has(Number.parseInt(digits, 16))) return at;
    } else if (letter === 0x2f /* slash */ ? hasSlash : letter === 0x78 /* x */ && hasBytes) return at;
  }
  return -1;
}
