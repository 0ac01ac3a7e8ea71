/**
 * Regular expressions as trees, for the part of the syntax that picomatch writes. Expressions beyond that (with back
 * references, named groups, lookbehinds) have no tree.
 */
export type Expression =
  | {
      readonly kind: 'character';
      readonly accepts: (code: number) => boolean;
      /** The only character that it accepts, if there is only one. */
      readonly only?: string;
    }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | {
      readonly kind: 'repeat';
      readonly body: Expression;
      readonly min: number;
      /** Infinity if there is no limit. */
      readonly max: number;
    }
  /** A lookahead: the next text must match, or must not. */
  | {
      readonly kind: 'ahead';
      readonly body: Expression;
      readonly isNegative: boolean;
      /** The body as it is written. */
      readonly source: string;
    }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** Thrown only inside the parser. */
class Unsupported extends Error {}

/** The tree of an expression's source, without flags except `s`; undefined if the syntax is not supported. */
export function parseExpression(source: string): Expression | undefined {
  try {
    const parser = new Parser(source);
    const tree = parser.choice();
    return parser.isDone ? tree : undefined;
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

class Parser {
  readonly #source: string;
  /** The classes read so far: a glob's stars are all the same class. */
  readonly #classes = new Map<string, (code: number) => boolean>();
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get isDone(): boolean {
    return this.#at === this.#source.length;
  }

  choice(): Expression {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    const [only] = options;
    return only !== undefined && options.length === 1 ? only : { kind: 'choice', options };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (!this.isDone && !this.#sees('|') && !this.#sees(')')) parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Expression {
    const body = this.#atom();
    const [min, max] = this.#quantifier();
    // The order in which ways are tried makes no difference to whether one of them matches.
    if (min !== 1 || max !== 1) this.#take('?');
    return min === 1 && max === 1 ? body : { kind: 'repeat', body, min, max };
  }

  #quantifier(): [min: number, max: number] {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    const counted = this.#match(/\{(\d{1,3})(,?)(\d{0,3})\}/y);
    if (counted === undefined) return [1, 1];
    const [, min = '', comma, max = ''] = counted;
    return [Number(min), comma === '' ? Number(min) : max === '' ? Infinity : Number(max)];
  }

  #atom(): Expression {
    if (this.#take('(?=')) return this.#ahead(false);
    if (this.#take('(?!')) return this.#ahead(true);
    if (this.#take('(?:')) return this.#group();
    if (this.#sees('(?')) throw new Unsupported();
    if (this.#take('(')) return this.#group();
    if (this.#take('^')) return { kind: 'start' };
    if (this.#take('$')) return { kind: 'end' };
    if (this.#take('.')) return { kind: 'character', accepts: () => true };
    if (/[*+?]/.test(this.#source.charAt(this.#at))) throw new Unsupported();
    const oneOf = this.#match(/\[(?:[^\]\\]|\\[^])*\]|\\[dDwWsS]/y) ?? this.#match(/\\[tnrfv]/y);
    if (oneOf !== undefined) return { kind: 'character', accepts: this.#charactersOf(oneOf[0]) };
    if (this.#match(/\\[bBkcxu0-9]/y) !== undefined) throw new Unsupported();
    const only = this.#match(/\\?([^])/y)?.[1] ?? '';
    const wanted = only.charCodeAt(0);
    return { kind: 'character', accepts: (code) => code === wanted, only };
  }

  #ahead(isNegative: boolean): Expression {
    const start = this.#at;
    const body = this.#group();
    return { kind: 'ahead', body, isNegative, source: this.#source.slice(start, this.#at - 1) };
  }

  /** Reads the text after an opening parenthesis, up to the closing one. */
  #group(): Expression {
    const body = this.choice();
    if (!this.#take(')')) throw new Unsupported();
    return body;
  }

  #charactersOf(oneOf: string): (code: number) => boolean {
    const known = this.#classes.get(oneOf);
    if (known !== undefined) return known;
    const accepts = charactersOf(oneOf);
    this.#classes.set(oneOf, accepts);
    return accepts;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    const isThere = this.#sees(text);
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

const NO = 1;
const YES = 2;

function charactersOf(oneOf: string): (code: number) => boolean {
  const expression = new RegExp(`^${oneOf}$`);
  const accepts = (code: number): boolean => expression.test(String.fromCharCode(code));
  // The table is filled when needed: a policy may have thousands of them.
  const known = new Uint8Array(128);
  return (code) => {
    if (code >= 128) return accepts(code);
    known[code] ||= accepts(code) ? YES : NO;
    return known[code] === YES;
  };
}
