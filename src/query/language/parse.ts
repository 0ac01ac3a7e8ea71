import { readFieldTest, textOf } from './fieldTest.ts';
import { Lexer } from './lexer.ts';
import { type Completion, ParseFindings } from './parseFindings.ts';
import {
  type Field,
  MOST_CHARACTERS,
  MOST_DEPTH,
  MOST_TERMS,
  type Problem,
  type Query,
  universalOf,
} from './queryTree.ts';

export interface Parsed {
  /** What could be read. It is to be applied only if there is no problem. */
  readonly query: Query;
  /** In the order of the text. */
  readonly problems: readonly Problem[];
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

/** Stands for a term with a problem, so that the operators beside it are not reported, too. */
const unreadable: Query = { kind: 'all' };

class Parser {
  readonly #findings = new ParseFindings();
  readonly #lexer: Lexer;
  #depth = 0;
  #terms = 0;

  constructor(text: string) {
    this.#lexer = new Lexer(text, this.#findings);
  }

  get completion(): Completion | undefined {
    return this.#findings.completion;
  }

  parse(): Parsed {
    const { length } = this.#lexer.text;
    if (length > MOST_CHARACTERS) this.#findings.stop('too-long', MOST_CHARACTERS, length);
    const items: Query[] = [];
    do {
      const item = this.#or(null);
      if (item) items.push(item);
    } while (this.#skipStray());
    const query = items.length === 0 ? ({ kind: 'all' } as const) : joined('and', items);
    return { query, problems: this.#findings.problems.sort((one, other) => one.from - other.from) };
  }

  /** Steps over a closing bracket that nothing opened. */
  #skipStray(): boolean {
    if (this.#findings.isStopped || !this.#lexer.isAtClosing()) return false;
    const { at } = this.#lexer;
    this.#findings.report('bracket-stray', at, at + 1);
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
      const isMore = !this.#findings.isStopped && this.#lexer.acceptKeyword('OR');
      if (item) items.push(item);
      // The first side is missing only if an operator follows: an empty query is none.
      else if (!isFirst) this.#findings.report('operand-missing', operator, operator + 2);
      else if (isMore) this.#findings.report('operand-missing', from, from + 2);
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
      if (!this.#findings.isStopped && this.#lexer.acceptKeyword('AND')) {
        if (items.length === 0 || open !== undefined)
          this.#findings.report('operand-missing', from, from + 3);
        open = from;
      } else if (this.#isAtOperand(field)) {
        const item = this.#not(field);
        if (item) items.push(item);
        open = undefined;
      } else {
        if (open !== undefined) this.#findings.report('operand-missing', open, open + 3);
        return items.length === 0 ? undefined : joined('and', items);
      }
    }
  }

  /** Whether something else than the end, a closing bracket, `AND` or `OR` comes. */
  #isAtOperand(field: Field | null): boolean {
    if (this.#findings.isStopped) return false;
    const lexer = this.#lexer;
    if (lexer.isAtEnd && lexer.isAtStart()) this.#findings.complete(field, lexer.at, '');
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
        this.#findings.report('operand-missing', from, from + 3);
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
    if (word.isOpen && word.raw === '-') this.#findings.complete(null, word.to, '');
    else if (word.isOpen) this.#findings.complete(null, word.from, textOf(word));
    return { kind: 'text', parts: word.parts };
  }

  /** Behind an opening parenthesis. */
  #group(field: Field | null, from: number): Query | undefined {
    return this.#deeper(from, () => {
      const item = this.#or(field);
      if (this.#lexer.accept(')')) {
        if (!item) this.#findings.report('operand-missing', from, this.#lexer.at);
        return item;
      }
      this.#findings.report('bracket-open', from, from + 1);
      return item;
    });
  }

  /** What is asked of a field, behind its colon, or behind a parenthesis or a space within `field:( … )`. */
  #value(field: Field, start?: number): Query | undefined {
    const lexer = this.#lexer;
    const from = lexer.at;
    if (start !== undefined && lexer.accept('(')) return this.#group(field, from);
    if (!this.#count(start ?? from)) return undefined;
    const test = readFieldTest(lexer, this.#findings, field, start ?? from);
    return test ? { kind: 'field', field, test } : unreadable;
  }

  #deeper(from: number, read: () => Query | undefined): Query | undefined {
    if (this.#depth === MOST_DEPTH) {
      this.#findings.stop('too-deep', from, this.#lexer.at);
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
    if (this.#terms > MOST_TERMS) this.#findings.stop('too-many-terms', from, this.#lexer.text.length);
    return !this.#findings.isStopped;
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
