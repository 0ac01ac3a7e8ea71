import { Failure } from '../../base/failure.ts';
import { turns } from '../../base/turns.ts';
import { columnsOf, isRequestLine } from '../columns.ts';
import { textFilter } from '../query.ts';
import type { AuditFilter, AuditStore, Position } from '../store.ts';
import { markOfAction, type Mark } from './marks.ts';
import type { GroupName, Summaries, TimeRange, ValueCount, ValueGroup } from './pageData.ts';
import { barOf, timeAxis, type TimeAxis } from './timeAxis.ts';

const GROUPS = ['action', 'user', 'kind'] as const;
export interface SummaryInput {
  readonly filter: AuditFilter;
  /** The range of the chart; the filter's may be a part of it. */
  readonly range: TimeRange;
  /** The most bars that the chart has room for. */
  readonly bars: number;
  /** See `timeAxis`. */
  readonly offset: number;
}

/** What a store counts in its indexes alone, without reading records. */
export interface IndexCounts {
  /** The times of the oldest and the newest record; undefined for an empty trail. */
  span(): { readonly from: number; readonly to: number } | undefined;
  byValue(group: GroupName, range: TimeRange): readonly ValueCount[];
  /** Records in each bar; those of some actions alone where they are given. */
  byBar(axis: TimeAxis, range: TimeRange, actions?: readonly string[]): readonly number[];
}

interface Tally {
  total: number;
  readonly groups: Readonly<Record<GroupName, Map<string, number>>>;
  readonly totals: number[];
  readonly marked: Readonly<Record<Mark, number[]>>;
}

const MOST_VALUES = 50;
const CHUNK = 500;

/**
 * Counts what the page shows beside the rows. Without a filter but a time, the indexes are counted; else every record
 * that fits is read.
 * @throws Failure `cancelled`, those of the store
 */
export async function summarise(
  store: AuditStore,
  counts: IndexCounts,
  { filter, range, bars, offset }: SummaryInput,
  signal: AbortSignal,
): Promise<Summaries> {
  const span = counts.span();
  const axis = span && timeAxis(range.from ?? span.from, range.to ?? span.to, bars, offset);
  const rest = turns();
  const tallies = new Map<string, Tally>();

  const tallyOf = async (of: AuditFilter): Promise<Tally> => {
    const given = Object.entries(of).filter(([, value]) => value !== undefined);
    const key = JSON.stringify(given.sort(([one], [other]) => (one < other ? -1 : 1)));
    const known = tallies.get(key);
    if (known !== undefined) return known;
    const { from, to, ...others } = of;
    const isPlain = Object.values(others).every((value) => value === undefined || value === '');
    const tally = isPlain
      ? await countIndexes(counts, { from, to }, axis, signal, rest)
      : await countRecords(store, of, axis, signal, rest);
    tallies.set(key, tally);
    return tally;
  };

  const main = await tallyOf(filter);
  const groups = {
    action: groupOf((await tallyOf(without(filter, 'action'))).groups.action),
    user: groupOf((await tallyOf(without(filter, 'user'))).groups.user),
    kind: groupOf((await tallyOf(without(filter, 'kind'))).groups.kind),
  };
  const { totals, marked } = await tallyOf({ ...filter, from: range.from, to: range.to });
  const chart = axis && { ...axis, totals, deletions: marked.deletion, failures: marked.failure };
  return { total: main.total, groups, chart };
}

function without(filter: AuditFilter, group: GroupName): AuditFilter {
  if (group === 'action') return { ...filter, action: undefined };
  if (group === 'user') return { ...filter, user: undefined };
  return { ...filter, entityType: undefined, entityId: undefined };
}

function groupOf(counts: ReadonlyMap<string, number>): ValueGroup {
  const sorted = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
  return { values: sorted.slice(0, MOST_VALUES), others: Math.max(0, sorted.length - MOST_VALUES) };
}

function emptyTally(axis: TimeAxis | undefined): Tally {
  const zeros = (): number[] => new Array<number>(axis?.bars ?? 0).fill(0);
  return {
    total: 0,
    groups: { action: new Map(), user: new Map(), kind: new Map() },
    totals: zeros(),
    marked: { deletion: zeros(), failure: zeros() },
  };
}

async function countIndexes(
  counts: IndexCounts,
  range: TimeRange,
  axis: TimeAxis | undefined,
  signal: AbortSignal,
  rest: () => Promise<void> | undefined,
): Promise<Tally> {
  const tally = emptyTally(axis);
  for (const group of GROUPS) {
    await pause(signal, rest);
    for (const { value, count } of counts.byValue(group, range)) tally.groups[group].set(value, count);
  }
  for (const count of tally.groups.action.values()) tally.total += count;
  if (axis === undefined) return tally;
  await pause(signal, rest);
  counts.byBar(axis, range).forEach((count, bar) => (tally.totals[bar] = count));
  for (const mark of ['deletion', 'failure'] as const) {
    const actions = [...tally.groups.action.keys()].filter((action) => markOfAction(action) === mark);
    if (actions.length === 0) continue;
    await pause(signal, rest);
    counts.byBar(axis, range, actions).forEach((count, bar) => (tally.marked[mark][bar] = count));
  }
  return tally;
}

async function countRecords(
  store: AuditStore,
  filter: AuditFilter,
  axis: TimeAxis | undefined,
  signal: AbortSignal,
  rest: () => Promise<void> | undefined,
): Promise<Tally> {
  const tally = emptyTally(axis);
  const holds = textFilter(filter.text);
  for (let after: Position | undefined; ;) {
    await pause(signal, rest);
    const page = await store.page(filter, after, CHUNK);
    for (const { entry, created_at } of page) if (holds(entry)) count(tally, axis, entry, created_at);
    after = page.at(-1);
    if (page.length < CHUNK) return tally;
  }
}

async function pause(signal: AbortSignal, rest: () => Promise<void> | undefined): Promise<void> {
  await rest();
  if (signal.aborted) throw new Failure('cancelled', {});
}

function count(tally: Tally, axis: TimeAxis | undefined, entry: string, time: number): void {
  tally.total += 1;
  const facts = factsOf(entry);
  for (const group of GROUPS) {
    const value = facts[group];
    if (value !== undefined) tally.groups[group].set(value, (tally.groups[group].get(value) ?? 0) + 1);
  }
  const bar = axis && barOf(axis, time);
  if (bar === undefined) return;
  tally.totals[bar] = (tally.totals[bar] ?? 0) + 1;
  const mark = markOfAction(facts.action ?? '');
  if (mark !== undefined) tally.marked[mark][bar] = (tally.marked[mark][bar] ?? 0) + 1;
}

/** The fields of an entry that are counted; none of an entry that cannot be read. */
function factsOf(entry: string): Partial<Readonly<Record<GroupName, string>>> {
  try {
    const record = JSON.parse(entry) as Readonly<Record<string, unknown>>;
    const { user_id, action, entity_type } = isRequestLine(record) ? { ...columnsOf(record) } : record;
    return {
      ...(typeof user_id === 'string' && { user: user_id }),
      ...(typeof action === 'string' && { action }),
      ...(typeof entity_type === 'string' && { kind: entity_type }),
    };
  } catch {
    return {};
  }
}
