import * as l10n from '@vscode/l10n';
import { printable } from '../../base/printable.ts';
import { formatBytes, formatLength, formatNumber, locale, plural } from '../../base/locale.ts';
import { DAY_MS } from '../../base/units.ts';
import type { LogRowFile } from '../../view/rows.ts';
import type { NextStep } from '../../files/logFile.ts';

/** Texts of a file's row in the tree. Times are local; the tooltip shows the zone. */
export interface RowWords {
  readonly label: string;
  readonly description: string;
  /** All texts of the row, for a screen reader. */
  readonly spoken: string;
}

/** A row for one file: the time range or the name, then the size and the next step of maintenance. */
export function labelsOf(file: LogRowFile, now: number): RowWords {
  const { bytes, parts, nextStep } = file;
  const name = printable(file.name);
  const next = nextStep === undefined ? '' : describeNextStep(nextStep, now);
  const range = rangeOf(file, styleOf(file, now));
  const isNamed = parts.kind === 'active' || parts.kind === 'foreign' || parts.kind === 'leftover';
  const label = isNamed || range === '' ? name : range;
  // The sidebar is narrow: the name comes last, and is in the tooltip.
  const details = [formatBytes(bytes), next, label === name ? '' : name];
  return {
    label,
    description: details.filter(Boolean).join(' · '),
    spoken: [name, range, formatBytes(bytes), next].filter(Boolean).join(', '),
  };
}

/** Made only when the pointer rests on the row: formatting its range takes twice the time of the row's. */
export function tooltipOf(file: LogRowFile, now: number): string {
  const next = file.nextStep === undefined ? '' : describeNextStep(file.nextStep, now);
  const lines = [printable(file.name), rangeOf(file, 'zoned'), formatBytes(file.bytes), next];
  return lines.filter(Boolean).join('\n');
}

/**
 * The sidebar is narrow: the year is shown only where it is not this year, the hours only in a range of up to two days.
 */
function styleOf({ first, last }: LogRowFile, now: number): 'days' | 'daysOfYear' | 'short' | 'year' {
  const year = new Date(now).getFullYear();
  const isThisYear = [first, last].every(
    (time) => time === undefined || new Date(time).getFullYear() === year,
  );
  const isLong = first !== undefined && last !== undefined && Math.abs(last - first) > 2 * DAY_MS;
  if (isLong) return isThisYear ? 'days' : 'daysOfYear';
  return isThisYear ? 'short' : 'year';
}

const days = { month: 'short', day: 'numeric' } as const;
const short = { ...days, hour: 'numeric', minute: '2-digit' } as const;
const styles = {
  days,
  daysOfYear: { ...days, year: 'numeric' },
  short,
  year: { ...short, year: 'numeric' },
  zoned: { ...short, year: 'numeric', second: '2-digit', timeZoneName: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** From the first to the newest entry; empty where no time is known. */
function rangeOf({ first, last }: LogRowFile, style: keyof typeof styles): string {
  const start = first ?? last;
  const end = last ?? first;
  if (start === undefined || end === undefined) return '';
  return formatOf(style).formatRange(Math.min(start, end), Math.max(start, end));
}

/** A local time, with the year only where it is not this year. */
export function momentOf(time: number, now: number): string {
  const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return formatOf(isThisYear ? 'short' : 'year').format(time);
}

/** A local time to the second, with the zone. */
export function zonedMomentOf(time: number): string {
  return formatOf('zoned').format(time);
}

/** Making a formatter takes longer than formatting a hundred rows, so formatters are kept. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(style: keyof typeof styles): Intl.DateTimeFormat {
  const key = `${locale()} ${style}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale(), styles[style]);
  formats.set(key, format);
  return format;
}

function describeNextStep(nextStep: NextStep, now: number): string {
  switch (nextStep.kind) {
    case 'rotates':
      return l10n.t('rotates at {0}', formatBytes(nextStep.atBytes));
    case 'zips':
      return describeZipping(nextStep.afterRotations);
    case 'expires':
      return nextStep.at <= now
        ? l10n.t('expires at next maintenance')
        : l10n.t('expires in {0}', formatLength(Math.max(1, Math.ceil((nextStep.at - now) / DAY_MS)), 'day'));
    case 'due':
      return dueWords[nextStep.reason]();
    case 'held':
      return heldWords[nextStep.reason]();
  }
}

function describeZipping(afterRotations: number): string {
  if (afterRotations === 0) return l10n.t('zipped at next maintenance');
  if (afterRotations === 1) return l10n.t('zipped at next rotation');
  const count = formatNumber(afterRotations);
  return plural(afterRotations, {
    one: l10n.t('zipped after {0} more rotation', count),
    other: l10n.t('zipped after {0} more rotations', count),
  });
}

const dueWords: Readonly<Record<Extract<NextStep, { kind: 'due' }>['reason'], () => string>> = {
  size: () => l10n.t('rotates at next maintenance'),
  age: () => l10n.t('expired, deleted at next maintenance'),
  cap: () => l10n.t('over the folder’s limit, deleted at next maintenance'),
  leftover: () => l10n.t('left by an interrupted run, swept at next maintenance'),
};

const heldWords: Readonly<Record<Extract<NextStep, { kind: 'held' }>['reason'], () => string>> = {
  hold: () => l10n.t('kept, the policy is on hold'),
  unaccepted: () => l10n.t('kept until the policy is accepted here'),
  clock: () => l10n.t('kept, the clock jumped'),
};
