import type { ParseFindings } from './parseFindings.ts';
import type { Parts, Span, Wildcard } from './queryTree.ts';

/** A word, or a text in quotes. */
export interface Word extends Span {
  readonly parts: Parts;
  /** As written: without the quotes of a text in quotes, with backslashes. */
  readonly raw: string;
  readonly isQuoted: boolean;
  /** The text reached the end of the query, so more of it may follow. */
  readonly isOpen: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const POINT = 0x2e;
const SLASH = 0x2f;
const MINUS = 0x2d;
const OPENING = '([{';
const CLOSING = ')]}';
const ANY: Wildcard = { wild: '*' };
const ONE: Wildcard = { wild: '?' };

/**
 * Reads a query from its beginning to its end. What a character means depends on what stands before it, so the parser
 * says what it expects. Each character is read a bounded number of times.
 */
export class Lexer {
  readonly text: string;
  at = 0;
  readonly #findings: ParseFindings;

  constructor(text: string, findings: ParseFindings) {
    this.text = text;
    this.#findings = findings;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    while (!this.isAtEnd && isSpace(this.#code(this.at))) this.at += 1;
  }

  /** Whether the text goes on with `part` here. */
  isAt(part: string): boolean {
    for (let index = 0; index < part.length; index += 1)
      if (this.#code(this.at + index) !== part.charCodeAt(index)) return false;
    return true;
  }

  /** Steps over `part`, if the text goes on with it. */
  accept(part: string): boolean {
    const isThere = this.isAt(part);
    if (isThere) this.at += part.length;
    return isThere;
  }

  /** Whether a word, a field or a bracket may begin here: neither the end nor white space nor a closing bracket. */
  isAtValue(): boolean {
    return !this.isAtEnd && !isSpace(this.#code(this.at)) && !this.isAtClosing();
  }

  /** Whether what is read next would not belong to what stands before it. */
  isAtStart(): boolean {
    return this.at === 0 || isSpace(this.#code(this.at - 1)) || this.text.charAt(this.at - 1) === '(';
  }

  isAtClosing(): boolean {
    return !this.isAtEnd && CLOSING.includes(this.text.charAt(this.at));
  }

  /** Steps over the minus of `-x`. A minus alone, and the first one of `--x`, belong to a word. */
  acceptMinus(): boolean {
    if (this.#code(this.at) !== MINUS || this.#code(this.at + 1) === MINUS) return false;
    this.at += 1;
    if (this.isAtValue()) return true;
    this.at -= 1;
    return false;
  }

  /** Steps over `AND`, `OR`, `NOT` or `TO`, if it stands here as a word of its own. */
  acceptKeyword(keyword: string): boolean {
    const after = this.at + keyword.length;
    if (!this.isAt(keyword)) return false;
    const next = this.text.charAt(after);
    if (next !== '' && next !== '(' && !CLOSING.includes(next) && !isSpace(this.#code(after))) return false;
    this.at = after;
    return true;
  }

  /** A text in quotes, if one begins here, or a word up to white space or a closing bracket that it did not open. */
  word(): Word {
    return this.#code(this.at) === QUOTE ? this.#quoted() : this.#bare();
  }

  /** The regular expression between quotes: a backslash stays, except before a quote. */
  pattern(): Word {
    const from = this.at;
    let pattern = '';
    for (this.at += 1; !this.isAtEnd; this.at += 1) {
      const code = this.#code(this.at);
      if (code === QUOTE) break;
      if (code === BACKSLASH && this.at + 1 < this.text.length) {
        this.at += 1;
        if (this.#code(this.at) !== QUOTE) pattern += '\\';
      }
      pattern += this.text.charAt(this.at);
    }
    return this.#closed(from, pattern === '' ? [] : [pattern]);
  }

  /**
   * The keys of `a."b c".d:`, and steps over the colon. Without a field here it stays where it is. Text such as
   * `10:05`, `::1`, `std::map` and `https://…` is none.
   */
  field(): { readonly path: string[]; readonly isQuoted: boolean; readonly from: number } | undefined {
    const from = this.at;
    const path: string[] = [];
    const isQuoted = this.#code(this.at) === QUOTE;
    for (;;) {
      const key = this.#code(this.at) === QUOTE ? this.#quotedKey() : this.#bareKey(path.length === 0);
      if (key === undefined) break;
      path.push(key);
      const code = this.#code(this.at);
      if (code === COLON && !this.#isText(this.at)) {
        this.at += 1;
        return { path, isQuoted, from };
      }
      if (code !== POINT) break;
      this.at += 1;
    }
    this.at = from;
    return undefined;
  }

  #isText(colon: number): boolean {
    const next = this.#code(colon + 1);
    return next === COLON || (next === SLASH && this.#code(colon + 2) === SLASH);
  }

  #quotedKey(): string | undefined {
    let key = '';
    for (this.at += 1; !this.isAtEnd; this.at += 1) {
      const code = this.#code(this.at);
      if (code === QUOTE) {
        this.at += 1;
        return key;
      }
      if (code === BACKSLASH) this.at += 1;
      key += this.text.charAt(this.at);
    }
    return undefined;
  }

  #bareKey(isFirst: boolean): string | undefined {
    let key = '';
    for (; ; this.at += 1) {
      let code = this.#code(this.at);
      const isEscaped = code === BACKSLASH;
      if (isEscaped) {
        this.at += 1;
        code = this.#code(this.at);
        if (Number.isNaN(code)) return undefined;
      } else if (!isKeyCharacter(code, isFirst && key === '')) break;
      key += this.text.charAt(this.at);
    }
    return key === '' ? undefined : key;
  }

  #quoted(): Word {
    const from = this.at;
    let text = '';
    for (this.at += 1; !this.isAtEnd; this.at += 1) {
      let code = this.#code(this.at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        this.at += 1;
        code = this.#code(this.at);
      }
      text += this.text.charAt(this.at);
    }
    return this.#closed(from, text === '' ? [] : [text]);
  }

  /** Steps over the closing quote. A backslash at the end of the query left the place one too far. */
  #closed(from: number, parts: Parts): Word {
    this.at = Math.min(this.at, this.text.length);
    const isOpen = this.isAtEnd;
    const raw = this.text.slice(from + 1, this.at);
    if (isOpen) this.#findings.report('quote-open', from, this.at);
    else this.at += 1;
    return { parts, raw, isQuoted: true, isOpen, from, to: this.at };
  }

  #bare(): Word {
    const from = this.at;
    const parts: (string | Wildcard)[] = [];
    let literal = '';
    const closing: string[] = [];
    const flush = (): void => {
      if (literal !== '') parts.push(literal);
      literal = '';
    };
    for (; !this.isAtEnd && !isSpace(this.#code(this.at)); this.at += 1) {
      let character = this.text.charAt(this.at);
      if (character === '\\') {
        this.at += 1;
        if (this.at >= this.text.length) {
          this.#findings.report('escape-open', this.at - 1, this.at);
          break;
        }
        character = this.text.charAt(this.at);
      } else if (character === '*' || character === '?') {
        flush();
        // Two stars are one.
        if (character === '?' || parts.at(-1) !== ANY) parts.push(character === '*' ? ANY : ONE);
        continue;
      } else if (OPENING.includes(character)) closing.push(CLOSING.charAt(OPENING.indexOf(character)));
      else if (CLOSING.includes(character) && closing.pop() !== character) break;
      literal += character;
    }
    flush();
    const raw = this.text.slice(from, this.at);
    return { parts, raw, isQuoted: false, isOpen: this.isAtEnd, from, to: this.at };
  }

  /** NaN behind the end. */
  #code(index: number): number {
    return this.text.charCodeAt(index);
  }
}

/** What Unicode calls white space, and the other control characters of ASCII. */
function isSpace(code: number): boolean {
  if (code <= 0x20) return true;
  if (code < 0xa0) return false;
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** Letters, and `_ @ $`; behind the first character of a field, digits and `- / #` too. */
function isKeyCharacter(code: number, isFirst: boolean): boolean {
  const lower = code | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || code === 0x5f || code === 0x40 || code === 0x24) return true;
  if (code > 0x7f) return !isSpace(code);
  if (isFirst) return false;
  return (code >= 0x30 && code <= 0x39) || code === MINUS || code === SLASH || code === 0x23;
}
