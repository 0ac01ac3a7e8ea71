import type { Entry } from '../files/entry.ts';
import type { Policy } from '../policy/policy.ts';
import { compileFilter } from './filter.ts';
import { bytesOf, type LineBuffer } from '../masking/lineBuffer.ts';
import type { Masker } from '../masking/masker.ts';
import { RepeatedText } from './repeatedText.ts';
import { withoutQuery } from './requestPath.ts';
import { bytesOfNow, timestampOf } from './timestamp.ts';

/** Turns entries into lines under one snapshot of the policy. */
export interface Intake {
  readonly recording: Policy['recording'];
  /** Appends the line of an entry to `out`, or returns why there is none. Never throws. `now` is in ms since 1970. */
  append(entry: Entry, now: number, out: LineBuffer): Taken;
  /** Appends the line of one of our own entries, which are not filtered. */
  appendNote(entry: Entry, now: number, out: LineBuffer): void;
}

export type Taken = typeof TAKEN | typeof FILTERED | typeof INVALID;

/** The line was appended; the caller must still call `finish` of its buffer. */
export const TAKEN = 0;
/** The policy filters the entry out. */
export const FILTERED = 1;
/** The entry has no method, path or status, or cannot be read. */
export const INVALID = 2;

export interface IntakeOptions {
  readonly recording: Policy['recording'];
  readonly workspaceId: string;
  readonly masker: Masker;
}

/** Longer texts, except bodies, are cut off; in characters. */
const FIELD_LIMIT = 8192;
const HIGHEST_STATUS = 999;
const plausibleId = /^[A-Za-z0-9_-]{1,64}$/;

const known: ReadonlySet<string> = new Set([
  ...['timestamp', 'workspace_id', 'user', 'method', 'path', 'status', 'duration_ms', 'ip', 'request_id'],
  ...['user_agent', 'category', 'request_object', 'response_object', 'truncated'],
]);

/** Whether a value has the fields that every line needs. */
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

/** Makes the filter, the masking and the format of lines for one policy. */
export function createIntake({ recording, workspaceId, masker }: IntakeOptions): Intake {
  const { level, maxBodyBytes } = recording;
  const keeps = compileFilter(recording);
  const keepsRequest = level === 'REQUEST' || level === 'REQUEST_RESPONSE';
  const keepsResponse = level === 'REQUEST_RESPONSE';
  const agents = new RepeatedText();
  const ownId = bytesOf(`"${workspaceId}"`);

  function append(entry: Entry, now: number, out: LineBuffer): Taken {
    if (!isEntry(entry)) return INVALID;
    if (level === 'NONE' || !keeps(entry)) return FILTERED;
    appendLine(entry, now, out);
    return TAKEN;
  }

  function appendField(text: string, out: LineBuffer): void {
    if (text.length <= FIELD_LIMIT) masker.appendLiteral(text, out);
    // Mask the whole text first and cut it after that, because half a secret would not be found.
    else out.text(masker.literal(masker.text(text).slice(0, FIELD_LIMIT)));
  }

  function appendAgent(agent: string, out: LineBuffer): void {
    const known = agents.find(agent);
    if (known !== undefined) {
      out.raw(known);
      return;
    }
    const { end } = out;
    appendField(agent, out);
    agents.see(agent, () => out.bytes.slice(end, out.end));
  }

  function appendLine(entry: Entry, now: number, out: LineBuffer): void {
    const { workspace_id: id, user, method, status } = entry;
    const { ip, request_id: requestId, user_agent: agent, category } = entry;
    // A getter may return another value than a moment ago.
    if (!Number.isInteger(status)) throw new TypeError('status');
    const path = keepsRequest ? entry.path : withoutQuery(entry.path);
    let truncated = entry.truncated === true || path.length > FIELD_LIMIT;
    masker.beginEntry();
    out.raw(pieces.timestamp);
    const time = timestampOf(entry.timestamp);
    if (time === undefined) out.raw(bytesOfNow(now));
    else out.ascii(time);
    out.raw(pieces.workspace_id);
    if (typeof id === 'string' && plausibleId.test(id)) masker.appendLiteral(id, out);
    else out.raw(ownId);
    // The time and the workspace stay, whatever a password is.
    const afterId = out.end;
    if (typeof user === 'string' && user !== '') {
      out.raw(pieces.user);
      appendField(user, out);
    } else out.raw(pieces.anonymous);
    const methodPiece = methodPieces.get(method);
    if (methodPiece === undefined) {
      out.raw(pieces.method);
      appendField(method, out);
      out.raw(pieces.path);
    } else out.raw(methodPiece);
    appendField(path, out);
    out.raw((statusPieces[status] ??= bytesOf(`,"status":${String(status)},"duration_ms":`)));
    const duration = durationOf(entry.duration_ms);
    if (duration === undefined) out.raw(pieces.null);
    else out.number(duration);
    if (typeof ip === 'string') {
      out.raw(pieces.ip);
      appendField(ip, out);
    }
    if (typeof requestId === 'string') {
      out.raw(pieces.request_id);
      appendField(requestId, out);
    }
    if (typeof agent === 'string') {
      out.raw(pieces.user_agent);
      appendAgent(agent, out);
      truncated ||= agent.length > FIELD_LIMIT;
    }
    if (typeof category === 'string') {
      out.raw(pieces.category);
      appendField(category, out);
    }
    if (keepsRequest && appendBody('request_object', entry.request_object, out)) truncated = true;
    if (keepsResponse && appendBody('response_object', entry.response_object, out)) truncated = true;
    if (truncated) out.raw(pieces.truncated);
    appendOthers(entry, masker, out);
    const maskRepeats = masker.endEntry();
    if (maskRepeats !== undefined) {
      const masked = maskRepeats(decoder.decode(out.bytes.subarray(afterId, out.end)));
      out.end = afterId;
      out.text(masked);
    }
    out.raw(pieces.end);
  }

  /** @returns whether something was cut off */
  function appendBody(key: string, body: unknown, out: LineBuffer): boolean {
    const text = bodyText(body, maxBodyBytes, masker);
    if (text === undefined) return false;
    out.ascii(`,"${key}":`);
    out.text(text.json);
    return text.truncated;
  }

  return {
    recording,
    append(entry, now, out) {
      try {
        return append(entry, now, out);
      } catch {
        // A getter of the entry threw.
        masker.endEntry();
        out.undo();
        return INVALID;
      }
    },
    appendNote: appendLine,
  };
}

const decoder = new TextDecoder();

/** The text between the values. */
const pieces = {
  timestamp: bytesOf('{"timestamp":"'),
  workspace_id: bytesOf('","workspace_id":'),
  user: bytesOf(',"user":'),
  anonymous: bytesOf(',"user":"anonymous"'),
  method: bytesOf(',"method":'),
  path: bytesOf(',"path":'),
  null: bytesOf('null'),
  ip: bytesOf(',"ip":'),
  request_id: bytesOf(',"request_id":'),
  user_agent: bytesOf(',"user_agent":'),
  category: bytesOf(',"category":'),
  truncated: bytesOf(',"truncated":true'),
  end: bytesOf('}\n'),
} as const;

/** The same, with the values of nearly all requests. */
const methodPieces = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [
    method,
    bytesOf(`,"method":"${method}","path":`),
  ]),
);
const statusPieces: (Uint8Array | undefined)[] = [];

/** Whole ms. Undefined if the duration is not known: 0 would say that there was none. */
function durationOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER
    ? Math.round(value)
    : undefined;
}

/** Appends the fields that this program does not know. */
function appendOthers(entry: Entry, masker: Masker, out: LineBuffer): void {
  for (const key in entry) {
    if (known.has(key) || !Object.hasOwn(entry, key) || entry[key] === undefined) continue;
    const pair = masker.json({ [key]: entry[key] }).slice(1, -1);
    if (pair !== '') out.text(`,${pair}`);
  }
}

/** A body in a line: JSON text, and whether something was cut off. */
interface BodyText {
  readonly json: string;
  readonly truncated: boolean;
}

/**
 * Masks a body and cuts it off at `limit` bytes. It is masked first, because half a secret at the end would not be
 * found. A JSON value that is too long becomes a string with the beginning of its text.
 * @returns undefined if there is no body
 */
export function bodyText(body: unknown, limit: number, masker: Masker): BodyText | undefined {
  if (body === undefined || body === null) return undefined;
  const isText = typeof body === 'string';
  const text = isText ? masker.text(body) : masker.json(body);
  const end = endOfBytes(text, limit);
  if (end < text.length) return { json: masker.literal(text.slice(0, end)), truncated: true };
  return { json: isText ? masker.literal(text) : text, truncated: false };
}

/** How many UTF-16 units of a text fit into `limit` bytes of UTF-8 without splitting a character. */
function endOfBytes(text: string, limit: number): number {
  // A unit takes at most three bytes.
  if (text.length * 3 <= limit) return text.length;
  let bytes = 0;
  let index = 0;
  while (index < text.length) {
    const point = text.codePointAt(index) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > limit) return index;
    index += point < 0x10000 ? 1 : 2;
  }
  return index;
}
