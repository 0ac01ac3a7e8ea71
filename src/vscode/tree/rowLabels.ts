import * as l10n from '@vscode/l10n';
import type { Overview } from '../../view/overview.ts';
import { printable } from '../../base/printable.ts';
import { countFiles, describe } from '../../words/failures.ts';
import { formatBytes, formatList, formatNumber, locale, plural } from '../../base/locale.ts';
import type { Totals } from '../../files/logFile.ts';
import type { BelowRow, LogGroup } from '../../view/rows.ts';

/** Texts of the tree's parent rows. None depends on today's date. */
export interface Labels {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
}

const groupTitles: Readonly<Record<LogGroup, () => string>> = {
  api: () => l10n.t('API Logs'),
  audit: () => l10n.t('Audit Logs'),
  usage: () => l10n.t('Usage Logs'),
  other: () => l10n.t('Other Logs'),
  sessions: () => l10n.t('Session Archives'),
};

/**
 * A parent row: the number and size of the files below it, and, where that is unusual, whether they count towards the
 * limit.
 */
export function labelsOfBelow(row: BelowRow): Labels {
  const label = titleOf(row);
  if (isOfArchives(row)) {
    const description = sizeOfArchives({ ...row.totals, isWhole: row.isPartial !== true });
    return { label, description, tooltip: [label, description].join('\n') };
  }
  return {
    label,
    description: describeBelow(row),
    tooltip: [label, sizeOf(row.totals), ...limitWords(row)].join('\n'),
  };
}

function isOfArchives(row: BelowRow): boolean {
  return (
    row.kind === 'folder' || row.kind === 'message' || (row.kind === 'group' && row.group === 'sessions')
  );
}

function sizeOfArchives({ files, bytes, isWhole }: Totals & { readonly isWhole: boolean }): string {
  const size = [formatBytes(bytes), archiveCount(files)].join(' · ');
  return isWhole ? size : l10n.t('more than {0}', size);
}

function describeBelow(row: BelowRow): string {
  const { totals, outside } = row;
  if (!isOfOthers(row) || outside === undefined || totals.files === 0) return sizeOf(totals);
  const isOutside = outside.files === totals.files;
  if (row.kind === 'group' && isOutside)
    return [l10n.t('{0} outside the limit', formatBytes(totals.bytes)), countFiles(totals.files)].join(' · ');
  return row.kind === 'family' && isOutside
    ? sizeOf(totals)
    : [sizeOf(totals), ...limitWords(row)].join(' · ');
}

/** Whether the row holds logs of other programs. */
function isOfOthers(row: BelowRow): boolean {
  return row.kind === 'family' || (row.kind === 'group' && row.group === 'other');
}

function titleOf(row: BelowRow): string {
  switch (row.kind) {
    case 'group':
      return groupTitles[row.group]();
    case 'family':
      return printable(row.family);
    case 'month':
      return titleOfMonth(row.month.month);
    case 'folder':
      return printable(row.name);
    case 'message':
      return printable(row.message.message);
  }
}

/** @param month YYYY-MM, or empty */
function titleOfMonth(month: string): string {
  const [year, number] = month.split('-').map(Number);
  if (year === undefined || number === undefined) return l10n.t('Undated');
  const date = new Date(2000, number - 1, 1);
  date.setFullYear(year);
  return new Intl.DateTimeFormat(locale(), { year: 'numeric', month: 'long' }).format(date);
}

/** For logs of other programs: how much of them counts towards the folder's limit, if there is one. */
function limitWords(row: BelowRow): string[] {
  if (!isOfOthers(row)) return [];
  const { totals, outside } = row;
  if (outside === undefined) return [];
  if (outside.files === totals.files) return [l10n.t('outside the limit')];
  if (outside.files === 0) return [l10n.t('counts towards the limit')];
  return [l10n.t('{0} counts towards the limit', formatBytes(totals.bytes - outside.bytes))];
}

export function labelsOfWorkspace(name: string, path: string, overview: Overview | undefined): Labels {
  const failure = overview?.failure;
  if (failure !== undefined) {
    // The whole sentence begins with a path, and nothing else would fit here.
    const trouble = failure.code.startsWith('policy-')
      ? l10n.t('the policy needs mending')
      : l10n.t('cannot be read');
    return { label: name, description: trouble, tooltip: describe(failure) };
  }
  return {
    label: name,
    description: overview === undefined ? '' : describeWorkspace(overview),
    tooltip: [path, ...(overview === undefined ? [] : factsOf(overview))].join('\n'),
  };
}

function describeWorkspace({ managed, held, limit, totals, sessions }: Overview): string {
  if (!managed) {
    const isOfArchives = totals.files === 0 && sessions.files > 0;
    const size = isOfArchives ? sizeOfArchives(sessions) : sizeOf(totals);
    return [l10n.t('no policy'), size].join(' · ');
  }
  const used = limit === undefined || totals.files === 0 ? l10n.t('no logs yet') : describeLimit(limit);
  return held ? [used, l10n.t('on hold')].join(' · ') : used;
}

function describeLimit({ bytes, counted }: NonNullable<Overview['limit']>): string {
  return l10n.t('{0} of {1}', formatBytes(counted.bytes), formatBytes(bytes));
}

function factsOf({ limit, totals, sessions, held }: Overview): string[] {
  const facts = [l10n.t('In logs: {0}', sizeOf(totals))];
  if (limit !== undefined) {
    facts.push(l10n.t('Counts towards the limit: {0}', describeLimit(limit)));
    const outside = { files: totals.files - limit.counted.files, bytes: totals.bytes - limit.counted.bytes };
    if (outside.files > 0) facts.push(l10n.t('Outside the limit: {0}', sizeOf(outside)));
  }
  if (sessions.files > 0) facts.push(l10n.t('Session archives: {0}', sizeOfArchives(sessions)));
  if (held) facts.push(l10n.t('On hold: nothing is deleted'));
  return facts;
}

/** The first row of a workspace whose policy waits for acceptance on this machine. */
export function labelsOfPending(keys: readonly string[]): Labels {
  const description = formatList(keys);
  return {
    label: l10n.t('Nothing is deleted yet'),
    description,
    tooltip: l10n.t('Nothing is deleted until you apply the policy on this machine: {0}', description),
  };
}

/** What the rows stand for: files, logs with all their files, or folders and messages of archives. */
export type MoreOf = 'files' | 'logs' | 'rows';

export function moreOf(row: BelowRow): MoreOf {
  if (row.kind === 'group' && row.group === 'other') return 'logs';
  return isOfArchives(row) ? 'rows' : 'files';
}

export function labelOfMore(rest: number, what: MoreOf): string {
  return l10n.t('Show more ({0})', counts[what](rest));
}

const counts: Readonly<Record<MoreOf, (count: number) => string>> = {
  files: countFiles,
  logs: logCount,
  rows: formatNumber,
};

function sizeOf({ files, bytes }: Totals): string {
  return files === 0 ? l10n.t('no logs yet') : [formatBytes(bytes), countFiles(files)].join(' · ');
}

/** `3 archives` */
export function archiveCount(count: number): string {
  const number = formatNumber(count);
  return plural(count, { one: l10n.t('{0} archive', number), other: l10n.t('{0} archives', number) });
}

function logCount(count: number): string {
  const number = formatNumber(count);
  return plural(count, { one: l10n.t('{0} log', number), other: l10n.t('{0} logs', number) });
}
