import { DAY_MS, HOUR_MS, isDay } from '../../base/units.ts';
import type { Bound } from './queryTree.ts';

/** What the words `now` and `today`, and times without a zone, depend on. */
export interface Clock {
  /** ms since 1970 */
  readonly now: number;
  /** `local` is the zone of this process. */
  readonly zone: 'utc' | 'local';
}

/** A time lasts as long as it is written: `2026-01-01` is a day, `10:05` a minute. In ms since 1970, `to` exclusive. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

export type BoundValue =
  | { readonly kind: 'number'; readonly value: number }
  /** In ms. */
  | { readonly kind: 'duration'; readonly value: number }
  | { readonly kind: 'time'; readonly span: TimeSpan };

/** The value of a bound, or undefined if it is neither a number nor a duration nor a time. */
export function readBound(text: string, clock: Clock): BoundValue | undefined {
  const number = readNumber(text);
  if (number !== undefined) return { kind: 'number', value: number };
  const duration = readDuration(text);
  if (duration !== undefined) return { kind: 'duration', value: duration };
  const span = readTime(text, clock);
  return span && { kind: 'time', span };
}

/** RFC 8259, section 6. */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The value of a number in JSON's syntax. */
export function readNumber(text: string): number | undefined {
  return number.test(text) ? Number(text) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: HOUR_MS, d: DAY_MS };
const duration = /^(\d+(?:\.\d+)?)(ms|[smh])$/;

/** `250ms`, `1.5s`, `2m` or `1h`, in ms. */
export function readDuration(text: string): number | undefined {
  const [, count, unit = ''] = duration.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 1);
}

const relative = /^now(?:([+-])(\d+(?:\.\d+)?)(ms|[smhd]))?$/;
const iso =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?$/i;

/** `now`, `now-2h` (`ms s m h d`), `today`, or a time in ISO 8601. */
export function readTime(text: string, clock: Clock): TimeSpan | undefined {
  if (text === 'today') {
    const now = new Date(clock.now);
    return clock.zone === 'utc'
      ? dayOf(clock, now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
      : dayOf(clock, now.getFullYear(), now.getMonth(), now.getDate());
  }
  const near = relative.exec(text);
  if (near) {
    const [, sign, count = '0', unit = 'ms'] = near;
    const distance = Number(count) * (UNIT_MS[unit] ?? 1);
    const from = clock.now + (sign === '-' ? -distance : distance);
    return { from, to: from + 1 };
  }
  return readIsoTime(text, clock);
}

/** A time as options take it: `1h` and the like are ago, else as in a query. */
export function readWhen(text: string, clock: Clock): TimeSpan | undefined {
  return readTime(/^\d+(?:\.\d+)?(?:ms|[smhd])$/.test(text) ? `now-${text}` : text, clock);
}

/** ISO 8601 from the month to the nanosecond, with `T` or a space; a zone may be missing. */
export function readIsoTime(text: string, clock: Clock): TimeSpan | undefined {
  const parts = iso.exec(text);
  if (!parts) return undefined;
  const [, year = '', month = '', day, hour, minute, second, fraction, zone] = parts;
  if (!isDay(`${year}-${month}-${day ?? '01'}`)) return undefined;
  const [y, m, d] = [Number(year), Number(month) - 1, Number(day ?? 1)];
  if (day === undefined) return { from: instant(clock, y, m, 1), to: instant(clock, y, m + 1, 1) };
  if (hour === undefined) return dayOf(clock, y, m, d);
  const [h, min, s] = [Number(hour), Number(minute ?? 0), Number(second ?? 0)];
  // 60 is a leap second: the first second of the next minute.
  if (h > 23 || min > 59 || s > 60) return undefined;
  const offset = offsetOf(zone);
  if (offset === undefined) return undefined;
  const whole = instant(zone === undefined ? clock : { ...clock, zone: 'utc' }, y, m, d, h, min, s) - offset;
  const from = whole + (fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000);
  return { from, to: from + lengthOf(minute, second, fraction) };
}

function lengthOf(minute?: string, second?: string, fraction?: string): number {
  if (minute === undefined) return HOUR_MS;
  if (second === undefined) return 60_000;
  return fraction === undefined ? 1000 : 1000 / 10 ** fraction.length;
}

/** How far a zone is ahead of UTC, in ms; undefined for a zone that cannot be. */
export function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const digits = zone.replaceAll(':', '');
  const [hours, minutes] = [Number(digits.slice(1, 3)), Number(digits.slice(3))];
  if (hours > 23 || minutes > 59) return undefined;
  return (digits.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * 60_000);
}

function dayOf(clock: Clock, year: number, month: number, day: number): TimeSpan {
  return { from: instant(clock, year, month, day), to: instant(clock, year, month, day + 1) };
}

/** `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function instant(
  { zone }: Clock,
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number {
  const date = new Date(0);
  if (zone === 'utc') {
    date.setUTCFullYear(year, month, day);
    return date.setUTCHours(hour, minute, second, 0);
  }
  // At noon, the date is the same before and after a change of the clocks.
  date.setHours(12);
  date.setFullYear(year, month, day);
  return date.setHours(hour, minute, second, 0);
}

/** Compares a value of an entry with one bound or two. */
export interface Range {
  /** `number` and `duration` bounds may stand together: the number counts as ms. */
  readonly kind: BoundValue['kind'];
  readonly holds: (value: number) => boolean;
}

/** The range between two bounds; undefined if one of them has no value, or if only one is a time. */
export function readRange(from: Bound | null, to: Bound | null, clock: Clock): Range | undefined {
  const low = from && readBound(from.text, clock);
  const high = to && readBound(to.text, clock);
  if (low === undefined || high === undefined || differ(low, high)) return undefined;
  const kinds = [low?.kind, high?.kind];
  const isAbove = low ? above(low, from.inclusive) : () => true;
  const isBelow = high ? below(high, to.inclusive) : () => true;
  return {
    kind: kinds.includes('time') ? 'time' : kinds.includes('duration') ? 'duration' : 'number',
    holds: (value) => isAbove(value) && isBelow(value),
  };
}

/** Whether only one of two bounds is a time. */
export function differ(one: BoundValue | null | undefined, other: BoundValue | null | undefined): boolean {
  return !!one && !!other && (one.kind === 'time') !== (other.kind === 'time');
}

function above(bound: BoundValue, inclusive: boolean): (value: number) => boolean {
  if (bound.kind === 'time') {
    const start = inclusive ? bound.span.from : bound.span.to;
    return (value) => value >= start;
  }
  return inclusive ? (value) => value >= bound.value : (value) => value > bound.value;
}

function below(bound: BoundValue, inclusive: boolean): (value: number) => boolean {
  if (bound.kind === 'time') {
    const end = inclusive ? bound.span.to : bound.span.from;
    return (value) => value < end;
  }
  return inclusive ? (value) => value <= bound.value : (value) => value < bound.value;
}
