/** Sizes in bytes and lengths of time, as the policy and people name them. */

export const BYTES_PER_MB = 1_048_576;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** How long something is kept: whole days of 24 hours, or calendar months. */
export type Age = { readonly days: number } | { readonly months: number };

/**
 * The instant that lies `age` before `now`, both in ms since 1970. Months are calendar months in UTC; where the
 * month has no such day its last day counts (31 May less 3 months is 28 or 29 February).
 */
export function before(now: number, age: Age): number {
  if ('days' in age) return now - age.days * DAY_MS;
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - age.months);
  date.setUTCDate(Math.min(day, daysInMonth(date)));
  return date.getTime();
}

/**
 * The instant behind which a file with the entry time `time` has expired: `before` of any later one is past `time`. Where
 * the month has no such day, that is the beginning of the next month.
 */
export function after(time: number, age: Age): number {
  if ('days' in age) return time + age.days * DAY_MS;
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + age.months);
  if (date.getUTCDate() === day) return date.getTime();
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The longest `age` can be in ms; compares a length in months with one in days. */
export function longestMs(age: Age): number {
  return 'days' in age ? age.days * DAY_MS : age.months * 31 * DAY_MS;
}

/** The shortest `age` can be in ms (a year has at least 365 days, a month at least 28). */
export function shortestMs(age: Age): number {
  if ('days' in age) return age.days * DAY_MS;
  const years = Math.floor(age.months / 12);
  return (years * 365 + (age.months % 12) * 28) * DAY_MS;
}
