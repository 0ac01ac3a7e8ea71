import type { PreviewedRequest, RecordingPreview, Verdict } from '../app/previewRecording.ts';
import { describeDeadRule, printable } from '../app/words.ts';
import { formatCount } from '../base/units.ts';
import type { DeadRule } from '../intake/deadRules.ts';
import type { RecordingTexts, RequestRow } from '../model/pageMessages.ts';
import { fieldOf } from '../model/policyForm.ts';
import type { FormField } from '../model/policyForm.ts';

/** What the form says about the requests that would be recorded. `locale` is the editor's; times are local, with their zone. */
export function describeRecording(preview: RecordingPreview, locale: string): RecordingTexts {
  const { considered, byCategory, dead, rows } = preview;
  const { writes, auth, deployments, errors } = byCategory;
  const kinds = [
    formatCount(writes, 'write'),
    `${auth.toLocaleString('en-US')} of authentication`,
    formatCount(deployments, 'deployment'),
    formatCount(errors, 'error'),
  ];
  return {
    summary: recordingSummary(preview),
    counts: considered === 0 ? '' : `Among them: ${kinds.join(', ')}.`,
    timeTitle: `Time (${zoneOf(rows[0]?.time, locale)})`,
    rows: rows.map((row) => requestRow(row, locale)),
    warnings: describeDeadRules(dead),
  };
}

function recordingSummary({ considered, kept }: RecordingPreview): string {
  if (considered === 0) return 'No requests are recorded yet.';
  if (considered === 1) return `The last request would ${kept === 1 ? '' : 'not '}be recorded.`;
  const all = considered.toLocaleString('en-US');
  return `Of the last ${all} requests ${kept.toLocaleString('en-US')} would be recorded.`;
}

const verdicts: Readonly<Record<Verdict, string>> = {
  recorded: 'yes',
  level: 'no: the level is Nothing',
  excluded: 'no: excluded',
  'not-chosen': 'no: not chosen',
};

const shortTime: Intl.DateTimeFormatOptions = {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
};

function zoneOf(time: number | undefined, locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(time);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'local';
}

const LONGEST_PATH = 120;
const LONGEST_METHOD = 20;

function requestRow({ time, method, path, status, verdict }: PreviewedRequest, locale: string): RequestRow {
  return {
    time: time === undefined ? '' : new Date(time).toLocaleString(locale, shortTime),
    method: printable(cut(method, LONGEST_METHOD)),
    path: printable(cut(path, LONGEST_PATH)),
    status: String(status),
    verdict: verdicts[verdict],
  };
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** What stands beside a field says a few things at most. */
const SHOWN_WARNINGS = 3;

function describeDeadRules(dead: readonly DeadRule[]): Partial<Record<FormField, string>> {
  const sentences = new Map<FormField, string[]>();
  for (const rule of dead) {
    const field = fieldOfRule(rule);
    sentences.set(field, [...(sentences.get(field) ?? []), describeDeadRule(rule)]);
  }
  const texts = [...sentences].map(([field, all]) => {
    const more = all.length - SHOWN_WARNINGS;
    const shown = all.slice(0, SHOWN_WARNINGS);
    return [field, [...shown, ...(more > 0 ? [`And ${String(more)} more.`] : [])].join(' ')] as const;
  });
  return Object.fromEntries(texts);
}

function fieldOfRule(rule: DeadRule): FormField {
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
