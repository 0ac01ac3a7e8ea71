/** A query as a tree, and what can be wrong in its text. Plain data, so that it passes between threads. */

/** The longest query, in UTF-16 code units. */
export const MOST_CHARACTERS = 4096;
/** The most tests in a query: a word, a phrase, or a value, range or pattern of a field. */
export const MOST_TERMS = 200;
/** How deep parentheses and `NOT` may be nested. */
export const MOST_DEPTH = 50;

/** The fields that every entry may have, whatever its format calls them. */
const UNIVERSAL_FIELDS = [
  'time',
  'level',
  'status',
  'method',
  'path',
  'user',
  'message',
  'duration',
  'file',
  'format',
] as const;

export type UniversalField = (typeof UNIVERSAL_FIELDS)[number];

/** The universal field that a path without quotes names, or null. */
export function universalOf(path: readonly string[]): UniversalField | null {
  return path.length === 1 ? (UNIVERSAL_FIELDS.find((field) => field === path[0]) ?? null) : null;
}

export type Query =
  /** The empty query: every entry. */
  | { readonly kind: 'all' }
  /** Two items or more. */
  | { readonly kind: 'and' | 'or'; readonly items: readonly Query[] }
  | { readonly kind: 'not'; readonly item: Query }
  /** The entry's text contains this. Any case, if no literal has a capital letter. */
  | { readonly kind: 'text'; readonly parts: Parts }
  | { readonly kind: 'field'; readonly field: Field; readonly test: FieldTest };

/** A text with wildcards, in order. Neighbouring literals are one; a literal is never empty. */
export type Parts = readonly (string | Wildcard)[];

/** `*` stands for any characters, or none; `?` for one character (a Unicode code point). */
export interface Wildcard {
  readonly wild: '*' | '?';
}

/** The text, or undefined if it has wildcards. */
export function literalOf(parts: Parts): string | undefined {
  const [text = '', ...others] = parts;
  return typeof text === 'string' && others.length === 0 ? text : undefined;
}

export interface Field {
  /** The keys from the outermost inwards; at least one. */
  readonly path: readonly string[];
  /** The field that all formats share is meant, not a key of that name: `level`, but not `"level"`. */
  readonly universal: UniversalField | null;
}

/** What is asked of a field. Of an array, one element has to pass. */
export type FieldTest =
  /** It has a value other than null. */
  | { readonly kind: 'exists' }
  /** The whole value, in its exact case. */
  | { readonly kind: 'value'; readonly parts: Parts }
  /** `5xx`: a number from 500 to 599, or this text. */
  | { readonly kind: 'class'; readonly hundreds: number }
  /** At least one bound is there. */
  | { readonly kind: 'range'; readonly from: Bound | null; readonly to: Bound | null }
  /** A regular expression in RE2's syntax that finds something; `at` is its place in the query, for a problem. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly at: Span };

/** A number, a duration or a time, as written; `readBound` gives its value. */
export interface Bound {
  readonly text: string;
  readonly inclusive: boolean;
}

/** A part of the query's text: offsets in UTF-16 code units, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Problem extends Span {
  readonly code: ProblemCode;
}

export type ProblemCode =
  /** The query has more than `MOST_CHARACTERS`; none of it was read. */
  | 'too-long'
  /** The query has more than `MOST_TERMS`; the rest was not read. */
  | 'too-many-terms'
  /** It is deeper than `MOST_DEPTH`; the rest was not read. */
  | 'too-deep'
  | 'quote-open'
  /** The query ends with a backslash. */
  | 'escape-open'
  | 'bracket-open'
  /** A closing bracket that nothing opened. */
  | 'bracket-stray'
  /** `AND`, `OR` or `NOT` lacks a side, or parentheses are empty. */
  | 'operand-missing'
  /** Nothing stands behind `field:`, or behind its `>=`. */
  | 'value-missing'
  /** Brackets after `field:` that are not `[a TO b]`. */
  | 'range-invalid'
  /** A bound is neither a number nor a duration nor a time. */
  | 'bound-invalid'
  /** One bound is a time, the other is not. */
  | 'bounds-differ'
  /** RE2 refuses the regular expression. */
  | 'pattern-invalid';
