import { hash } from 'node:crypto';
import { Failure } from '../base/failure.ts';
import { turns } from '../base/turns.ts';
import type { Columns } from './columns.ts';
import type { AuditRecord } from './record.ts';
import type { AuditFilter, AuditStore, PagedEntry, Position } from './store.ts';

export interface AuditQuery {
  readonly filter: AuditFilter;
  /** 1 to 1,000 */
  readonly limit: number;
  readonly offset?: number | undefined;
  /** Where the page before ended, as its answer says. */
  readonly cursor?: string | undefined;
}

export interface AuditPage {
  /** 10,000 at most. */
  readonly total: number;
  /** False: there are more than `total`. */
  readonly totalIsExact: boolean;
  /** The entries, newest first. */
  readonly records: readonly AuditRecord[];
  /** Gives the next page; null on the last one. */
  readonly cursor: string | null;
}

export const MOST_RECORDS = 1000;
/** Counting further would take longer than the page. */
const MOST_COUNTED = 10_000;
const CHUNK = 500;

/** @throws Failure `cursor-invalid`, `cancelled`, those of the store */
export async function query(
  store: AuditStore,
  { filter, limit, offset = 0, cursor }: AuditQuery,
  signal?: AbortSignal,
): Promise<AuditPage> {
  const after = cursor === undefined ? undefined : positionOf(cursor, filter);
  const hits: PagedEntry[] = [];
  let skipped = 0;
  for await (const hit of matching(store, filter, after, signal)) {
    skipped += 1;
    if (skipped > offset) hits.push(hit);
    if (hits.length > limit) break;
  }
  const last = hits.length > limit ? hits[limit - 1] : undefined;
  const total =
    filter.text === undefined
      ? await store.count(filter, MOST_COUNTED + 1)
      : await countMatching(store, filter, signal);
  return {
    total: Math.min(total, MOST_COUNTED),
    totalIsExact: total <= MOST_COUNTED,
    records: hits.slice(0, limit).map(({ entry }) => JSON.parse(entry) as AuditRecord),
    cursor: last === undefined ? null : cursorOf(last, filter),
  };
}

/** Matching entries, newest first, read in chunks as they are asked for. */
async function* matching(
  store: AuditStore,
  filter: AuditFilter,
  start: Position | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<PagedEntry> {
  const holds = textFilter(filter.text);
  const rest = turns();
  for (let after = start; ;) {
    if (signal?.aborted === true) throw new Failure('cancelled', {});
    const page = await store.page(filter, after, CHUNK);
    for (const row of page) if (holds(row.entry)) yield row;
    after = page.at(-1);
    if (page.length < CHUNK) return;
    await rest();
  }
}

async function countMatching(
  store: AuditStore,
  filter: AuditFilter,
  signal: AbortSignal | undefined,
): Promise<number> {
  const hits = matching(store, filter, undefined, signal);
  let count = 0;
  while (count <= MOST_COUNTED && (await hits.next()).done !== true) count += 1;
  return count;
}

/** Whether an entry's JSON holds a text: as it is, escaped as JSON needs it, or escaped to ASCII as Python does. */
export function textFilter(text: string | undefined): (entry: string) => boolean {
  if (text === undefined || text === '') return () => true;
  const escaped = JSON.stringify(text).slice(1, -1);
  const ascii = escaped.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const forms = [...new Set([text, escaped, ascii])];
  return (entry) => forms.some((form) => entry.includes(form));
}

/** Whether a record's columns fit a filter, without its text. */
export function fitsFilter(columns: Columns, filter: AuditFilter): boolean {
  const { user, action, entityType, entityId, from = 0, to = Number.POSITIVE_INFINITY, actions } = filter;
  const isAt = (wanted: string | undefined, value: string): boolean =>
    wanted === undefined || wanted === value;
  return (
    isAt(user, columns.user_id) &&
    isAt(action, columns.action) &&
    isAt(entityType, columns.entity_type) &&
    isAt(entityId, columns.entity_id) &&
    columns.created_at >= from &&
    columns.created_at <= to &&
    actions?.includes(columns.action) !== false
  );
}

/** Identifies a filter, so that a cursor is used with no other. */
function hashOf(filter: AuditFilter): string {
  const given = Object.entries(filter as Readonly<Record<string, unknown>>)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return hash('sha256', JSON.stringify(given), 'hex').slice(0, 16);
}

function cursorOf({ created_at, seq }: Position, filter: AuditFilter): string {
  return Buffer.from(JSON.stringify([hashOf(filter), created_at, seq])).toString('base64url');
}

function positionOf(cursor: string, filter: AuditFilter): Position {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const [name, created_at, seq] = parts;
    if (name === hashOf(filter) && Number.isSafeInteger(created_at) && Number.isSafeInteger(seq))
      return { created_at: created_at as number, seq: seq as number };
  } catch {
    // It is no cursor.
  }
  throw new Failure('cursor-invalid', {});
}
