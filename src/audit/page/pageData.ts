import type { Mark } from './marks.ts';
import type { TimeAxis } from './timeAxis.ts';

/** The filter of the page *Audit Trail*, as `AuditFilter`; what is left out fits everything. */
export interface ShownFilter {
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  readonly entityType?: string | undefined;
  readonly entityId?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly text?: string | undefined;
}

/** Seconds since 1970; both ends are included. */
export type TimeRange = Pick<ShownFilter, 'from' | 'to'>;

/** A record as a row. Long texts are cut. */
export interface TrailRow {
  readonly seq: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly user: string;
  readonly action: string;
  /** `entity_type` */
  readonly kind: string;
  /** `entity_id` */
  readonly what: string;
  readonly details: string;
  readonly mark?: Mark | undefined;
}

/** Where a part of the rows ends. */
export interface RowPlace {
  readonly created_at: number;
  readonly seq: number;
}

export interface RowsPart {
  readonly rows: readonly TrailRow[];
  /** Where the next part begins; null behind the last record. A part may end early, even without a row. */
  readonly next: RowPlace | null;
}

/** One record with its evidence. Of an entry that cannot be read, the first four are empty. */
export interface StoredRecord {
  readonly user: string;
  readonly action: string;
  readonly kind: string;
  readonly what: string;
  readonly seq: number;
  /** As it is stored. */
  readonly entry: string;
  /** Seconds since 1970, by its column. */
  readonly time: number;
  /** The hash of its leaf in the tree, in hex. */
  readonly leaf: string;
  /** How many records the newest checkpoint covers. */
  readonly sealed: number;
}

/** A value that occurs in records, and in how many. */
export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** The values of one field, the most frequent first. */
export interface ValueGroup {
  readonly values: readonly ValueCount[];
  /** How many further values there are. */
  readonly others: number;
}

export type GroupName = 'action' | 'user' | 'kind';

/** How many records lie in each bar of an axis, and how many of them are deletions, and failures. */
interface Histogram extends TimeAxis {
  readonly totals: readonly number[];
  readonly deletions: readonly number[];
  readonly failures: readonly number[];
}

/** What the page shows beside the rows. */
export interface Summaries {
  /** How many records fit the filter. */
  readonly total: number;
  /** The values of a field among the records that fit without the filter's own value of that field. */
  readonly groups: Readonly<Record<GroupName, ValueGroup>>;
  /** The records of the range that fit the rest of the filter; undefined for an empty trail. */
  readonly chart?: Histogram | undefined;
}
