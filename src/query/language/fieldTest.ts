import { differ, readBound } from './bounds.ts';
import type { Lexer, Word } from './lexer.ts';
import type { ParseFindings } from './parseFindings.ts';
import type { Bound, Field, FieldTest } from './queryTree.ts';

/** Whether a bound can be read does not depend on the time. */
const anyClock = { now: 0, zone: 'utc' } as const;

/**
 * What is asked of a field, behind its colon: `>=5`, `[1 TO 5]`, `~"expression"` or a value. Undefined, with a problem
 * reported, if it cannot be read.
 * @param start where the field begins, for the problem that it has no value
 */
export function readFieldTest(
  lexer: Lexer,
  findings: ParseFindings,
  field: Field,
  start: number,
): FieldTest | undefined {
  const from = lexer.at;
  const opening = lexer.text.charAt(from);
  if (lexer.isAt('~"')) return readPattern(lexer, findings);
  if (opening === '[' || opening === '{') return readBrackets(lexer, findings, field);
  const comparison = ['>=', '<=', '>', '<'].find((sign) => lexer.accept(sign));
  const word = readWord(lexer, findings, field);
  if (!word) {
    findings.report('value-missing', start, lexer.at);
    return undefined;
  }
  if (comparison !== undefined) {
    const bound = { text: textOf(word), inclusive: comparison.length === 2 };
    checkBounds(findings, word, undefined);
    return comparison.startsWith('>')
      ? { kind: 'range', from: bound, to: null }
      : { kind: 'range', from: null, to: bound };
  }
  return word.isQuoted ? { kind: 'value', parts: word.parts } : bareTest(word);
}

/** One word, or undefined if there is none. */
function readWord(lexer: Lexer, findings: ParseFindings, field: Field): Word | undefined {
  if (lexer.isAtEnd) findings.complete(field, lexer.at, '');
  if (!lexer.isAtValue()) return undefined;
  const word = lexer.word();
  if (word.isOpen) findings.complete(field, word.from, textOf(word));
  return word;
}

function readPattern(lexer: Lexer, findings: ParseFindings): FieldTest {
  lexer.at += 1;
  const word = lexer.pattern();
  if (word.isOpen) findings.completeNothing();
  const { from, to } = word;
  return { kind: 'pattern', pattern: textOf(word), at: { from, to } };
}

/** `[a TO b]`, with braces for a side that excludes its bound; `*` for a side without a bound. */
function readBrackets(lexer: Lexer, findings: ParseFindings, field: Field): FieldTest | undefined {
  const start = lexer.at;
  const isFromInclusive = lexer.accept('[');
  if (!isFromInclusive) lexer.at += 1;
  lexer.skipSpace();
  const low = readWord(lexer, findings, field);
  lexer.skipSpace();
  const isRange = low !== undefined && lexer.acceptKeyword('TO');
  lexer.skipSpace();
  const high = isRange ? readWord(lexer, findings, field) : undefined;
  lexer.skipSpace();
  const isToInclusive = lexer.isAt(']');
  if (!low || !high || (isUnbounded(low) && isUnbounded(high)) || !(isToInclusive || lexer.isAt('}'))) {
    if (lexer.isAtEnd) findings.completeNothing();
    while (!lexer.isAtEnd && !lexer.isAt(']') && !lexer.isAt('}')) lexer.at += 1;
    if (!lexer.isAtEnd) lexer.at += 1;
    findings.report('range-invalid', start, lexer.at);
    return undefined;
  }
  lexer.at += 1;
  checkBounds(findings, isUnbounded(low) ? undefined : low, isUnbounded(high) ? undefined : high);
  return {
    kind: 'range',
    from: boundOf(low, isFromInclusive),
    to: boundOf(high, isToInclusive),
  };
}

function checkBounds(findings: ParseFindings, low: Word | undefined, high: Word | undefined): void {
  const [one, other] = [low, high].map((word) => {
    if (!word) return null;
    const value = readBound(textOf(word), anyClock);
    if (!value) findings.report('bound-invalid', word.from, word.to);
    return value ?? null;
  });
  if (low && high && differ(one, other)) findings.report('bounds-differ', low.from, high.to);
}

/** The text of a word, wildcards as they are written. */
export function textOf({ parts }: Word): string {
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
  return isUnbounded(word) ? null : { text: textOf(word), inclusive };
}
