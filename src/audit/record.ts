import { isDeepStrictEqual } from 'node:util';
import type { Columns } from './columns.ts';

/** The old and the new values of the fields that a deed changed. */
export type Changes = Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>>;

/** A record of the audit trail: who did what to what. Every field is masked before it is stored; unknown ones are kept. */
export interface AuditRecord {
  /** Unique; a UUID where it is left out. The same record with the same id counts once. */
  readonly id?: string | undefined;
  readonly user_id: string;
  readonly action: string;
  readonly entity_type: string;
  /** May be empty. */
  readonly entity_id: string;
  readonly description?: string | null | undefined;
  /** Fields whose old and new value are equal are left out. */
  readonly changes?: Changes | null | undefined;
  readonly audit_metadata?: unknown;
  /** Whole seconds since 1970, not before 2000; the time of the append where it is left out or is no such number. */
  readonly created_at?: number | undefined;
  readonly source_ip?: string | null | undefined;
  readonly user_agent?: string | null | undefined;
  readonly request_uri?: string | null | undefined;
  readonly verb?: string | null | undefined;
  readonly request_object?: unknown;
  readonly response_object?: unknown;
  readonly response_status_code?: number | null | undefined;
  readonly [key: string]: unknown;
}

/** A record as it is stored: one line of JSON. */
export interface NewEntry {
  readonly entry: string;
  /** The fields that were not given and are filled in here. */
  readonly filled: readonly ('id' | 'created_at')[];
}

/** The fields that differ between two states of a thing, by deep comparison. A missing field is null. */
export function changesBetween(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Changes {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const all = [...names].map(
    (name) => [name, { old: before[name] ?? null, new: after[name] ?? null }] as const,
  );
  return Object.fromEntries(all.filter(([, change]) => !isDeepStrictEqual(change.old, change.new)));
}

/** Whether an entry with an id that the trail has already is that very record: the same given fields, by deep comparison. */
export function isSameRecord(stored: string, { entry, filled }: NewEntry): boolean {
  return isDeepStrictEqual(givenOf(stored, filled), givenOf(entry, filled));
}

function givenOf(entry: string, filled: NewEntry['filled']): unknown {
  const fields = JSON.parse(entry) as Record<string, unknown>;
  const left = new Set<string>(filled.includes('created_at') ? ['created_at', 'timestamp'] : []);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !left.has(name)));
}

/** The record that says that all records with numbers below `before` are about to be deleted. */
export function pruneRecord(trailId: string, before: number, user: string): AuditRecord {
  return {
    user_id: user,
    action: PRUNED,
    entity_type: 'trail',
    entity_id: trailId,
    audit_metadata: { before },
  };
}

const PRUNED = 'audit_pruned';

/** The number below which a record says that the records of its trail were deleted; 0 for any other record. */
export function prunedBefore({ action, entity_id, audit_metadata }: Columns, trailId: string): number {
  if (action !== PRUNED || entity_id !== trailId) return 0;
  try {
    const { before } = JSON.parse(audit_metadata ?? '{}') as { before?: unknown };
    return Number.isSafeInteger(before) ? (before as number) : 0;
  } catch {
    // Another program wrote it.
    return 0;
  }
}
