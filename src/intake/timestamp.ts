import { parseTime } from '../model/entry.ts';

const MS_PER_SECOND = 1000;
/** What our own lines look like, and what other writers of ISO 8601 in UTC write, from seconds to microseconds. */
const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/;
/** The years that ISO 8601 writes with four digits. */
const FIRST_TIME = -62_167_219_200_000;
const LAST_TIME = 253_402_300_799_999;

let formattedSecond = Number.NaN;
let formattedText = '';
const milliseconds = Array.from({ length: MS_PER_SECOND }, (_, ms) => `.${String(ms).padStart(3, '0')}Z`);

/** A time in ms since 1970 as ISO 8601 in UTC. The text of a second is made once: requests come many a second. */
export function formatTime(time: number): string {
  const whole = Math.floor(Math.min(Math.max(time, FIRST_TIME), LAST_TIME));
  const second = Math.floor(whole / MS_PER_SECOND);
  if (second !== formattedSecond) {
    formattedText = new Date(second * MS_PER_SECOND).toISOString().slice(0, 19);
    formattedSecond = second;
  }
  return formattedText + (milliseconds[whole - second * MS_PER_SECOND] ?? '');
}

/** The text of an entry's time: a UTC time as it is written, any other readable one in UTC, else `now`. */
export function timestampOf(value: unknown, now: number): string {
  if (value === undefined || value === null) return formatTime(now);
  const time = value instanceof Date ? value.getTime() : parseTime(value);
  if (time === undefined || Number.isNaN(time)) return formatTime(now);
  return typeof value === 'string' && utcTime.test(value) ? value : formatTime(time);
}
