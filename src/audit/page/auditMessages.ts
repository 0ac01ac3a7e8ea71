import type { RowPlace, ShownFilter, StoredRecord, TimeRange } from './pageData.ts';

/**
 * The messages from the page *Audit Trail* to the extension. `request` counts the page's questions; the answer repeats
 * it.
 */
export type PageMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'rows';
      readonly request: number;
      readonly filter: ShownFilter;
      readonly after?: RowPlace | undefined;
    }
  | {
      readonly kind: 'summaries';
      readonly request: number;
      readonly filter: ShownFilter;
      readonly range: TimeRange;
      readonly bars: number;
      readonly offset: number;
    }
  | { readonly kind: 'record'; readonly request: number; readonly seq: number }
  | { readonly kind: 'copy'; readonly what: 'record' | 'proof'; readonly seq: number }
  | { readonly kind: 'verify' }
  | { readonly kind: 'export'; readonly filter: ShownFilter }
  | { readonly kind: 'configure' };

/** The messages from the extension to the page. Rows, summaries and entries are JSON, which only the page reads. */
export type HostMessage =
  | { readonly kind: 'load'; readonly words: PageWords; readonly status: TrailStatus }
  | { readonly kind: 'status'; readonly status: TrailStatus }
  /** `part` is a `RowsPart` as JSON. */
  | { readonly kind: 'rows'; readonly request: number; readonly part: string }
  /** `summaries` is a `Summaries` as JSON; `total` says how many records are shown. */
  | {
      readonly kind: 'summaries';
      readonly request: number;
      readonly summaries: string;
      readonly total: string;
    }
  | { readonly kind: 'record'; readonly request: number; readonly record?: StoredRecord | undefined }
  /** Shows one record and those before it. */
  | { readonly kind: 'show'; readonly seq: number }
  | { readonly kind: 'said'; readonly text: string }
  /** A question could not be answered. */
  | { readonly kind: 'failed'; readonly request?: number | undefined; readonly text: string };

export interface TrailStatus {
  readonly records: number;
  /** How many records the newest checkpoint covers. */
  readonly sealed: number;
  readonly badge: Badge;
  /** Why nothing can be read or recorded, in a sentence; empty if both can be. */
  readonly notice: string;
  /** Whether a policy is missing, so that nothing is recorded. */
  readonly isUnmanaged: boolean;
  /** Whether a proof can be made and an export written. */
  readonly isTrusted: boolean;
}

/** What the last verification found, in words. `{0}` stands for the time in `checked`. */
export interface Badge {
  readonly tone: 'none' | 'busy' | 'sound' | 'unknown' | 'tampered';
  readonly title: string;
  readonly detail: string;
  /** When, in ms since 1970. */
  readonly checkedAt?: number | undefined;
  readonly checked: string;
  /** The number of the record that was changed. */
  readonly seq?: number | undefined;
}

/** The sentences and labels of the page that depend on its data. `{0}` and `{1}` are places. */
export interface PageWords {
  /** Actions in words, by their ids; others are shown as they are. */
  readonly actions: Readonly<Record<string, string>>;
  readonly doors: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<'action' | 'user' | 'kind', string>>;
  readonly chips: Readonly<Record<'text' | 'action' | 'user' | 'kind' | 'thing' | 'brush', string>>;
  /** The heading of the times; `{0}` is their zone. */
  readonly time: string;
  readonly removeChip: string;
  readonly between: string;
  readonly until: string;
  readonly more: string;
  readonly fewer: string;
  readonly others: string;
  readonly waiting: string;
  readonly news: string;
  readonly bar: string;
  readonly record: string;
  readonly missing: string;
  readonly unreadable: string;
  readonly facts: Readonly<Record<FactName, string>>;
  readonly changes: string;
  readonly requestBody: string;
  readonly responseBody: string;
  readonly rest: string;
  readonly evidence: string;
  readonly covered: string;
  readonly uncovered: string;
  readonly oldValue: string;
  readonly newValue: string;
  readonly cut: string;
  readonly copyRecord: string;
  readonly copyProof: string;
  readonly needsTrust: string;
  readonly allOfPerson: string;
  readonly allAboutThing: string;
  readonly showRecord: string;
}

type FactName =
  | 'when'
  | 'who'
  | 'action'
  | 'what'
  | 'door'
  | 'address'
  | 'agent'
  | 'request'
  | 'status'
  | 'description'
  | 'id'
  | 'number'
  | 'leaf'
  | 'checkpoint';

/** Parses a message from the page; undefined for anything else. */
export function parsePageMessage(value: unknown): PageMessage | undefined {
  if (!isObject(value)) return undefined;
  const { kind, request, seq, what, filter, range, after, bars, offset } = value;
  switch (kind) {
    case 'ready':
    case 'verify':
    case 'configure':
      return { kind };
    case 'export':
      return isFilter(filter) ? { kind, filter } : undefined;
    case 'copy':
      return isWhole(seq) && (what === 'record' || what === 'proof') ? { kind, what, seq } : undefined;
    case 'record':
      return isWhole(request) && isWhole(seq) ? { kind, request, seq } : undefined;
    case 'rows':
      return isWhole(request) && isFilter(filter) && isPlace(after)
        ? { kind, request, filter, after }
        : undefined;
    case 'summaries': {
      const fits = isFilter(filter) && isFilter(range) && isWhole(bars) && bars > 0 && bars <= MOST_BARS;
      return fits && isWhole(request) && isWhole(offset)
        ? { kind, request, filter, range, bars, offset }
        : undefined;
    }
    default:
      return undefined;
  }
}

const MOST_BARS = 1000;
const texts: readonly string[] = ['user', 'action', 'entityType', 'entityId', 'text'];
const times: readonly string[] = ['from', 'to'];

function isFilter(value: unknown): value is ShownFilter {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, part]) =>
        part === undefined ||
        (texts.includes(name) && typeof part === 'string') ||
        (times.includes(name) && isWhole(part)),
    )
  );
}

function isPlace(value: unknown): value is RowPlace | undefined {
  return value === undefined || (isObject(value) && isWhole(value.created_at) && isWhole(value.seq));
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
