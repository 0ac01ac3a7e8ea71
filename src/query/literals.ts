import { readDuration, readNumber } from './language/bounds.ts';
import { type Field, literalOf, type Parts, type Query, type UniversalField } from './language/queryTree.ts';

/** A text that stands in an entry's bytes, possibly spelled with escapes. */
export interface Literal {
  readonly text: string;
  /** Letters count in either case. */
  readonly anyCase: boolean;
}

/** More alternatives than this cost more than they save. */
const MOST_ALTERNATIVES = 32;

/**
 * The literals of which at least one stands in every entry that matches; undefined if there are none, so that every
 * entry has to be read. What they leave is decided by the predicate alone.
 */
export function requiredLiterals(query: Query): readonly Literal[] | undefined {
  switch (query.kind) {
    case 'all':
    case 'not':
      return undefined;
    case 'and':
      return query.items
        .map(requiredLiterals)
        .reduce((best, other) => (isBetter(other, best) ? other : best), undefined);
    case 'or': {
      const all = query.items.map(requiredLiterals);
      const literals = all.flatMap((some) => some ?? []);
      return all.includes(undefined) || literals.length > MOST_ALTERNATIVES ? undefined : literals;
    }
    case 'text': {
      const literals = query.parts.filter((part) => typeof part === 'string');
      const isSmall = literals.every((part) => part === part.toLowerCase());
      // Digits have one form.
      const hasLetters = literals.some((part) => part !== part.toUpperCase());
      return longest(query.parts, isSmall && hasLetters, () => true);
    }
    case 'field':
      return query.test.kind === 'value' ? ofValue(query.field, query.test.parts) : undefined;
  }
}

/** Fewer alternatives are better, then longer ones: they are rarer. */
function isBetter(some: readonly Literal[] | undefined, other: readonly Literal[] | undefined): boolean {
  if (some === undefined || other === undefined) return some !== undefined;
  if (some.length !== other.length) return some.length < other.length;
  return shortest(some) > shortest(other);
}

function shortest(literals: readonly Literal[]): number {
  return Math.min(...literals.map(({ text }) => text.length));
}

/** The universal fields whose values are parts of the entry. Others are converted, as `level`, or given, as `file`. */
const verbatim: readonly UniversalField[] = ['path', 'user', 'message'];

/** A number may be written in several ways, JSON's `1e999` is read as infinity, and an empty path as `/`. */
function ofValue({ universal }: Field, parts: Parts): readonly Literal[] | undefined {
  if (universal !== null && !verbatim.includes(universal)) return undefined;
  const whole = literalOf(parts);
  if (whole !== undefined && (readNumber(whole) ?? readDuration(whole)) !== undefined) return undefined;
  return longest(
    parts,
    false,
    (run) => !/^[\d.e+-]*$/.test(run) && !'-Infinity'.includes(run) && (universal !== 'path' || run !== '/'),
  );
}

/** The longest run of a text, between its wildcards, that stands in the entry with the escapes that the finder knows. */
function longest(
  parts: Parts,
  anyCase: boolean,
  accepts: (run: string) => boolean,
): readonly Literal[] | undefined {
  const runs = parts
    .flatMap((part) => (typeof part === 'string' ? runsOf(part, anyCase) : []))
    .filter((run) => run !== '' && accepts(run));
  const [best] = runs.sort((one, other) => other.length - one.length);
  return best === undefined ? undefined : [{ text: best, anyCase }];
}

/**
 * The parts of a text in which each character is spelled as itself, or as `\u` with its code, or `/` as `\/`. Quotes,
 * backslashes, brackets and control characters have other escapes, which differ between the formats. Damaged bytes are
 * read as U+FFFD, and a byte order mark is dropped.
 */
function runsOf(text: string, anyCase: boolean): string[] {
  const pieces = text.split(/[\u0000-\u001f\u007f-\u009f"'\\\]\ufeff\ufffd]|\p{Surrogate}/u);
  return anyCase ? pieces.flatMap((piece) => piece.split(severalForms)) : pieces;
}

/** Characters outside ASCII that may have several forms in any case, or be a part of one. */
const severalForms = /[[\p{L}\p{M}\p{Cased}\p{Changes_When_Casemapped}]--[\p{ASCII}\p{Lo}]]/v;
