import type { Entry } from '../model/entry.ts';
import type { Policy } from '../model/policy.ts';
import { bodyText } from './body.ts';
import { compileFilter } from './filter.ts';
import type { Masker } from './masker.ts';
import { timestampOf } from './timestamp.ts';

/** What an entry becomes under one snapshot of the policy. */
export interface Intake {
  readonly recording: Policy['recording'];
  /** The line of an entry, its line end included; or why there is none. Never throws. `now` is in ms since 1970. */
  take(entry: Entry, now: number): Taken;
  /** The line of an entry of our own, which no filter concerns. */
  note(entry: Entry, now: number): string;
}

export type Taken = string | typeof FILTERED | typeof INVALID;

/** The policy does not want the entry. */
export const FILTERED = 0;
/** The entry has no method, path or status, or cannot be read. */
export const INVALID = 1;

export interface IntakeOptions {
  readonly recording: Policy['recording'];
  readonly workspaceId: string;
  readonly masker: Masker;
}

/** Longer texts, bodies apart, are cut. */
const FIELD_LIMIT = 8192;
const METHOD_LIMIT = 64;
const HIGHEST_STATUS = 999;
const plausibleId = /^[A-Za-z0-9_-]{1,64}$/;

const known: ReadonlySet<string> = new Set([
  ...['timestamp', 'workspace_id', 'user', 'method', 'path', 'status', 'duration_ms', 'ip', 'request_id'],
  ...['user_agent', 'category', 'request_object', 'response_object', 'truncated'],
]);
const optionalTexts = ['ip', 'request_id', 'user_agent', 'category'] as const;

/** Whether an entry has what every line must have. */
export function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { method, path, status } = value as Record<string, unknown>;
  return (
    typeof method === 'string' &&
    method !== '' &&
    typeof path === 'string' &&
    path !== '' &&
    typeof status === 'number' &&
    Number.isInteger(status) &&
    status >= 0 &&
    status <= HIGHEST_STATUS
  );
}

/** Filter, masking and form of the lines, as one policy wants them. */
export function createIntake({ recording, workspaceId, masker }: IntakeOptions): Intake {
  const { level, maxBodyBytes } = recording;
  const keeps = compileFilter(recording);
  const keepsRequest = level === 'REQUEST' || level === 'REQUEST_RESPONSE';
  const keepsResponse = level === 'REQUEST_RESPONSE';
  const ownId = `,"workspace_id":"${workspaceId}"`;

  function take(entry: Entry, now: number): Taken {
    if (!isEntry(entry)) return INVALID;
    if (level === 'NONE' || !keeps(entry)) return FILTERED;
    return lineOf(entry, now);
  }

  function lineOf(entry: Entry, now: number): string {
    const { workspace_id: id, user, status } = entry;
    // A getter may answer differently than it did a moment ago.
    if (!Number.isInteger(status)) throw new TypeError('status');
    let truncated = entry.truncated === true;
    const literal = (text: string, limit = FIELD_LIMIT): string => {
      if (text.length <= limit) return masker.literal(text);
      const whole = masker.text(text);
      truncated ||= whole.length > limit;
      return masker.literal(whole.slice(0, limit));
    };
    const path = keepsRequest ? entry.path : withoutQuery(entry.path);
    let line = `{"timestamp":"${timestampOf(entry.timestamp, now)}"`;
    line += typeof id === 'string' && plausibleId.test(id) ? `,"workspace_id":"${id}"` : ownId;
    line += typeof user === 'string' && user !== '' ? `,"user":${literal(user)}` : ',"user":"anonymous"';
    line += `,"method":${methods.get(entry.method) ?? literal(entry.method, METHOD_LIMIT)}`;
    line += `,"path":${literal(path)},"status":${String(status)}`;
    line += `,"duration_ms":${String(durationOf(entry.duration_ms))}`;
    for (const key of optionalTexts) {
      const text = entry[key];
      if (typeof text === 'string') line += `,"${key}":${literal(text)}`;
    }
    const addBody = (key: 'request_object' | 'response_object'): void => {
      const body = entry[key];
      if (body === undefined || body === null) return;
      const { json, truncated: isCut } = bodyText(body, maxBodyBytes, masker);
      truncated ||= isCut;
      line += `,"${key}":${json}`;
    };
    if (keepsRequest) addBody('request_object');
    if (keepsResponse) addBody('response_object');
    if (truncated) line += ',"truncated":true';
    return `${line}${others(entry, masker)}}\n`;
  }

  return {
    recording,
    note: lineOf,
    take(entry, now) {
      try {
        return take(entry, now);
      } catch {
        // A getter of the entry threw.
        return INVALID;
      }
    },
  };
}

const methods = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'].map((method) => [
    method,
    `"${method}"`,
  ]),
);

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}

/** Whole ms; an entry without a duration took none. */
function durationOf(value: unknown): number {
  return typeof value === 'number' && value > 0 && value < Number.MAX_SAFE_INTEGER ? Math.round(value) : 0;
}

/** Fields that this program does not know are kept. */
function others(entry: Entry, masker: Masker): string {
  let text = '';
  for (const key in entry) {
    if (known.has(key) || !Object.hasOwn(entry, key) || entry[key] === undefined) continue;
    const pair = masker.json({ [key]: entry[key] }).slice(1, -1);
    if (pair !== '') text += `,${pair}`;
  }
  return text;
}
