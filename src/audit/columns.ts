/** A record's fields as plain columns of a store. What a query shows is the entry, never a column. */

type Text = string | null;

/** The columns in the order of the table, without `seq`, `entry` and `leaf`. */
export const COLUMNS = [
  'id',
  'user_id',
  'action',
  'entity_type',
  'entity_id',
  'description',
  'changes',
  'audit_metadata',
  'created_at',
  'source_ip',
  'user_agent',
  'request_uri',
  'verb',
  'request_object',
  'response_object',
  'response_status_code',
] as const;

/** `created_at` in seconds since 1970; objects are JSON texts. */
export interface Columns extends Readonly<
  Record<Exclude<(typeof COLUMNS)[number], RequiredColumn | 'created_at' | 'response_status_code'>, Text>
> {
  readonly id: string;
  readonly user_id: string;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly created_at: number;
  readonly response_status_code: number | null;
}

type RequiredColumn = 'id' | 'user_id' | 'action' | 'entity_type' | 'entity_id';

/** 2000-01-01 and the end of the year 9999, in seconds since 1970: a number beyond is milliseconds, or no time. */
const FIRST_SECOND = 946_684_800;
const LAST_SECOND = 253_402_300_799;

export function isCreationTime(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= FIRST_SECOND && (value as number) <= LAST_SECOND;
}

/**
 * The columns of a parsed entry; undefined if a required field is missing or has another type. A record of Open WebUI's
 * `audit.log` counts as a request: its user, the path of its URI and its `timestamp` take the places of ours. In older
 * administrative records, `metadata` is `audit_metadata`.
 */
export function columnsOf(parsed: unknown): Columns | undefined {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const record = parsed as Readonly<Record<string, unknown>>;
  const main = isRequestLine(record) ? requestColumns(record) : record;
  const { id } = record;
  const { user_id, action, entity_type, entity_id, created_at } = main;
  if (!isFilled(id) || !isFilled(user_id) || !isFilled(action) || !isFilled(entity_type)) return undefined;
  if (typeof entity_id !== 'string' || !isCreationTime(created_at)) return undefined;
  const status = record.response_status_code;
  return {
    id: plain(id),
    user_id: plain(user_id),
    action: plain(action),
    entity_type: plain(entity_type),
    entity_id: plain(entity_id),
    description: text(record.description),
    changes: text(record.changes),
    audit_metadata: text(record.audit_metadata ?? record.metadata),
    created_at,
    source_ip: text(record.source_ip),
    user_agent: text(record.user_agent),
    request_uri: text(record.request_uri),
    verb: text(record.verb),
    request_object: text(record.request_object),
    response_object: text(record.response_object),
    response_status_code: Number.isSafeInteger(status) ? (status as number) : null,
  };
}

/** The values as a JSON array in the order of `COLUMNS`, as `StoredRow` has them. Written out, since that is faster. */
export function columnsText(of: Columns): string {
  return JSON.stringify([
    of.id,
    of.user_id,
    of.action,
    of.entity_type,
    of.entity_id,
    of.description,
    of.changes,
    of.audit_metadata,
    of.created_at,
    of.source_ip,
    of.user_agent,
    of.request_uri,
    of.verb,
    of.request_object,
    of.response_object,
    of.response_status_code,
  ]);
}

/** Whether a record is a line of Open WebUI's `audit.log`, which has no action. */
export function isRequestLine(record: Readonly<Record<string, unknown>>): boolean {
  return record.action === undefined && typeof record.verb === 'string' && 'timestamp' in record;
}

function requestColumns({
  user,
  request_uri,
  timestamp,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const id = (user as { id?: unknown } | null | undefined)?.id;
  return {
    user_id: isFilled(id) ? id : 'anonymous',
    action: 'request',
    entity_type: 'route',
    entity_id: typeof request_uri === 'string' ? pathOf(request_uri) : '',
    created_at: timestamp,
  };
}

/** The path of a URI, without origin, query and fragment. */
export function pathOf(uri: string): string {
  const path = uri.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return /^[^?#]*/.exec(path)?.[0] ?? '';
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function text(value: unknown): Text {
  if (value === undefined || value === null) return null;
  return plain(typeof value === 'string' ? value : JSON.stringify(value));
}

const odd = /[\0\ud800-\udfff]/;

/** SQLite ends a text at its first NUL, and no store takes a lone surrogate. */
function plain(value: string): string {
  if (!odd.test(value)) return value;
  const nul = value.indexOf('\0');
  return (nul === -1 ? value : value.slice(0, nul)).replace(/\p{Surrogate}/gu, '');
}
