import { DAY_MS } from '../base/units.ts';

/**
 * An entry of an API log: one request that a backend answered. The fields are those of the log's JSON lines; unknown
 * fields are kept. Every field is masked before it is written.
 */
export interface Entry {
  /** ISO 8601, or seconds or ms since 1970; if it is left out, the time of recording. */
  readonly timestamp?: string | number | Date | null | undefined;
  /** If it is left out or no plausible id, the workspace's own id. */
  readonly workspace_id?: string | null | undefined;
  /** If it is left out, `anonymous`. */
  readonly user?: string | null | undefined;
  readonly method: string;
  /** With or without its query; the policy's level decides whether the query is kept. */
  readonly path: string;
  /** The HTTP status, 0 to 999. */
  readonly status: number;
  readonly duration_ms?: number | null | undefined;
  readonly ip?: string | null | undefined;
  readonly request_id?: string | null | undefined;
  readonly user_agent?: string | null | undefined;
  readonly category?: string | null | undefined;
  /** The bodies: text, or any JSON value. Kept only at the levels that ask for them. */
  readonly request_object?: unknown;
  readonly response_object?: unknown;
  /** Whether a body or a field was cut off. */
  readonly truncated?: boolean | undefined;
  readonly [key: string]: unknown;
}

/** The time of a log line, or why it has none that counts. */
export interface LineTime {
  /** ms since 1970 */
  readonly time: number;
  /** The time is more than a day ahead of the clock, so it says nothing about the age of the line. */
  readonly isAhead: boolean;
}

/**
 * The time of a log line that is a JSON object with `timestamp` or `time`, or a record of the audit trail; undefined for
 * any other line. Accepts ISO
 * 8601 from seconds to microseconds (without a zone it is UTC). A number is a time only where it can be one, see
 * `plausibleTime`.
 * @param now ms since 1970
 */
export function timeOfLine(line: string, now: number): LineTime | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const time = plausibleTime(entry.timestamp, now) ?? plausibleTime(entry.time, now);
    // In lines of other programs, `created_at` may be the age of what they speak of.
    const isRecord = typeof entry.entity_type === 'string' && typeof entry.action === 'string';
    return time ?? (isRecord ? plausibleTime(entry.created_at, now) : undefined);
  } catch {
    return undefined;
  }
}

/** Times before the year 2000 come from clocks that were never set, and from numbers that are no times. */
export const FIRST_PLAUSIBLE: number = Date.UTC(2000);
/** A number that would be a later time is another quantity. */
const LAST_PLAUSIBLE = Date.UTC(2100);
/** Nanoseconds, microseconds, milliseconds and seconds: how many ms one of each is. Their ranges do not overlap. */
const UNITS_IN_MS = [1e-6, 1e-3, 1, 1000];

/**
 * A time that may say how old a log is: not before the year 2000. A number counts as seconds, milliseconds,
 * microseconds or nanoseconds since 1970, whichever gives a time from 2000 to 2100: `{"time":31}` is a duration.
 * @param now ms since 1970; a time more than a day later is marked
 */
export function plausibleTime(value: unknown, now: number): LineTime | undefined {
  const time = typeof value === 'number' ? timeOfNumber(value) : parseTime(value);
  if (time === undefined || time < FIRST_PLAUSIBLE) return undefined;
  return { time, isAhead: time > now + DAY_MS };
}

function timeOfNumber(value: number): number | undefined {
  return UNITS_IN_MS.map((unit) => value * unit).find(
    (time) => time >= FIRST_PLAUSIBLE && time < LAST_PLAUSIBLE,
  );
}

/** Seconds reach this number in the year 5138; milliseconds reached it in 1973. */
const SECONDS_BELOW = 1e11;
const zone = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const isoTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/** Parses a time from a log line, to ms since 1970. A number is in the unit that gives a time from 2000 to 2100. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') {
    const plausible = timeOfNumber(value);
    if (plausible !== undefined) return plausible;
    const time = value < SECONDS_BELOW ? value * 1000 : value;
    return Number.isFinite(time) && time >= 0 && time < 8.64e15 ? time : undefined;
  }
  if (typeof value !== 'string' || !isoTime.test(value)) return undefined;
  const time = Date.parse(zone.test(value) ? value : `${value}Z`);
  return Number.isNaN(time) ? undefined : time;
}
