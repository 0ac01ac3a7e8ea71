import type { NewEntry } from './record.ts';
import type { ReadHashes, TreeNode } from './tree.ts';

/** What became of an entry: it is new, the trail has that very record, or its id stands for another record. */
export type Appended = 'appended' | 'duplicate' | 'conflict';

/** A record's row as it is, for a verification: each part may have been changed by another program. */
export interface StoredRow {
  /** The number of the record's leaf in the tree, from 0. */
  readonly seq: number;
  /** Undefined where the stored bytes are no text that an entry can be. */
  readonly entry: string | undefined;
  /** In hexadecimal, small letters. */
  readonly leaf: string;
  /** The values as a JSON array in the order of `COLUMNS`: one text is read and compared faster than each of them. */
  readonly columns: string;
}

export interface StoredEntry {
  readonly seq: number;
  readonly entry: string;
}

/** A record of a page, newest first, and its position. */
export interface PagedEntry extends Position {
  readonly entry: string;
}

/** Where a page of records, newest first, ends. */
export interface Position {
  /** Seconds since 1970. */
  readonly created_at: number;
  /** Orders the records of one second. In PostgreSQL it is not the number of the leaf, which comes later. */
  readonly seq: number;
}

/** Which records are asked for. All that is given has to fit. */
export interface AuditFilter {
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  readonly entityType?: string | undefined;
  readonly entityId?: string | undefined;
  /** Seconds since 1970; both ends are included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** A part of the entry's text. */
  readonly text?: string | undefined;
  /** The actions that the person who asks may see; undefined for all. */
  readonly actions?: readonly string[] | undefined;
}

/** A signed note and the number of records that it covers, as stored. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

/**
 * Where the connection string of a PostgreSQL database stands, which holds a password: in an environment variable, in a
 * file that only its owner may read (0600), or it is given by a program that has it from a secret storage.
 */
export type ConnectionSource =
  { readonly env: string } | { readonly file: string } | { readonly connectionString: string };

/** Where a trail is kept: in `logs/audit.db`, or in PostgreSQL. */
export type StoreChoice = 'sqlite' | { readonly postgres: ConnectionSource };

/** Where a trail is kept. Records are only added, and the oldest ones pruned. All failures are Failures. */
export interface AuditStore {
  readonly trailId: string;
  /** Appends entries, those of up to 4 MB in one transaction. Resolves when all of them are synced. */
  append(entries: readonly NewEntry[]): Promise<readonly Appended[]>;
  /** One more than the highest number of a record. */
  size(): Promise<number>;
  /** The lowest number of a record; 0 for an empty trail. */
  first(): Promise<number>;
  /**
   * Rows in tree order, from the table itself and through no index: as many as `limit`, or fewer where they are large;
   * none at the end alone.
   * @param from a number, -Infinity for the first
   */
  rows(from: number, limit: number): Promise<readonly StoredRow[]>;
  /** Entries in tree order, as `rows`. */
  entries(from: number, limit: number): Promise<readonly StoredEntry[]>;
  find(id: string): Promise<StoredEntry | undefined>;
  /**
   * How far the trail has expired: the number behind the last record created before `from`, among those in front of the
   * first one created between `from` and `to`; 0 if there is none. Times are seconds since 1970, both included. A record
   * from after `to` says nothing.
   */
  expired(from: number, to: number): Promise<number>;
  /** Entries newest first, behind a position. The filter's text is not looked at. */
  page(filter: AuditFilter, after: Position | undefined, limit: number): Promise<readonly PagedEntry[]>;
  /** How many records fit, without the filter's text; counts no further than `limit`. */
  count(filter: AuditFilter, limit: number): Promise<number>;
  readonly hashes: ReadHashes;
  /** How many nodes of a level are stored. */
  nodeCount(level: number): Promise<number>;
  /** Nodes and checkpoints that are there already stay as they are. They are synced by the next `append` or `sync`. */
  seal(nodes: readonly TreeNode[], checkpoint?: StoredCheckpoint): Promise<void>;
  /** Resolves when all that was written before is synced. */
  sync(): Promise<void>;
  /** All stored nodes of all levels, by level and index; as many as `limit` behind `after`. */
  nodes(
    after: { readonly level: number; readonly index: number },
    limit: number,
  ): Promise<readonly TreeNode[]>;
  /** By size, the smallest first. */
  checkpoints(): Promise<readonly StoredCheckpoint[]>;
  newestCheckpoint(): Promise<StoredCheckpoint | undefined>;
  /** What is wrong with the indexes, in the store's own words; empty if nothing is. */
  indexProblems(): Promise<readonly string[]>;
  /** Deletes the records with numbers below `before`. This is the only deletion; their nodes stay. */
  prune(before: number): Promise<void>;
  /** Gives some of the space of deleted records back to the disk. @returns whether there is more to give back */
  shrink(): Promise<boolean>;
  close(): void;
}
