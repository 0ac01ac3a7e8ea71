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
  /** 10,000 at most. Counted for the first page; the pages behind it say the same. */
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
  const start = cursor === undefined ? undefined : positionOf(cursor, nameOf(store, filter));
  const hits: PagedEntry[] = [];
  let skipped = 0;
  for await (const hit of matching(store, filter, start, offset + limit + 1, signal)) {
    skipped += 1;
    if (skipped > offset) hits.push(hit);
    if (hits.length > limit) break;
  }
  const last = hits.length > limit ? hits[limit - 1] : undefined;
  const total = start?.total ?? (await count(store, filter, signal));
  return {
    total: Math.min(total, MOST_COUNTED),
    totalIsExact: total <= MOST_COUNTED,
    records: hits.slice(0, limit).map(({ entry }) => JSON.parse(entry) as AuditRecord),
    cursor: last === undefined ? null : cursorOf(last, total, nameOf(store, filter)),
  };
}

/**
 * Matching entries, newest first, read in chunks as they are asked for.
 * @param wanted how many the caller takes at most
 */
async function* matching(
  store: AuditStore,
  filter: AuditFilter,
  start: Position | undefined,
  wanted: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<PagedEntry> {
  const holds = textFilter(filter.text);
  const rest = turns();
  const chunk = filter.text === undefined ? Math.min(wanted, CHUNK) : CHUNK;
  for (let after = start; ;) {
    if (signal?.aborted === true) throw new Failure('cancelled', {});
    const page = await store.page(filter, after, chunk);
    for (const row of page) if (holds(row.entry)) yield row;
    after = page.at(-1);
    if (page.length < chunk) return;
    await rest();
  }
}

/** @returns `MOST_COUNTED` + 1 for more than `MOST_COUNTED` */
async function count(
  store: AuditStore,
  filter: AuditFilter,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (filter.text === undefined) return store.count(filter, MOST_COUNTED + 1);
  const hits = matching(store, filter, undefined, MOST_COUNTED + 1, signal);
  let counted = 0;
  while (counted <= MOST_COUNTED && (await hits.next()).done !== true) counted += 1;
  return counted;
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

/**
 * Whether all that is behind a position is from before a time, too. A store that is given both conditions begins at that
 * time, and reads all records from there to the position.
 */
export function isBefore(after: Position | undefined, to: number): boolean {
  return after !== undefined && after.created_at <= to;
}

/** Identifies a filter of a trail, so that a cursor is used with no other. */
function nameOf({ trailId }: AuditStore, filter: AuditFilter): string {
  const given = Object.entries(filter as Readonly<Record<string, unknown>>)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return hash('sha256', JSON.stringify([trailId, given]), 'hex').slice(0, 16);
}

/** Where a page begins, and what the first page counted. */
interface Start extends Position {
  readonly total: number;
}

function cursorOf({ created_at, seq }: Position, total: number, query: string): string {
  return Buffer.from(JSON.stringify([query, created_at, seq, total])).toString('base64url');
}

function positionOf(cursor: string, query: string): Start {
  try {
    const [name, ...numbers] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const [created_at = 0, seq = 0, total = 0] = numbers as number[];
    const isCount = (number: unknown): boolean => Number.isSafeInteger(number) && (number as number) >= 0;
    if (name === query && numbers.length === 3 && numbers.every(isCount)) return { created_at, seq, total };
  } catch {
    // It is no cursor.
  }
  throw new Failure('cursor-invalid', {});
}
