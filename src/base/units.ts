/** Sizes in bytes and lengths of time, as the policy and people name them. */

export const BYTES_PER_MB = 1_048_576;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** How long something is kept: whole days of 24 hours, or calendar months. */
export type Age = { readonly days: number } | { readonly months: number };

/**
 * The instant that lies `age` before `now`, both in ms since 1970. Months are calendar months in UTC. If the month has
 * no such day, its last day counts (31 May less 3 months is 28 or 29 February).
 */
export function before(now: number, age: Age): number {
  if ('days' in age) return now - age.days * DAY_MS;
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - age.months);
  date.setUTCDate(Math.min(day, daysInMonth(date.getUTCFullYear(), date.getUTCMonth() + 1)));
  return date.getTime();
}

/**
 * The instant after which a file with the entry time `time` has expired: `before` of any later instant lies after
 * `time`. If the month has no such day, the instant is the beginning of the next month.
 */
export function after(time: number, age: Age): number {
  if ('days' in age) return time + age.days * DAY_MS;
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + age.months);
  if (date.getUTCDate() === day) return date.getTime();
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The longest that `age` can be, in ms; used to compare months with days. */
export function longestMs(age: Age): number {
  return 'days' in age ? age.days * DAY_MS : age.months * 31 * DAY_MS;
}

/** The shortest that `age` can be, in ms (a year has at least 365 days, a month at least 28). */
export function shortestMs(age: Age): number {
  if ('days' in age) return age.days * DAY_MS;
  const years = Math.floor(age.months / 12);
  return (years * 365 + (age.months % 12) * 28) * DAY_MS;
}

const format = /^\d{4}-\d{2}-\d{2}$/;

/** Whether `day` is a calendar date, written YYYY-MM-DD. (`Date.parse` would double the time of a listing.) */
export function isDay(day: string): boolean {
  if (!format.test(day)) return false;
  const date = Number(day.slice(8));
  return date >= 1 && date <= daysInMonth(Number(day.slice(0, 4)), Number(day.slice(5, 7)));
}

/** 0 for a month that does not exist; months count from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month < 1 || month > 12) return 0;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Returns the time now, in ms since 1970. A function whose decision depends on the time gets it as an argument. */
type Clock = () => number;

export const systemClock: Clock = () => Date.now();
