import type { OverviewFile } from '../app/listLogs.ts';
import type { Outlook } from '../model/outlook.ts';
import { formatBytes } from '../base/locale.ts';
import { DAY_MS, formatCount } from '../base/units.ts';

/** Words of the tree's rows. Times are local; the zone stands in the tooltip. */
export interface Labels {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
}

/** A row for one file: the time range, then name, size and what happens next. */
export function labelsOf(file: OverviewFile, now: number, locale: string): Labels {
  const { name, bytes, parts, outlook } = file;
  const next = outlook === undefined ? '' : describeOutlook(outlook, now);
  const range = rangeOf(file, locale, shortTime(file, now));
  const isNamed = parts.kind === 'active' || parts.kind === 'foreign' || parts.kind === 'leftover';
  const label = isNamed || range === '' ? name : range;
  const details = [label === name ? '' : name, formatBytes(bytes), next];
  const zoned = rangeOf(file, locale, zonedTime);
  const tooltip = [name, zoned, formatBytes(bytes), next];
  return {
    label,
    description: details.filter(Boolean).join(' · '),
    tooltip: tooltip.filter(Boolean).join('\n'),
  };
}

/** The year stands only where it is not this one: the sidebar is narrow. */
function shortTime({ first, last }: OverviewFile, now: number): Intl.DateTimeFormatOptions {
  const years = [first, last, now].flatMap((time) =>
    time === undefined ? [] : [new Date(time).getFullYear()],
  );
  const time = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  return new Set(years).size > 1 ? { ...time, year: 'numeric' } : time;
}

const zonedTime: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
};

function rangeOf({ first, last }: OverviewFile, locale: string, style: Intl.DateTimeFormatOptions): string {
  const start = first ?? last;
  const end = last ?? first;
  if (start === undefined || end === undefined) return '';
  const format = new Intl.DateTimeFormat(locale, style);
  return format.formatRange(Math.min(start, end), Math.max(start, end));
}

function describeOutlook(outlook: Outlook, now: number): string {
  switch (outlook.kind) {
    case 'rotates':
      return `rotates at ${formatBytes(outlook.atBytes)}`;
    case 'zips':
      return describeZipping(outlook.afterRotations);
    case 'expires':
      return outlook.at <= now ? 'expires at next maintenance' : `expires in ${daysUntil(outlook.at, now)}`;
    case 'due':
      return dueWords[`${outlook.step}:${outlook.reason}`] ?? 'changes at next maintenance';
    case 'held':
      return heldWords[outlook.reason];
  }
}

function describeZipping(afterRotations: number): string {
  if (afterRotations === 0) return 'zipped at next maintenance';
  return afterRotations === 1
    ? 'zipped at next rotation'
    : `zipped after ${String(afterRotations)} more rotations`;
}

function daysUntil(at: number, now: number): string {
  return formatCount(Math.max(1, Math.ceil((at - now) / DAY_MS)), 'day');
}

const dueWords: Readonly<Record<string, string>> = {
  'rotate:size': 'rotates at next maintenance',
  'delete:age': 'expired, deleted at next maintenance',
  'delete:cap': 'over the folder’s limit, deleted at next maintenance',
  'sweep:leftover': 'left by an interrupted run, swept at next maintenance',
};

const heldWords: Readonly<Record<Extract<Outlook, { kind: 'held' }>['reason'], string>> = {
  hold: 'kept, the policy is on hold',
  unaccepted: 'kept until the policy is accepted here',
  clock: 'kept, the clock jumped',
};
