import type { UniversalValues } from '../../language/predicate.ts';
import type { WrittenTime } from '../readLine.ts';
import { timeOfValue } from '../times.ts';
import { different, durationOf, levelOf, pathOf, statusOf } from '../universal.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What an object says under the usual names. */
export interface UsualFields {
  readonly universal: UniversalValues;
  readonly time: WrittenTime | undefined;
}

type Name = 'time' | 'level' | 'status' | 'method' | 'path' | 'user' | 'message' | 'duration';

/** The usual keys, the first ones count more. A point stands for a key within an object, or in a key. */
const KEYS: Readonly<Record<Exclude<Name, 'duration'>, string>> = {
  time: 'timestamp time ts @timestamp @t t datetime date asctime eventTime timeUnixNano observedTimeUnixNano time_local time_iso8601 logged_at',
  level:
    'level severity lvl levelname log_level loglevel log.level severityText severity_text @l Level LogLevel',
  status:
    'status response_status_code statusCode status_code res.statusCode response.status http.response.status_code http.status_code responseStatus.code',
  method: 'method verb req.method request.method request_method http.request.method http.method httpMethod',
  path: 'path request_uri req.url request.url url.path url.original http.target url uri request_path requestURI request.uri',
  user: 'user user_id username remote_user userId user_name req.user request.user',
  message: 'message msg @m @mt event text body log description error',
};
/** How many ms a bare number counts. nginx's `request_time` is in seconds, `event.duration` of Elastic in ns. */
const DURATIONS: readonly (readonly [keys: string, unit: number])[] = [
  ['duration_ms responseTime durationMs elapsed_ms latency_ms response_time_ms', 1],
  ['duration elapsed took latency response_time', 1],
  ['request_time duration_s duration_seconds', 1000],
  ['duration_us', 1e-3],
  ['duration_ns event.duration', 1e-6],
];

const READERS: Readonly<Record<Exclude<Name, 'duration'>, (value: unknown) => unknown>> = {
  time: timeOfValue,
  level: levelOf,
  status: statusOf,
  method: textOf,
  path: pathOf,
  user: userOf,
  message: textOf,
};

interface Use {
  readonly name: Name;
  /** The lower one counts. */
  readonly rank: number;
  readonly read: (value: unknown) => unknown;
}

/** A key, what its value may be, and the keys of interest in its value. */
interface Key {
  readonly uses: Use[];
  readonly inner: Map<string, Key>;
}

const usual = new Map<string, Key>();
for (const name of Object.keys(READERS) as (keyof typeof READERS)[])
  KEYS[name].split(' ').forEach((key, rank) => {
    add(key, { name, rank, read: READERS[name] });
  });
DURATIONS.forEach(([keys, unit], group) => {
  keys.split(' ').forEach((key, place) => {
    add(key, { name: 'duration', rank: group * 10 + place, read: (value) => durationOf(value, unit) });
  });
});

function add(key: string, use: Use): void {
  keyIn(usual, key).uses.push(use);
  const path = key.split('.');
  if (path.length === 1) return;
  let keys = usual;
  for (const part of path.slice(0, -1)) keys = keyIn(keys, part).inner;
  keyIn(keys, path.at(-1) ?? '').uses.push(use);
}

function keyIn(keys: Map<string, Key>, key: string): Key {
  const known = keys.get(key) ?? { uses: [], inner: new Map<string, Key>() };
  keys.set(key, known);
  return known;
}

/** The fields that all formats share, and the time, by their usual names. */
export function usualFields(fields: Fields): UsualFields {
  const universal: Partial<Record<Name, unknown>> = {};
  const times: Partial<Record<Name, unknown>> = {};
  collect(fields, usual, { universal, times, ranks: {} });
  return { universal: universal as UniversalValues, time: times.time as WrittenTime | undefined };
}

interface Found {
  readonly universal: Partial<Record<Name, unknown>>;
  /** The time is kept apart, because it has to be completed. */
  readonly times: Partial<Record<Name, unknown>>;
  readonly ranks: Partial<Record<Name, number>>;
}

function collect(fields: Fields, keys: ReadonlyMap<string, Key>, found: Found): void {
  for (const key of Object.keys(fields)) {
    const known = keys.get(key);
    if (known === undefined) continue;
    const value = fields[key];
    if (value === null) continue;
    for (const { name, rank, read } of known.uses) {
      if (rank >= (found.ranks[name] ?? Infinity)) continue;
      const result = read(value);
      if (result === undefined) continue;
      (name === 'time' ? found.times : found.universal)[name] = result;
      found.ranks[name] = rank;
    }
    if (known.inner.size > 0 && typeof value === 'object') collect(value as Fields, known.inner, found);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A name, or the parts of an object by which a user is known. */
function userOf(value: unknown): string | number | readonly (string | number)[] | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { email, id, name, username } = value as Fields;
  const names = [email, id, name, username].filter(
    (part) => typeof part === 'string' || typeof part === 'number',
  );
  return names.length === 0 ? undefined : different(names);
}
