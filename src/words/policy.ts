import * as l10n from '@vscode/l10n';
import type { PolicyIssue, PolicyRule, PolicyShape } from '../base/failure.ts';
import { formatList, formatNumber, plural } from '../base/locale.ts';
import type { UselessRule } from '../entries/uselessRules.ts';
import { listed, printable, quoted } from '../base/printable.ts';

/** `line 2, rotation.maxFileMB: must be a whole number from 1 to 10,240` */
export function describeIssue({ field, line, rule }: PolicyIssue): string {
  const words = describeRule(rule);
  const name = printable(field);
  const number = formatNumber(line);
  if (line === 0) return field === '' ? words : l10n.t('{0}: {1}', name, words);
  return field === ''
    ? l10n.t('line {0}: {1}', number, words)
    : l10n.t('line {0}, {1}: {2}', number, name, words);
}

/** What a rule asks for, as words that follow a field's name. */
export function describeRule(rule: PolicyRule): string {
  switch (rule.kind) {
    case 'syntax':
      return l10n.t('this is not valid JSON ({0})', syntaxWords[rule.detail]?.() ?? printable(rule.detail));
    case 'unknown-key':
      return l10n.t('there is no such key');
    case 'duplicate-key':
      return l10n.t('this key stands twice');
    case 'missing':
      return l10n.t('this key is missing');
    case 'integer':
      return l10n.t('must be a whole number from {0} to {1}', formatNumber(rule.min), formatNumber(rule.max));
    case 'choice':
      return rule.choices.length === 1
        ? l10n.t('must be {0}', rule.choices.join(''))
        : l10n.t('must be one of {0}', formatList(rule.choices));
    case 'type':
      return typeWords[rule.expected]?.() ?? l10n.t('must be of the type {0}', printable(rule.expected));
    case 'outside':
      return l10n.t('must be a relative path that stays inside the workspace');
    case 'shape':
      return shapeWords[rule.shape]();
    case 'other':
      return printable(rule.detail);
  }
}

type Words = Readonly<Record<string, () => string>>;

/** The words for the JSON types, by their names. */
const typeWords: Words = {
  object: () => l10n.t('must be an object'),
  array: () => l10n.t('must be an array'),
  string: () => l10n.t('must be a string'),
  number: () => l10n.t('must be a number'),
  boolean: () => l10n.t('must be a boolean'),
};

/** The words for syntax errors, by the names that jsonc-parser gives them. */
const syntaxWords: Words = {
  InvalidSymbol: () => l10n.t('invalid symbol'),
  InvalidNumberFormat: () => l10n.t('invalid number format'),
  PropertyNameExpected: () => l10n.t('property name expected'),
  ValueExpected: () => l10n.t('value expected'),
  ColonExpected: () => l10n.t('colon expected'),
  CommaExpected: () => l10n.t('comma expected'),
  CloseBraceExpected: () => l10n.t('close brace expected'),
  CloseBracketExpected: () => l10n.t('close bracket expected'),
  EndOfFileExpected: () => l10n.t('end of file expected'),
  InvalidCommentToken: () => l10n.t('invalid comment token'),
  UnexpectedEndOfComment: () => l10n.t('unexpected end of comment'),
  UnexpectedEndOfString: () => l10n.t('unexpected end of string'),
  UnexpectedEndOfNumber: () => l10n.t('unexpected end of number'),
  InvalidUnicode: () => l10n.t('invalid unicode'),
  InvalidEscapeCharacter: () => l10n.t('invalid escape character'),
  InvalidCharacter: () => l10n.t('invalid character'),
};

const shapeWords: Readonly<Record<PolicyShape, () => string>> = {
  id: () => l10n.t('must be 1 to {0} letters, digits, _ or -', formatNumber(64)),
  age: () => l10n.t('must be {0} or {1}', daysShape(), monthsShape()),
  'age-or-null': () => l10n.t('must be {0}, {1} or {2}', daysShape(), monthsShape(), 'null'),
  categories: () =>
    l10n.t(
      'must be {0} or any of {1}',
      '["all"]',
      formatList(['"writes"', '"auth"', '"deployments"', '"errors"']),
    ),
  'level-or-null': () =>
    l10n.t('must be a whole number from {0} to {1}, or {2}', formatNumber(0), formatNumber(9), 'null'),
};

function daysShape(): string {
  return `{"days": ${describeRange({ min: 1, max: 3650 })}}`;
}

function monthsShape(): string {
  return `{"months": ${describeRange({ min: 1, max: 120 })}}`;
}

/** `1 to 10,240` */
export function describeRange({ min, max }: { readonly min: number; readonly max: number }): string {
  return l10n.t('{0} to {1}', formatNumber(min), formatNumber(max));
}

/** One sentence for a rule of the policy's recording part that has no effect. */
export function describeUselessRule(rule: UselessRule): string {
  switch (rule.code) {
    case 'level-none':
      return l10n.t('Nothing is recorded: the level is {0}.', 'NONE');
    case 'no-category':
      return l10n.t('Nothing is recorded: no kind of request is chosen.');
    case 'all-excluded':
      return l10n.t(
        'Nothing is recorded: the exclusions leave no path ({0}).',
        listed(rule.globs.map(short)),
      );
    case 'no-paths':
      return rule.category === 'auth'
        ? l10n.t('No request counts as authentication: no paths are named for that.')
        : l10n.t('No request counts as deployments: no paths are named for that.');
    case 'category-excluded':
      return rule.category === 'auth'
        ? l10n.t('Nothing is recorded as authentication: all its paths are excluded.')
        : l10n.t('Nothing is recorded as deployments: all its paths are excluded.');
    case 'glob-without-slash':
      return l10n.t(
        '{0} matches no path, since paths begin with a slash. Write {1} or {2}.',
        quoted(short(rule.glob)),
        quoted(`/${short(rule.glob)}`),
        quoted(`**/${short(rule.glob)}`),
      );
    case 'glob-refused':
      return rule.surplus === undefined
        ? l10n.t('{0} is no pattern that is understood, so it matches no path.', quoted(short(rule.glob)))
        : describeSurplus(rule.surplus, quoted(short(rule.glob)));
  }
}

function describeSurplus(surplus: number, first: string): string {
  const words = [formatNumber(surplus), first, formatNumber(100), quoted('/static/**')] as const;
  return plural(surplus, {
    one: l10n.t(
      '{0} pattern is not looked at, from {1} on: a list may have {2} such patterns. Use fewer, or simpler ones like {3}.',
      ...words,
    ),
    other: l10n.t(
      '{0} patterns are not looked at, from {1} on: a list may have {2} such patterns. Use fewer, or simpler ones like {3}.',
      ...words,
    ),
  });
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
