import { differ, readBound } from './bounds.ts';
import { Lexer, type Word } from './lexer.ts';
import {
  type Bound,
  type Field,
  type FieldTest,
  MOST_CHARACTERS,
  MOST_DEPTH,
  MOST_TERMS,
  type Problem,
  type ProblemCode,
  type Query,
  universalOf,
} from './tree.ts';

export interface Parsed {
  /** What could be read. It is to be applied only if there is no problem. */
  readonly query: Query;
  /** In the order of the text. */
  readonly problems: readonly Problem[];
}

/** What can be completed at the end of a text. */
export interface Completion {
  /** `field`: a field's name, or a word to search. `value`: a value of `field`. */
  readonly kind: 'field' | 'value';
  readonly field: Field | null;
  /** Where the text begins that a completion replaces; it ends at the position that was asked for. */
  readonly from: number;
  /** What stands there, without quotes and backslashes. */
  readonly prefix: string;
}

/** Parses a query. Takes time linear in its length, and never throws. */
export function parseQuery(text: string): Parsed {
  return new Parser(text).parse();
}

/** What can be completed at `position` of a query, or undefined where anything may stand, as in a pattern. */
export function completionAt(text: string, position: number): Completion | undefined {
  const parser = new Parser(text.slice(0, position));
  parser.parse();
  return parser.completion;
}

/** Whether a bound can be read does not depend on the time. */
const anyClock = { now: 0, zone: 'utc' } as const;

/** Stands for a term with a problem, so that the operators beside it are not reported, too. */
const unreadable: Query = { kind: 'all' };

class Parser {
  readonly #problems: Problem[] = [];
  readonly #lexer: Lexer;
  #depth = 0;
  #terms = 0;
  /** A limit is passed: nothing more is read or reported. */
  #isStopped = false;
  #completion: Completion | undefined;
  /** The query ends inside something that has no completions. */
  #isInside = false;

  constructor(text: string) {
    this.#lexer = new Lexer(text, (code, from, to) => {
      this.#report(code, from, to);
    });
  }

  get completion(): Completion | undefined {
    return this.#isStopped || this.#isInside ? undefined : this.#completion;
  }

  parse(): Parsed {
    const { length } = this.#lexer.text;
    if (length > MOST_CHARACTERS) this.#stop('too-long', MOST_CHARACTERS, length);
    const items: Query[] = [];
    do {
      const item = this.#or(null);
      if (item) items.push(item);
    } while (this.#skipStray());
    const query = items.length === 0 ? ({ kind: 'all' } as const) : joined('and', items);
    return { query, problems: this.#problems.sort((one, other) => one.from - other.from) };
  }

  /** Steps over a closing bracket that nothing opened. */
  #skipStray(): boolean {
    if (this.#isStopped || !this.#lexer.isAtClosing()) return false;
    const { at } = this.#lexer;
    this.#report('bracket-stray', at, at + 1);
    this.#lexer.at += 1;
    return true;
  }

  /** Alternatives up to the end or a closing bracket. Within `field:( … )`, `field` is the one that they test. */
  #or(field: Field | null): Query | undefined {
    const items: Query[] = [];
    let operator = this.#lexer.at;
    let isFirst = true;
    for (;;) {
      const item = this.#and(field);
      const from = this.#lexer.at;
      const isMore = this.#isReading() && this.#lexer.acceptKeyword('OR');
      if (item) items.push(item);
      // The first side is missing only if an operator follows: an empty query is none.
      else if (!isFirst) this.#report('operand-missing', operator, operator + 2);
      else if (isMore) this.#report('operand-missing', from, from + 2);
      if (!isMore) return items.length === 0 ? undefined : joined('or', items);
      operator = from;
      isFirst = false;
    }
  }

  #and(field: Field | null): Query | undefined {
    const items: Query[] = [];
    /** Where an `AND` stands that has no right side yet. */
    let open: number | undefined;
    for (;;) {
      this.#lexer.skipSpace();
      const from = this.#lexer.at;
      if (this.#isReading() && this.#lexer.acceptKeyword('AND')) {
        if (items.length === 0 || open !== undefined) this.#report('operand-missing', from, from + 3);
        open = from;
      } else if (this.#isAtOperand(field)) {
        const item = this.#not(field);
        if (item) items.push(item);
        open = undefined;
      } else {
        if (open !== undefined) this.#report('operand-missing', open, open + 3);
        return items.length === 0 ? undefined : joined('and', items);
      }
    }
  }

  /** Whether something else than the end, a closing bracket, `AND` or `OR` comes. */
  #isAtOperand(field: Field | null): boolean {
    if (!this.#isReading()) return false;
    const lexer = this.#lexer;
    if (lexer.isAtEnd && lexer.isAtStart()) this.#complete(field, lexer.at, '');
    if (!lexer.isAtValue()) return false;
    const { at } = lexer;
    const isOperator = lexer.acceptKeyword('OR') || lexer.acceptKeyword('AND');
    lexer.at = at;
    return !isOperator;
  }

  #not(field: Field | null): Query | undefined {
    const from = this.#lexer.at;
    const isWord = this.#lexer.acceptKeyword('NOT');
    if (!isWord && !this.#lexer.acceptMinus()) return this.#primary(field);
    return this.#deeper(from, () => {
      if (isWord) this.#lexer.skipSpace();
      if (!this.#isAtOperand(field)) {
        this.#report('operand-missing', from, from + 3);
        return unreadable;
      }
      const item = this.#not(field);
      return item && { kind: 'not', item };
    });
  }

  #primary(field: Field | null): Query | undefined {
    const lexer = this.#lexer;
    const from = lexer.at;
    if (lexer.accept('(')) return this.#group(field, from);
    if (field) return this.#value(field);
    const named = lexer.field();
    if (named) return this.#value(fieldOf(named), named.from);
    if (!this.#count(from)) return undefined;
    const word = lexer.word();
    // Behind a minus, a term begins.
    if (word.isOpen && word.raw === '-') this.#complete(null, word.to, '');
    else if (word.isOpen) this.#complete(null, word.from, plain(word));
    return { kind: 'text', parts: word.parts };
  }

  /** Behind an opening parenthesis. */
  #group(field: Field | null, from: number): Query | undefined {
    return this.#deeper(from, () => {
      const item = this.#or(field);
      if (this.#lexer.accept(')')) {
        if (!item) this.#report('operand-missing', from, this.#lexer.at);
        return item;
      }
      this.#report('bracket-open', from, from + 1);
      return item;
    });
  }

  /** What is asked of a field, behind its colon, or behind a parenthesis or a space within `field:( … )`. */
  #value(field: Field, start?: number): Query | undefined {
    const lexer = this.#lexer;
    const from = lexer.at;
    if (start !== undefined && lexer.accept('(')) return this.#group(field, from);
    if (!this.#count(start ?? from)) return undefined;
    const test = this.#test(field, start ?? from);
    return test ? { kind: 'field', field, test } : unreadable;
  }

  #test(field: Field, start: number): FieldTest | undefined {
    const lexer = this.#lexer;
    const from = lexer.at;
    const opening = lexer.text.charAt(from);
    if (lexer.isAt('~"')) return this.#pattern();
    if (opening === '[' || opening === '{') return this.#brackets(field);
    const comparison = ['>=', '<=', '>', '<'].find((sign) => lexer.accept(sign));
    const word = this.#word(field, start);
    if (!word) return undefined;
    if (comparison !== undefined) {
      const bound = { text: plain(word), inclusive: comparison.length === 2 };
      this.#checkBounds(word, undefined);
      return comparison.startsWith('>')
        ? { kind: 'range', from: bound, to: null }
        : { kind: 'range', from: null, to: bound };
    }
    return word.isQuoted ? { kind: 'value', parts: word.parts } : bareTest(word);
  }

  /** One word; a problem if there is none. */
  #word(field: Field, start: number): Word | undefined {
    const lexer = this.#lexer;
    if (lexer.isAtEnd) this.#complete(field, lexer.at, '');
    if (!lexer.isAtValue()) {
      this.#report('value-missing', start, lexer.at);
      return undefined;
    }
    const word = lexer.word();
    if (word.isOpen) this.#complete(field, word.from, plain(word));
    return word;
  }

  #pattern(): FieldTest {
    this.#lexer.at += 1;
    const word = this.#lexer.pattern();
    this.#isInside ||= word.isOpen;
    const { from, to } = word;
    return { kind: 'pattern', pattern: plain(word), at: { from, to } };
  }

  /** `[a TO b]`, with braces for a side that excludes its bound; `*` for a side without a bound. */
  #brackets(field: Field): FieldTest | undefined {
    const lexer = this.#lexer;
    const start = lexer.at;
    const isFromInclusive = lexer.accept('[');
    if (!isFromInclusive) lexer.at += 1;
    const low = this.#rangeWord(field);
    lexer.skipSpace();
    const isRange = low !== undefined && lexer.acceptKeyword('TO');
    const high = isRange ? this.#rangeWord(field) : undefined;
    lexer.skipSpace();
    const isToInclusive = lexer.isAt(']');
    if (!low || !high || (isUnbounded(low) && isUnbounded(high)) || !(isToInclusive || lexer.isAt('}'))) {
      this.#isInside ||= lexer.isAtEnd && this.#completion === undefined;
      while (!lexer.isAtEnd && !lexer.isAt(']') && !lexer.isAt('}')) lexer.at += 1;
      if (!lexer.isAtEnd) lexer.at += 1;
      this.#report('range-invalid', start, lexer.at);
      return undefined;
    }
    lexer.at += 1;
    this.#checkBounds(isUnbounded(low) ? undefined : low, isUnbounded(high) ? undefined : high);
    return {
      kind: 'range',
      from: boundOf(low, isFromInclusive),
      to: boundOf(high, isToInclusive),
    };
  }

  #rangeWord(field: Field): Word | undefined {
    const lexer = this.#lexer;
    lexer.skipSpace();
    if (lexer.isAtEnd) this.#complete(field, lexer.at, '');
    if (!lexer.isAtValue()) return undefined;
    const word = lexer.word();
    if (word.isOpen) this.#complete(field, word.from, plain(word));
    return word;
  }

  #checkBounds(low: Word | undefined, high: Word | undefined): void {
    const [one, other] = [low, high].map((word) => {
      if (!word) return null;
      const value = readBound(plain(word), anyClock);
      if (!value) this.#report('bound-invalid', word.from, word.to);
      return value ?? null;
    });
    if (low && high && differ(one, other)) this.#report('bounds-differ', low.from, high.to);
  }

  #deeper(from: number, read: () => Query | undefined): Query | undefined {
    if (this.#depth === MOST_DEPTH) {
      this.#stop('too-deep', from, this.#lexer.at);
      return undefined;
    }
    this.#depth += 1;
    const query = read();
    this.#depth -= 1;
    return query;
  }

  /** Counts a term; false behind the last one that is allowed. */
  #count(from: number): boolean {
    this.#terms += 1;
    if (this.#terms > MOST_TERMS) this.#stop('too-many-terms', from, this.#lexer.text.length);
    return this.#isReading();
  }

  #isReading(): boolean {
    return !this.#isStopped;
  }

  #stop(code: ProblemCode, from: number, to: number): void {
    this.#report(code, from, to);
    this.#isStopped = true;
  }

  #report(code: ProblemCode, from: number, to: number): void {
    const last = this.#problems.at(-1);
    if (this.#isStopped || (last?.from === from && last.code === code)) return;
    this.#problems.push({ from, to, code });
  }

  /** The innermost place counts: it is found first. */
  #complete(field: Field | null, from: number, prefix: string): void {
    this.#completion ??= { kind: field ? 'value' : 'field', field, from, prefix };
  }
}

/** One item stands for itself. */
function joined(kind: 'and' | 'or', items: readonly Query[]): Query {
  const [first, second] = items;
  return first && !second ? first : { kind, items };
}

function fieldOf({ path, isQuoted }: { path: string[]; isQuoted: boolean }): Field {
  return { path, universal: isQuoted ? null : universalOf(path) };
}

/** The text of a word, wildcards as they are written. */
function plain({ parts }: Word): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.wild)).join('');
}

function bareTest(word: Word): FieldTest {
  const { raw, parts } = word;
  if (isUnbounded(word)) return { kind: 'exists' };
  if (/^[1-9]xx$/.test(raw)) return { kind: 'class', hundreds: Number(raw.charAt(0)) };
  return twoPoints(raw) ?? { kind: 'value', parts };
}

/** `a..b`, if both sides are bounds: `/a/../b` is a path. */
function twoPoints(raw: string): FieldTest | undefined {
  const at = raw.indexOf('..');
  if (at < 0) return undefined;
  const from = { text: raw.slice(0, at), inclusive: true };
  const to = { text: raw.slice(at + 2), inclusive: true };
  const [low, high] = [from, to].map(({ text }) => readBound(text, anyClock));
  return low && high && !differ(low, high) ? { kind: 'range', from, to } : undefined;
}

/** Whether a word is `*` alone. */
function isUnbounded({ parts }: Word): boolean {
  return parts.length === 1 && typeof parts[0] === 'object' && parts[0].wild === '*';
}

function boundOf(word: Word, inclusive: boolean): Bound | null {
  return isUnbounded(word) ? null : { text: plain(word), inclusive };
}
