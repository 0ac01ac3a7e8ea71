import { turns } from '../../base/turns.ts';
import { columnsOf } from '../columns.ts';
import { textFilter } from '../query.ts';
import type { AuditFilter, AuditStore, Position, StoredEntry, StoredRow } from '../store.ts';
import { markOf } from './marks.ts';
import type { RowsPart, StoredRecord, TrailRow } from './pageData.ts';

export interface RowsInput {
  readonly filter: AuditFilter;
  /** Where the part before ended. */
  readonly after?: Position | undefined;
}

/** Rows of a part. */
const ROWS = 100;
/** A search reads so many records at once, and in one part. */
const CHUNK = 500;
const MOST_SEARCHED = 10_000;

/** Reads a part of the rows that fit a filter, newest first. @throws Failure those of the store */
export async function readRows(store: AuditStore, { filter, after }: RowsInput): Promise<RowsPart> {
  const holds = textFilter(filter.text);
  const chunk = (filter.text ?? '') === '' ? ROWS : CHUNK;
  const rest = turns();
  const rows: TrailRow[] = [];
  let position = after;
  for (let searched = 0; searched < MOST_SEARCHED; searched += chunk) {
    const found = await store.page(filter, position, chunk);
    for (const { seq, created_at, entry } of found) {
      position = { created_at, seq };
      if (!holds(entry)) continue;
      rows.push(rowOf({ seq, created_at, entry }));
      if (rows.length === ROWS) return { rows, next: position };
    }
    if (found.length < chunk) return { rows, next: null };
    await rest();
  }
  return { rows, next: position ?? null };
}

/** A row shows what the entry says, not its columns. An entry that cannot be read was altered. */
export function rowOf({ seq, created_at, entry }: StoredEntry & Position): TrailRow {
  const parsed = parse(entry);
  const columns = columnsOf(parsed);
  if (columns === undefined)
    return { seq, time: created_at, user: '', action: '', kind: '', what: '', details: cut(entry) };
  const { user_id, action, entity_type, entity_id, response_status_code } = columns;
  const record = parsed as Readonly<Record<string, unknown>>;
  return {
    seq,
    time: columns.created_at,
    user: cut(user_id, MOST_OF_AN_ID),
    action: cut(action, MOST_OF_AN_ID),
    kind: cut(entity_type, MOST_OF_AN_ID),
    what: cut(entity_id, MOST_OF_AN_ID),
    details: cut(detailsOf(record)),
    mark: markOf(action, record.audit_metadata ?? record.metadata, response_status_code),
  };
}

/** @param time its column @param sealed how many records the newest checkpoint covers */
export function storedRecord({ seq, entry, leaf }: StoredRow, time: number, sealed: number): StoredRecord {
  const text = entry ?? '';
  const {
    user_id: user = '',
    action = '',
    entity_type: kind = '',
    entity_id: what = '',
  } = {
    ...columnsOf(parse(text)),
  };
  return {
    user,
    action,
    kind,
    what,
    seq,
    entry: text,
    time,
    leaf,
    sealed,
  };
}

/** The description, else the changes, else the request. */
function detailsOf({
  description,
  changes,
  verb,
  request_uri,
  response_status_code,
  audit_metadata,
}: Readonly<Record<string, unknown>>): string {
  if (typeof description === 'string' && description !== '') return description;
  if (typeof changes === 'object' && changes !== null)
    return Object.entries(changes as Readonly<Record<string, unknown>>)
      .slice(0, MOST_CHANGES)
      .map(([field, change]) => `${field}: ${shortChange(change)}`)
      .join(', ');
  if (typeof verb !== 'string') return filesOf(audit_metadata);
  const status = typeof response_status_code === 'number' ? ` → ${String(response_status_code)}` : '';
  return `${verb} ${typeof request_uri === 'string' ? request_uri : ''}${status}`;
}

/** The names of the files of a run of maintenance, which are in one record. */
function filesOf(metadata: unknown): string {
  const { files } = (metadata ?? {}) as { readonly files?: unknown };
  if (!Array.isArray(files) || files.length < 2) return '';
  return files
    .slice(0, MOST_CHANGES)
    .map((file: unknown) => (file as { readonly name?: unknown } | null)?.name)
    .filter((name) => typeof name === 'string')
    .join(', ');
}

const MOST_CHANGES = 10;

function shortChange(change: unknown): string {
  const { old, new: changed } = (change ?? {}) as { readonly old?: unknown; readonly new?: unknown };
  return `${short(old)} → ${short(changed)}`;
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE)}…` : text;
}

const MOST_VALUE = 40;
const MOST_CHARACTERS = 200;
/** The page filters by it, so it is cut only where it fits nowhere. */
const MOST_OF_AN_ID = 1000;

function cut(text: string, most = MOST_CHARACTERS): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function parse(entry: string): unknown {
  try {
    return JSON.parse(entry);
  } catch {
    return undefined;
  }
}
