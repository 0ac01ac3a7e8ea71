import { readDuration } from '../language/bounds.ts';

/** A value of a universal field, and the other spellings by which a person may search it. */
type Spellings<T> = readonly T[] | undefined;

const NAMES: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace', 'finest', 'finer', 'verbose', 'silly'],
  debug: ['debug', 'fine', 'dbug'],
  info: ['info', 'information', 'informational', 'notice', 'config', 'http', 'success', 'log'],
  warn: ['warn', 'warning'],
  error: ['error', 'err', 'severe', 'fail'],
  fatal: ['fatal', 'crit', 'critical', 'alert', 'emerg', 'emergency', 'panic'],
};
const nameOf: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([name, others]) => others.map((other) => [other, name] as const)),
);
/** pino and bunyan: `src/levels` of pino, and “Levels” in the README of bunyan. */
const NUMBERED = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** RFC 5424, table 2. */
export const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/**
 * A level: one of `trace`, `debug`, `info`, `warn`, `error` and `fatal` where its name is known, then as it is written.
 * A number is one of pino's.
 */
export function levelOf(value: unknown): Spellings<string | number> {
  if (typeof value === 'number') {
    const name = value % 10 === 0 ? NUMBERED[value / 10 - 1] : undefined;
    return name === undefined ? [value] : [name, value];
  }
  if (typeof value !== 'string' || value === '') return undefined;
  const lower = value.toLowerCase();
  return different([nameOf.get(lower) ?? lower, value, lower]);
}

/** A path: without its query and without scheme and host, then as it is written. */
export function pathOf(value: unknown): Spellings<string> {
  if (typeof value !== 'string' || value === '') return undefined;
  const path = value.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '');
  const end = path.search(/[?#]/);
  const bare = end === -1 ? path : path.slice(0, end);
  return different([bare === '' ? '/' : bare, path, value]);
}

/** A status as a number, where it is one. */
export function statusOf(value: unknown): string | number | undefined {
  if (typeof value === 'string') return /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof value === 'number' ? value : undefined;
}

/** A duration in ms. A bare number counts `unit` ms each. */
export function durationOf(value: unknown, unit: number): number | undefined {
  if (typeof value === 'number') return value * unit;
  if (typeof value !== 'string' || value === '') return undefined;
  const count = Number(value);
  return Number.isFinite(count) ? count * unit : (readDuration(value) ?? shortDuration(value));
}

/** Go writes `1.5µs` and `250ns`, too. */
function shortDuration(value: string): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([uµμ]|n)s$/.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'n' ? 1e-6 : 1e-3);
}

export function different<T>(values: readonly T[]): readonly T[] {
  return values.filter((value, index) => values.indexOf(value) === index);
}
