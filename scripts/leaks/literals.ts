/**
 * Reads the texts in source files of Go and Python without running them: literals, their sums, and a few calls. It
 * answers undefined for anything else.
 */

/** A text, and the line of the file in which it starts. */
export interface Piece {
  readonly text: string;
  readonly line: number;
  /** The secret in the text, if the source says which it is. */
  readonly secret?: string;
}

/** The value of an expression: one text, or the texts of a list. */
export type Pieces = readonly Piece[];

export interface Context {
  readonly language: 'go' | 'python';
  /** The value of a name. */
  readonly name: (name: string) => Pieces | undefined;
  /** The value of a call; an argument that could not be read is undefined. */
  readonly call: (name: string, args: readonly (Pieces | undefined)[]) => Pieces | undefined;
}

const simple: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0' },
};

/** An expression at a place of a text. */
export class Expression {
  at: number;
  readonly #text: string;
  readonly #context: Context;

  constructor(text: string, at: number, context: Context) {
    this.#text = text;
    this.at = at;
    this.#context = context;
  }

  /** Reads the expression and leaves `at` behind it. */
  read(): Pieces | undefined {
    let value = this.#term();
    for (;;) {
      if (this.#context.language === 'python' && value !== undefined && this.#next(/(?=[rbuf]{0,2}["'])/y)) {
        value = sum(value, this.#term());
        continue;
      }
      if (!this.#next(/\+(?![+=])/y)) return value;
      value = sum(value, this.#term());
    }
  }

  /** Reads what follows blanks and comments, if it is there. */
  #next(pattern: RegExp): RegExpExecArray | undefined {
    const blanks =
      this.#context.language === 'go' ? /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y : /(?:\s|#[^\n]*|\\\n)*/y;
    blanks.lastIndex = this.at;
    blanks.test(this.#text);
    pattern.lastIndex = blanks.lastIndex;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }

  #term(): Pieces | undefined {
    const value = this.#plainTerm();
    while (this.#next(/\.format\(/y)) {
      const format = value?.[0];
      const { args, named } = this.#arguments(')');
      if (format === undefined) return undefined;
      const text = formatted(format.text, args, named);
      return text === undefined ? undefined : [{ ...format, text }];
    }
    return value;
  }

  #plainTerm(): Pieces | undefined {
    const literal = this.#literal();
    if (literal !== undefined) return [literal];
    if (this.#next(/\[\]byte\(|\(/y)) return this.#arguments(')').args[0];
    if (this.#next(/(?:\[\d*\]string|map\[string\]string)\{/y)) return flat(this.#arguments('}').args);
    const number = this.#next(/-?\d+/y);
    if (number !== undefined) return [{ text: number[0], line: 0 }];
    const name = this.#next(/[A-Za-z_][\w.]*/y)?.[0];
    if (name === undefined) return undefined;
    if (!this.#next(/\(/y)) return this.#context.name(name);
    return this.#context.call(name, this.#arguments(')').args);
  }

  /** The arguments up to the closing bracket. The values of a map are read, its keys are not. */
  #arguments(close: ')' | '}'): { args: (Pieces | undefined)[]; named: Map<string, string> } {
    const args: (Pieces | undefined)[] = [];
    const named = new Map<string, string>();
    const end = close === ')' ? /\)/y : /\}/y;
    while (this.at < this.#text.length && !this.#next(end)) {
      const before = this.at;
      const key = this.#context.language === 'python' ? this.#next(/(\w+)\s*=(?!=)/y)?.[1] : undefined;
      let value = this.read();
      if (this.#next(/:(?!=)/y)) value = this.read();
      this.#next(/\.\.\./y);
      if (!this.#next(/,/y) && !this.#next(close === ')' ? /(?=\))/y : /(?=\})/y)) {
        // Something that is not read, such as a condition: go on after the bracket.
        this.#skip(close);
        args.push(undefined);
        break;
      }
      if (key === undefined) args.push(value);
      else if (value?.[0] !== undefined) named.set(key, value[0].text);
      if (this.at === before) break;
    }
    return { args, named };
  }

  #skip(close: string): void {
    const end = this.#text.indexOf(close, this.at);
    this.at = end < 0 ? this.#text.length : end + 1;
  }

  #literal(): Piece | undefined {
    const isGo = this.#context.language === 'go';
    const open = this.#next(isGo ? /["`]/y : /([rbuf]{0,2})("""|'''|["'])/iy);
    if (open === undefined) return undefined;
    const quote = open[2] ?? open[0];
    const isRaw = quote === '`' || (open[1] ?? '').toLowerCase().includes('r');
    const from = this.at;
    let end = from;
    while (end < this.#text.length && !this.#text.startsWith(quote, end))
      end += this.#text.charCodeAt(end) === 92 && quote !== '`' ? 2 : 1;
    this.at = end + quote.length;
    const raw = this.#text.slice(from, end);
    return { text: isRaw ? raw : unescaped(raw), line: lineOf(this.#text, from) };
  }
}

function unescaped(raw: string): string {
  return raw.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(\n)|(.))/gi,
    (_, x?: string, u?: string, long?: string, line?: string, one?: string) => {
      const code = x ?? u ?? long;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      return line === undefined ? (simple[one ?? ''] ?? one ?? '') : '';
    },
  );
}

export function lineOf(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line += 1;
  return line;
}

function sum(one: Pieces | undefined, other: Pieces | undefined): Pieces | undefined {
  const [first, second] = [one?.[0], other?.[0]];
  return first === undefined || second === undefined
    ? undefined
    : [{ ...first, text: first.text + second.text }];
}

export function flat(values: readonly (Pieces | undefined)[]): Pieces {
  return values.flatMap((value) => value ?? []);
}

/** Python's `str.format`. */
function formatted(
  format: string,
  args: readonly (Pieces | undefined)[],
  named: ReadonlyMap<string, string>,
): string | undefined {
  let number = 0;
  const missing: string[] = [];
  const text = format.replace(/\{\{|\}\}|\{(\w*)\}/g, (form, name?: string) => {
    if (name === undefined) return form.charAt(0);
    const value = name === '' || /^\d/.test(name) ? args[number]?.[0]?.text : named.get(name);
    if (name === '' || /^\d/.test(name)) number += 1;
    if (value === undefined) missing.push(form);
    return value ?? '';
  });
  return missing.length === 0 ? text : undefined;
}

/** Go's `fmt.Sprintf`, for texts and numbers. */
export function sprintf(args: readonly (Pieces | undefined)[]): Pieces | undefined {
  const format = args[0]?.[0];
  if (format === undefined) return undefined;
  let number = 0;
  const missing: string[] = [];
  const text = format.text.replace(/%[#+]?([sdvqx%])/g, (form, kind: string) => {
    if (kind === '%') return '%';
    number += 1;
    const value = args[number]?.[0]?.text;
    if (value === undefined) missing.push(form);
    return kind === 'q' ? JSON.stringify(value ?? '') : (value ?? '');
  });
  return missing.length === 0 ? [{ ...format, text }] : undefined;
}

/** A random text that a simple regular expression of Go matches; undefined for one that is not simple. */
export function textLike(pattern: string, random: () => number): string | undefined {
  let at = 0;
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const alternatives = (): string => {
    const all = [sequence()];
    while (pattern.charAt(at) === '|') {
      at += 1;
      all.push(sequence());
    }
    return pick(all) ?? '';
  };
  const sequence = (): string => {
    let out = '';
    while (at < pattern.length && !'|)'.includes(pattern.charAt(at))) {
      const start = at;
      out += atom();
      const again = at;
      const times = count();
      for (let turn = 1; turn < times; turn += 1) {
        const behind = at;
        at = start;
        out += atom();
        at = behind;
      }
      if (times === 0) out = out.slice(0, out.length - (again - start));
    }
    return out;
  };
  const count = (): number => {
    const found = /^(?:\{(\d+)(?:,(\d*))?\}|([?*+]))\??/.exec(pattern.slice(at));
    if (found === null) return 1;
    at += found[0].length;
    const least = found[3] === undefined ? Number(found[1]) : 1;
    const most = found[2] === undefined || found[2] === '' ? least : Number(found[2]);
    return least + Math.floor(random() * (most - least + 1));
  };
  const atom = (): string => {
    const one = pattern.charAt(at);
    at += 1;
    if (one === '(') {
      at += /^\?(?:i|[a-z-]*:|P<\w+>)?/.exec(pattern.slice(at))?.[0].length ?? 0;
      const inside = alternatives();
      at += 1;
      return inside;
    }
    if (one === '[') {
      const end = /(?:\\.|[^\\\]])*/.exec(pattern.slice(at + 1));
      const length = 1 + (end?.[0].length ?? 0);
      const members = membersOf(pattern.slice(at, at + length));
      at += length + 1;
      return pick(members) ?? '';
    }
    if (one === '\\') {
      at += 1;
      const name = pattern.charAt(at - 1);
      if (name === 'x') {
        at += 2;
        return String.fromCharCode(Number.parseInt(pattern.slice(at - 2, at), 16));
      }
      return name === 'b' ? '' : (pick(classOf(name)) ?? name);
    }
    if ('^$'.includes(one)) return '';
    return one === '.' ? 'x' : one;
  };
  try {
    return alternatives();
  } catch {
    return undefined;
  }
}

function classOf(name: string): readonly string[] {
  if (name === 'd') return Array.from('0123456789');
  if (name === 'w') return Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_');
  if (name === 's') return [' '];
  return [simple[name] ?? name];
}

function membersOf(text: string): string[] {
  const members: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') {
      at += 1;
      members.push(...classOf(text.charAt(at)));
    } else if (text.charAt(at + 1) === '-' && at + 2 < text.length && text.charAt(at + 2) !== '\\') {
      for (let code = text.charCodeAt(at); code <= text.charCodeAt(at + 2); code += 1)
        members.push(String.fromCharCode(code));
      at += 2;
    } else members.push(text.charAt(at));
  }
  return members;
}
