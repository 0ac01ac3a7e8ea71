import { daysInMonth } from '../../base/units.ts';
import { plausibleTime } from '../../files/entry.ts';
import { offsetOf } from '../language/bounds.ts';
import type { WrittenTime } from './readLine.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';

/** The dates that programs write before a time of the day. */
const dates = [
  // ISO 8601, and nginx or Go with slashes
  String.raw`(\d{4})[-/](\d\d)[-/](\d\d)(?:T|,? {1,2})`,
  // NCSA `10/Oct/2026:`, Tomcat `10-Oct-2026 `, Redis `10 Oct 2026 `
  String.raw`(\d{1,2})[-/ ](${month})[-/ ](\d{4})[: ]`,
  // syslog `Oct  1 `, java.util.logging `Oct 01, 2026 `
  String.raw`(${month}) {1,2}(\d{1,2})(?:,? (\d{4}),?)? `,
  // `10/31/2026, 9:05 AM`
  String.raw`(\d{1,2})\/(\d{1,2})\/(\d{4}),? `,
  // klog `I1031 `
  String.raw`(?<=\b[IWEF])(\d\d)(\d\d) `,
];
const clock = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([AP]M)\b)?`;
const zone = String.raw`(?: ?(Z|UTC|GMT)\b| ?([+-]\d\d:?\d\d)(?!\d)|([+-]\d\d)(?![\d:]))?`;
/** `Sat Oct 31 09:05:00 2026` */
const yearBehind = String.raw`(?: ((?:19|20)\d\d)(?![\w.:-]))?`;
const written = new RegExp(`(?<!\\d)(?:${dates.join('|')})${clock}${zone}${yearBehind}`, 'i');

/** How many bytes of a line are searched for its time. */
const TIME_WITHIN = 64;
/** Its fraction and its zone may stand behind them. */
export const ZONE_WITHIN = 104;

/** The first time that begins in the first 64 characters of a text. */
export function findTime(text: string): WrittenTime | undefined {
  return isoTimeAt(text) ?? searchTime(text);
}

function searchTime(text: string): WrittenTime | undefined {
  const found = written.exec(text.length > ZONE_WITHIN ? text.slice(0, ZONE_WITHIN) : text);
  if (!found || found.index >= TIME_WITHIN) return undefined;
  // In the order of `dates`, `clock`, `zone` and `yearBehind`. Names would take twice as long.
  const [whole, y1, m1, d1, d2, m2, y2, m3, d3, y3, m4, d4, y4, m5, d5, h, min, s, f, half, ...others] =
    found;
  const [utc, offset, hours, y6] = others;
  const isYearBehind = y6 !== undefined && m3 !== undefined && y3 === undefined;
  const year = y1 ?? y2 ?? y3 ?? y4 ?? (isYearBehind ? y6 : undefined);
  const name = m2 ?? m3;
  const monthNumber = name === undefined ? Number(m1 ?? m4 ?? m5) : MONTHS.indexOf(name.toLowerCase()) + 1;
  const hour = half === undefined ? Number(h) : (Number(h) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const to = found.index + whole.length - (y6 === undefined || isYearBehind ? 0 : y6.length + 1);
  const day = Number(d1 ?? d2 ?? d3 ?? d4 ?? d5);
  return instant(
    {
      year: Number(year ?? LEAP_YEAR),
      month: monthNumber,
      day,
      hour,
      minute: Number(min),
      second: Number(s ?? 0),
    },
    { fraction: f, zone: utc === undefined ? (offset ?? hours) : 'Z' },
    { year: year === undefined, from: found.index, to },
  );
}

const ISO_LENGTH = 19;
const ZERO = 0x30;

/**
 * A time in the first form of `dates` to the second, at the beginning of a text: most lines begin so, and this is four
 * times as fast. Undefined where what follows could belong to the time, but for a fraction and the zone `Z`.
 */
function isoTimeAt(text: string): WrittenTime | undefined {
  const between = text.charAt(10);
  const isIso =
    text.charAt(4) === '-' &&
    text.charAt(7) === '-' &&
    text.charAt(13) === ':' &&
    text.charAt(16) === ':' &&
    (between === 'T' || between === ' ');
  if (!isIso) return undefined;
  const [year, monthNumber, day] = [numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10)];
  const [hour, minute, second] = [numberAt(text, 11, 13), numberAt(text, 14, 16), numberAt(text, 17, 19)];
  // A number that is none is in no order.
  if (!(hour <= 23 && minute <= 59 && second <= 60) || !hasDay(year, monthNumber, day)) return undefined;
  let to = ISO_LENGTH;
  let ms = 0;
  const point = text.charAt(to);
  if (point === '.' || point === ',') {
    const start = to + 1;
    to = start;
    while (to < start + 9 && isDigitAt(text, to)) to += 1;
    if (to === start || isDigitAt(text, to)) return undefined;
    ms = Number(`0.${text.slice(start, to)}`) * 1000;
  }
  tail.lastIndex = to;
  const zoned = tail.exec(text);
  if (!zoned) return undefined;
  const time = Date.UTC(year, monthNumber - 1, day, hour, minute, second) + ms;
  return { time, lacks: zoned[0] === '' ? ZONE : NOTHING, from: 0, to: to + zoned[0].length };
}

/** `Z`, or something that is no zone. */
const tail = /Z\b|(?=$| (?:[^\d+\-zugap]|[+-]\D))/iy;
const NOTHING = { zone: false, year: false, day: false };
const ZONE = { zone: true, year: false, day: false };

/** Whether a day is in the calendar. `Date.UTC` reads the years before 100 as others, so they are none. */
function hasDay(year: number, monthNumber: number, day: number): boolean {
  return year >= 100 && day >= 1 && day <= daysInMonth(year, monthNumber);
}

function isDigitAt(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9;
}

/** NaN if not each character is a digit. */
function numberAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1)
    number = isDigitAt(text, at) ? number * 10 + text.charCodeAt(at) - ZERO : Number.NaN;
  return number;
}

const timeOfDay = /^\[?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?!\d)/;

/** A time of the day at the beginning of a text. */
export function timeOfDayAt(text: string): WrittenTime | undefined {
  const found = timeOfDay.exec(text);
  if (!found) return undefined;
  const [whole, hour, minute, second, fraction] = found;
  const read = instant(
    { year: LEAP_YEAR, month: 1, day: 1, hour: Number(hour), minute: Number(minute), second: Number(second) },
    { fraction, zone: undefined },
    { year: true, from: 0, to: whole.length },
  );
  return read && { ...read, lacks: { ...read.lacks, day: true } };
}

/** Every day of the calendar is in it. */
const LEAP_YEAR = 2000;

interface Written {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Undefined for a day or an hour that cannot be. 60 is a leap second: the first second of the next minute. */
function instant(
  { year, month: monthNumber, day, hour, minute, second }: Written,
  { fraction, zone: offset }: { readonly fraction: string | undefined; readonly zone: string | undefined },
  { year: lacksYear, from, to }: { readonly year: boolean; readonly from: number; readonly to: number },
): WrittenTime | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (!hasDay(year, monthNumber, day)) return undefined;
  const ahead = offsetOf(offset);
  if (ahead === undefined) return undefined;
  const ms = fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000;
  const time = Date.UTC(year, monthNumber - 1, day, hour, minute, second) + ms - ahead;
  return { time, lacks: { zone: offset === undefined, year: lacksYear, day: false }, from, to };
}

const digits = /^\d{10,19}(?:\.\d+)?$/;
/** The time in a value of a JSON object: ISO 8601 and the other forms of `findTime`, or s, ms, µs or ns since 1970. */
export function timeOfValue(value: unknown): WrittenTime | undefined {
  if (typeof value === 'string' && !digits.test(value)) {
    const found = findTime(value);
    return found?.from === 0 ? found : undefined;
  }
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const read = plausibleTime(Number(value), Infinity);
  return read && { time: read.time, lacks: NOTHING, from: 0, to: 0 };
}
