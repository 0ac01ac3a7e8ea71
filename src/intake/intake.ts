import type { Entry } from '../model/entry.ts';
import type { Policy } from '../model/policy.ts';
import { bodyText } from './body.ts';
import { fieldLiteral, FIELD_LIMIT, rememberingLiteral } from './fieldLiteral.ts';
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

const HIGHEST_STATUS = 999;
const plausibleId = /^[A-Za-z0-9_-]{1,64}$/;

const known: ReadonlySet<string> = new Set([
  ...['timestamp', 'workspace_id', 'user', 'method', 'path', 'status', 'duration_ms', 'ip', 'request_id'],
  ...['user_agent', 'category', 'request_object', 'response_object', 'truncated'],
]);

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

  /** Few different texts, again and again: each is masked once. */
  const remembered = rememberingLiteral(masker);

  function lineOf(entry: Entry, now: number): string {
    const {
      workspace_id: id,
      user,
      method,
      status,
      ip,
      request_id: requestId,
      user_agent: agent,
      category,
    } = entry;
    // A getter may answer differently than it did a moment ago.
    if (!Number.isInteger(status)) throw new TypeError('status');
    const path = keepsRequest ? entry.path : withoutQuery(entry.path);
    let truncated = entry.truncated === true || path.length > FIELD_LIMIT;
    let line = `{"timestamp":"${timestampOf(entry.timestamp, now)}"`;
    line += typeof id === 'string' && plausibleId.test(id) ? `,"workspace_id":"${id}"` : ownId;
    line += typeof user === 'string' && user !== '' ? `,"user":${remembered(user)}` : ',"user":"anonymous"';
    line += `,"method":${remembered(method)},"path":${fieldLiteral(path, masker)}`;
    line += `,"status":${String(status)},"duration_ms":${String(durationOf(entry.duration_ms))}`;
    if (typeof ip === 'string') line += `,"ip":${remembered(ip)}`;
    if (typeof requestId === 'string') line += `,"request_id":${fieldLiteral(requestId, masker)}`;
    if (typeof agent === 'string') {
      line += `,"user_agent":${remembered(agent)}`;
      truncated ||= agent.length > FIELD_LIMIT;
    }
    if (typeof category === 'string') line += `,"category":${remembered(category)}`;
    if (keepsRequest) {
      const body = bodyText(entry.request_object, maxBodyBytes, masker);
      if (body !== undefined) line += `,"request_object":${body.json}`;
      truncated ||= body?.truncated === true;
    }
    if (keepsResponse) {
      const body = bodyText(entry.response_object, maxBodyBytes, masker);
      if (body !== undefined) line += `,"response_object":${body.json}`;
      truncated ||= body?.truncated === true;
    }
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

function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  const rest = query === -1 ? path : path.slice(0, query);
  const fragment = rest.indexOf('#');
  return fragment === -1 ? rest : rest.slice(0, fragment);
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
