import type { UniversalValues } from '../language/predicate.ts';
import type { Format, Line, WrittenTime } from './readLine.ts';
import { timeOfValue } from './times.ts';
import { different, durationOf, levelOf, pathOf, statusOf } from './universal.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A line that is a JSON object. Of a key that stands twice, the last one counts. Undefined for any other line. */
export function readJson(text: string): Line | undefined {
  const fields = parseObject(text);
  return fields && lineOf(fields);
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(fields: Fields): Line {
  const format = formatOf(fields);
  // In lines of other programs, `created_at` may be the age of what they speak of.
  const time = format === 'audit' ? timeOfValue(fields.created_at) : timeOf(fields);
  return { format, fields, universal: universalOf(fields), time };
}

/** Which program writes such objects. */
function formatOf(fields: Fields): Format {
  const { level, time, message, timestamp } = fields;
  if (typeof fields.log === 'string' && typeof fields.stream === 'string' && typeof time === 'string')
    return 'docker';
  if (typeof fields.method === 'string' && typeof fields.path === 'string' && 'status' in fields)
    if ('workspace_id' in fields || ('duration_ms' in fields && 'user' in fields)) return 'api';
  if ('audit_level' in fields && 'verb' in fields && 'request_uri' in fields) return 'openwebui';
  if (typeof fields.entity_type === 'string' && typeof fields.action === 'string' && 'created_at' in fields)
    return 'audit';
  if (fields.v === 0 && 'hostname' in fields && 'pid' in fields && typeof level === 'number') return 'bunyan';
  if (level !== undefined && time !== undefined && (typeof level === 'number' || typeof time === 'number'))
    return 'pino';
  if ('chat_id' in fields && 'message_id' in fields && 'session_id' in fields && 'ts' in fields)
    return 'session';
  if (typeof level === 'string' && typeof message === 'string')
    if (timestamp === undefined || typeof timestamp === 'string') return 'winston';
  return 'json';
}

/** Keys, the most usual ones first. A point stands for a key within an object, or in a key. */
const TIMES = [
  ...['timestamp', 'time', 'ts', '@timestamp', '@t', 't', 'datetime', 'date', 'asctime', 'eventTime'],
  ...['timeUnixNano', 'observedTimeUnixNano', 'time_local', 'time_iso8601', 'logged_at'],
];
const LEVELS = [
  ...['level', 'severity', 'lvl', 'levelname', 'log_level', 'loglevel', 'log.level', 'severityText'],
  ...['severity_text', '@l', 'Level', 'LogLevel'],
];
const STATUSES = [
  ...['status', 'response_status_code', 'statusCode', 'status_code', 'res.statusCode', 'response.status'],
  ...['http.response.status_code', 'http.status_code', 'responseStatus.code'],
];
const METHODS = [
  ...[
    'method',
    'verb',
    'req.method',
    'request.method',
    'request_method',
    'http.request.method',
    'http.method',
  ],
  'httpMethod',
];
const PATHS = [
  ...[
    'path',
    'request_uri',
    'req.url',
    'request.url',
    'url.path',
    'url.original',
    'http.target',
    'url',
    'uri',
  ],
  ...['request_path', 'requestURI', 'request.uri'],
];
const USERS = [
  'user',
  'user_id',
  'username',
  'remote_user',
  'userId',
  'user_name',
  'req.user',
  'request.user',
];
const MESSAGES = ['message', 'msg', '@m', '@mt', 'event', 'text', 'body', 'log', 'description', 'error'];
/** How many ms a bare number counts. */
const DURATIONS: readonly (readonly [string, number])[] = [
  ['duration_ms', 1],
  ['responseTime', 1],
  ['durationMs', 1],
  ['elapsed_ms', 1],
  ['latency_ms', 1],
  ['response_time_ms', 1],
  ['duration', 1],
  ['elapsed', 1],
  ['took', 1],
  ['latency', 1],
  ['response_time', 1],
  // nginx
  ['request_time', 1000],
  ['duration_s', 1000],
  ['duration_seconds', 1000],
  ['duration_us', 1e-3],
  ['duration_ns', 1e-6],
  // Elastic Common Schema
  ['event.duration', 1e-6],
];

/** The fields that all formats share, by their usual names. */
export function universalOf(fields: Fields): UniversalValues {
  return {
    level: first(fields, LEVELS, levelOf),
    status: first(fields, STATUSES, statusOf),
    method: first(fields, METHODS, textOf),
    path: first(fields, PATHS, pathOf),
    user: first(fields, USERS, userOf),
    message: first(fields, MESSAGES, textOf),
    duration: durationIn(fields),
  };
}

/** The time of an object under one of the usual names. */
export function timeOf(fields: Fields): WrittenTime | undefined {
  return first(fields, TIMES, timeOfValue);
}

function durationIn(fields: Fields): number | undefined {
  for (const [key, unit] of DURATIONS) {
    const duration = durationOf(valueAt(fields, key), unit);
    if (duration !== undefined) return duration;
  }
  return undefined;
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

function first<T>(
  fields: Fields,
  keys: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const key of keys) {
    const value = valueAt(fields, key);
    if (value === undefined || value === null) continue;
    const found = read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function valueAt(fields: Fields, key: string): unknown {
  if (Object.hasOwn(fields, key)) return fields[key];
  const point = key.indexOf('.');
  if (point === -1) return undefined;
  const outer = key.slice(0, point);
  const inner = Object.hasOwn(fields, outer) ? fields[outer] : undefined;
  return typeof inner === 'object' && inner !== null
    ? valueAt(inner as Fields, key.slice(point + 1))
    : undefined;
}
