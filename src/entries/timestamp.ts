import { isDay } from '../base/units.ts';
import { parseTime } from '../files/entry.ts';
import { bytesOf } from '../masking/lineBuffer.ts';

/** The form of our own lines, and of other writers of ISO 8601 in UTC, from seconds to microseconds. */
const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/;
/** The years that ISO 8601 writes with four digits. */
const FIRST_TIME = -62_167_219_200_000;
const LAST_TIME = 253_402_300_799_999;

let lastTime = Number.NaN;
let lastBytes = bytesOf('');

/** A time in ms since 1970 as ISO 8601 in UTC. */
export function formatTime(time: number): string {
  return new Date(Math.min(Math.max(time, FIRST_TIME), LAST_TIME)).toISOString();
}

/** The bytes of `formatTime(now)`. The last ones are cached: a busy backend asks many times per millisecond. */
export function bytesOfNow(now: number): Uint8Array {
  if (now !== lastTime) {
    lastBytes = bytesOf(formatTime(now));
    lastTime = now;
  }
  return lastBytes;
}

/**
 * The text of an entry's own time: a UTC time stays as it is written, any other readable time is converted to UTC;
 * undefined if there is none.
 */
export function timestampOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const time = value instanceof Date ? value.getTime() : parseTime(value);
  if (time === undefined || Number.isNaN(time)) return undefined;
  // JavaScript reads 31 February as 3 March.
  return typeof value === 'string' && utcTime.test(value) && isDay(value.slice(0, 10))
    ? value
    : formatTime(time);
}
