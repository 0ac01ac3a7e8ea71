import {
  type Clock,
  type Range,
  readDuration,
  readIsoTime,
  readNumber,
  readRange,
  readTime,
} from './bounds.ts';
import {
  type Field,
  type FieldTest,
  literalOf,
  type Parts,
  type Problem,
  type Query,
  type UniversalField,
} from './queryTree.ts';
import { fitsPart, fitsWhole } from './wildcards.ts';

/** What a query looks at: an entry as a reader read it. */
export interface QueriedEntry {
  /** The entry as it stands in the log, with the lines that belong to it, decoded. */
  readonly raw: string;
  /** The format's own fields: the JSON object, or what the reader made of a line of text. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The fields that all formats share. Those that are missing, or undefined, are looked for in `fields`. */
  readonly universal: UniversalValues;
}

/**
 * `time` in ms since 1970, `duration` in ms. Of a list, each spelling of the value matches; the first one is common to
 * all formats: `['error', 50]`.
 */
export type UniversalValues = Readonly<
  Partial<Record<UniversalField, string | number | readonly (string | number)[] | undefined>>
>;

type Predicate = (entry: QueriedEntry) => boolean;

export interface CompiledQuery {
  /** Whether a query matches an entry. */
  readonly matches: Predicate;
  /** `pattern-invalid` for each regular expression that RE2 refuses; it matches nothing. */
  readonly problems: readonly Problem[];
}

/**
 * Applies a tree to parsed entries. This is what a query means; a faster search has to give the same answers. RE2 is
 * loaded only if the query has a regular expression.
 */
export async function compileQuery(query: Query, clock: Clock): Promise<CompiledQuery> {
  const problems: Problem[] = [];
  const { RE2JS } = hasPattern(query) ? await import('re2js') : { RE2JS: undefined };
  const search = (pattern: string, at: { from: number; to: number }): ((text: string) => boolean) => {
    try {
      const compiled = RE2JS?.compile(pattern);
      return (text) => compiled?.test(text) === true;
    } catch {
      problems.push({ ...at, code: 'pattern-invalid' });
      return () => false;
    }
  };
  const fits = predicateOf(query, { clock, search });
  return { matches: (entry) => fits(new Texts(entry)), problems };
}

interface Context {
  readonly clock: Clock;
  readonly search: (pattern: string, at: { from: number; to: number }) => (text: string) => boolean;
}

/** An entry, and its texts as far as they were needed. */
class Texts {
  readonly entry: QueriedEntry;
  #texts: readonly string[] | undefined;
  #lower: readonly string[] | undefined;

  constructor(entry: QueriedEntry) {
    this.entry = entry;
  }

  /** The line itself, and each value in it that is a text, without its escapes. */
  get texts(): readonly string[] {
    const { raw, fields } = this.entry;
    // Without a backslash, each of them stands in the line as it is.
    this.#texts ??= raw.includes('\\') ? [raw, ...textsIn(fields)] : [raw];
    return this.#texts;
  }

  get lower(): readonly string[] {
    this.#lower ??= this.texts.map((text) => text.toLowerCase());
    return this.#lower;
  }
}

function hasPattern(query: Query): boolean {
  if (query.kind === 'and' || query.kind === 'or') return query.items.some(hasPattern);
  if (query.kind === 'not') return hasPattern(query.item);
  return query.kind === 'field' && query.test.kind === 'pattern';
}

function predicateOf(query: Query, context: Context): (texts: Texts) => boolean {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const items = query.items.map((item) => predicateOf(item, context));
      return (texts) => items.every((fits) => fits(texts));
    }
    case 'or': {
      const items = query.items.map((item) => predicateOf(item, context));
      return (texts) => items.some((fits) => fits(texts));
    }
    case 'not': {
      const fits = predicateOf(query.item, context);
      return (texts) => !fits(texts);
    }
    case 'text': {
      const fits = fitsPart(query.parts);
      return isAnyCase(query.parts)
        ? ({ lower }) => lower.some((text) => fits(text))
        : ({ texts }) => texts.some((text) => fits(text));
    }
    case 'field': {
      const { field, test } = query;
      const fits = testOf(field, test, context);
      return ({ entry }) => valuesOf(entry, field).some((value) => fits(value));
    }
  }
}

/** Whether a text is searched in any case: it has no capital letter. */
function isAnyCase(parts: Parts): boolean {
  return parts.every((part) => typeof part !== 'string' || part === part.toLowerCase());
}

/** Each text of a JSON value. Keys are left out: those of a line of text are the reader's own words. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  // Not by recursion: a line may nest deeper than the stack.
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') texts.push(next);
    else if (Array.isArray(next)) for (const item of next) waiting.push(item);
    else if (typeof next === 'object' && next !== null)
      for (const item of Object.values(next)) waiting.push(item);
  }
  return texts;
}

/** A time in ms since 1970 is kept apart from numbers. */
class Instant {
  readonly time: number;

  constructor(time: number) {
    this.time = time;
  }
}

/** The values of a field: of an array, its elements, and the elements of those that are arrays. */
export function valuesOf({ fields, universal }: QueriedEntry, field: Field): unknown[] {
  const shared = field.universal === null ? undefined : universal[field.universal];
  if (typeof shared === 'object') return [...shared];
  if (shared !== undefined)
    return [field.universal === 'time' && typeof shared === 'number' ? new Instant(shared) : shared];
  const values: unknown[] = [];
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value: fields, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    const key = field.path[depth];
    if (Array.isArray(value)) for (const item of value) waiting.push({ value: item, depth });
    else if (key === undefined) values.push(value);
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key))
      waiting.push({ value: (value as Readonly<Record<string, unknown>>)[key], depth: depth + 1 });
  }
  return values;
}

function testOf(field: Field, test: FieldTest, context: Context): (value: unknown) => boolean {
  switch (test.kind) {
    case 'exists':
      return (value) => value !== null && value !== undefined;
    case 'value':
      return valueTest(field, test.parts, context.clock);
    case 'class': {
      const first = test.hundreds * 100;
      const text = `${String(test.hundreds)}xx`;
      return (value) => {
        const number = numberIn(value) ?? Number.NaN;
        return value === text || (number >= first && number < first + 100);
      };
    }
    case 'range': {
      const range = readRange(test.from, test.to, context.clock);
      if (range === undefined) return () => false;
      const read = readerOf(range.kind, context.clock);
      return (value) => {
        const number = read(value);
        return number !== undefined && range.holds(number);
      };
    }
    case 'pattern': {
      const finds = context.search(test.pattern, test.at);
      return (value) => {
        const text = textOf(value);
        return text !== undefined && finds(text);
      };
    }
  }
}

/** Texts are equal character by character; numbers, and the time of an entry, by their value. */
function valueTest(field: Field, parts: Parts, clock: Clock): (value: unknown) => boolean {
  const fits = fitsWhole(parts);
  const literal = literalOf(parts);
  const number = literal === undefined ? undefined : (readNumber(literal) ?? readDuration(literal));
  const span = literal === undefined || field.universal !== 'time' ? undefined : readTime(literal, clock);
  return (value) => {
    if (value instanceof Instant && span) return value.time >= span.from && value.time < span.to;
    if (number !== undefined && typeof value !== 'string') return numberIn(value) === number;
    const text = textOf(value);
    return text !== undefined && (literal === undefined ? fits(text) : text === literal);
  };
}

/** How a value is read to be compared with a bound of a kind. */
function readerOf(kind: Range['kind'], clock: Clock): (value: unknown) => number | undefined {
  if (kind === 'time')
    return (value) => {
      if (value instanceof Instant) return value.time;
      return typeof value === 'string' ? readIsoTime(value, clock)?.from : undefined;
    };
  if (kind === 'number') return numberIn;
  return (value) => numberIn(value) ?? (typeof value === 'string' ? readDuration(value) : undefined);
}

/** A number, also one in quotes. */
function numberIn(value: unknown): number | undefined {
  if (value instanceof Instant) return value.time;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? readNumber(value) : undefined;
}

/** The text of a value that is neither an object nor an array. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Instant) return isoOf(value.time);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

function isoOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
