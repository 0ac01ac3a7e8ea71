import * as l10n from '@vscode/l10n';
import type { PreviewedRequest, RecordingPreview, Verdict } from '../../setup/previewRecording.ts';
import { describeUselessRule, printable } from '../../words/failures.ts';
import { formatList, formatNumber, locale, plural, type PluralForms } from '../../base/locale.ts';
import type { UselessRule } from '../../entries/uselessRules.ts';
import type { FieldTexts, RecordingTexts, RequestRow } from '../../policy/pageMessages.ts';
import { fieldOf, type FormField } from '../../policy/policyForm.ts';

/** Texts about the requests that would be recorded. Times are local, with their zone. */
export function describeRecording(preview: RecordingPreview): RecordingTexts {
  const { considered, byCategory, rows } = preview;
  const { writes, auth, deployments, errors } = byCategory;
  const kinds = [
    count(writes, (number) => ({ one: l10n.t('{0} write', number), other: l10n.t('{0} writes', number) })),
    l10n.t('{0} of authentication', formatNumber(auth)),
    count(deployments, (number) => ({
      one: l10n.t('{0} deployment', number),
      other: l10n.t('{0} deployments', number),
    })),
    count(errors, (number) => ({ one: l10n.t('{0} error', number), other: l10n.t('{0} errors', number) })),
  ];
  return {
    summary: recordingSummary(preview),
    counts: considered === 0 ? '' : l10n.t('Among them: {0}.', formatList(kinds)),
    columns: {
      time: l10n.t('Time ({0})', zoneOf(rows[0]?.time)),
      method: l10n.t('Method'),
      path: l10n.t('Path'),
      status: l10n.t('Status'),
      verdict: l10n.t('Recorded?'),
    },
    rows: rows.map(requestRow),
  };
}

function count(total: number, forms: (number: string) => PluralForms): string {
  return plural(total, forms(formatNumber(total)));
}

function recordingSummary({ considered, kept }: RecordingPreview): string {
  if (considered === 0) return l10n.t('No requests are recorded yet.');
  if (considered > 1)
    return l10n.t(
      'Of the last {0} requests {1} would be recorded.',
      formatNumber(considered),
      formatNumber(kept),
    );
  return kept === 1
    ? l10n.t('The last request would be recorded.')
    : l10n.t('The last request would not be recorded.');
}

const verdictWords: Readonly<Record<Verdict, () => string>> = {
  recorded: () => l10n.t('yes'),
  level: () => l10n.t('no: the level is Nothing'),
  excluded: () => l10n.t('no: excluded'),
  'not-chosen': () => l10n.t('no: not chosen'),
};

const shortTime: Intl.DateTimeFormatOptions = {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
};

function zoneOf(time: number | undefined): string {
  const parts = new Intl.DateTimeFormat(locale(), { timeZoneName: 'short' }).formatToParts(time);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? l10n.t('local');
}

const LONGEST_PATH = 120;
const LONGEST_METHOD = 20;

function requestRow({ time, method, path, status, verdict }: PreviewedRequest): RequestRow {
  return {
    time: time === undefined ? '' : new Date(time).toLocaleString(locale(), shortTime),
    method: printable(cut(method, LONGEST_METHOD)),
    path: printable(cut(path, LONGEST_PATH)),
    status: String(status),
    verdict: verdictWords[verdict](),
  };
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** At most this many warnings are shown beside a field. */
const SHOWN_WARNINGS = 3;

/** Explains why a rule keeps nothing, for the field that holds the rule. */
export function describeUselessRules(dead: readonly UselessRule[]): FieldTexts {
  const sentences = new Map<FormField, string[]>();
  for (const rule of dead) {
    const field = fieldOfRule(rule);
    sentences.set(field, [...(sentences.get(field) ?? []), describeUselessRule(rule)]);
  }
  const texts = [...sentences].map(([field, all]) => [field, firstOf(all)] as const);
  return Object.fromEntries(texts);
}

function firstOf(sentences: readonly string[]): string {
  const more = sentences.length - SHOWN_WARNINGS;
  const shown = sentences.slice(0, SHOWN_WARNINGS).join(' ');
  return more > 0 ? l10n.t('{0} And {1} more.', shown, formatNumber(more)) : shown;
}

function fieldOfRule(rule: UselessRule): FormField {
  switch (rule.code) {
    case 'level-none':
      return 'level';
    case 'no-category':
      return 'categories';
    case 'all-excluded':
      return 'exclude';
    case 'no-paths':
    case 'category-excluded':
      return rule.category === 'auth' ? 'authPaths' : 'deploymentPaths';
    case 'glob-without-slash':
    case 'glob-refused':
      return fieldOf(rule.key) ?? 'exclude';
  }
}
