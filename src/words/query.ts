import * as l10n from '@vscode/l10n';
import { formatNumber } from '../base/locale.ts';
import { quoted } from '../base/printable.ts';
import {
  MOST_CHARACTERS,
  MOST_DEPTH,
  MOST_TERMS,
  type Problem,
  type ProblemCode,
} from '../query/language/queryTree.ts';

/** `character 8: “status:” needs a value behind the colon.` Characters count from 1. */
export function describeProblem({ from, to, code }: Problem, query: string): string {
  const position = formatNumber(Array.from(query.slice(0, from)).length + 1);
  return l10n.t('character {0}: {1}', position, sentences[code](quoted(query.slice(from, to))));
}

/** What is wrong, and what to do; `part` is the part of the query, in quotes. */
const sentences: Readonly<Record<ProblemCode, (part: string) => string>> = {
  'too-long': () =>
    l10n.t('The query is too long. It may have {0} characters at most.', formatNumber(MOST_CHARACTERS)),
  'too-many-terms': () =>
    l10n.t('The query has too many terms. It may have {0} at most.', formatNumber(MOST_TERMS)),
  'too-deep': () =>
    l10n.t('Parentheses and NOT are nested too deep. {0} levels are allowed.', formatNumber(MOST_DEPTH)),
  'quote-open': () => l10n.t('The closing quotation mark is missing.'),
  'escape-open': () =>
    l10n.t('A character is missing behind the backslash. Write two backslashes to search one.'),
  'bracket-open': () => l10n.t('The closing parenthesis is missing.'),
  'bracket-stray': (part) =>
    l10n.t('{0} closes nothing. Put a text with brackets into quotation marks.', part),
  'operand-missing': (part) => l10n.t('{0} needs a term. Quotation marks turn it into text to search.', part),
  'value-missing': (part) =>
    l10n.t(
      '{0} needs a value, without a space before it. To search this text, put it into quotation marks.',
      part,
    ),
  'range-invalid': (part) =>
    l10n.t('{0} is no range. Write [1 TO 5], or put a text with brackets into quotation marks.', part),
  'bound-invalid': (part) =>
    l10n.t(
      '{0} is neither a number, nor a duration such as 250ms, nor a time such as 2026-01-31 or now-2h.',
      part,
    ),
  'bounds-differ': (part) => l10n.t('{0} is no range: only one side is a time.', part),
  'pattern-invalid': (part) => l10n.t('{0} is no regular expression in RE2’s syntax.', part),
};
