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
  /** All actions that occur at any time. */
  actions(): readonly string[];
  byValue(group: GroupName, range: TimeRange): readonly ValueCount[];
  /** How many records there are from one second to another, both included; of all actions or of one. */
  between(from: number, to: number, action?: string): number;
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

  /** What is counted under a filter; of one that the indexes know, groups and bars one by one. */
  const tallyOf = async (of: AuditFilter, part: 'groups' | 'bars'): Promise<Tally> => {
    const given = Object.entries(of).filter(([, value]) => value !== undefined && value !== '');
    const isPlain = given.every(([name]) => name === 'from' || name === 'to');
    const key = JSON.stringify([isPlain && part, ...given.sort(([one], [other]) => (one < other ? -1 : 1))]);
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = emptyTally(axis);
      if (!isPlain) await countRecords(store, of, tally, axis, () => pause(signal, rest));
      else if (part === 'groups') await countGroups(counts, of, tally, () => pause(signal, rest));
      else if (axis !== undefined) await countBars(counts, of, tally, axis, () => pause(signal, rest));
      tallies.set(key, tally);
    }
    return tally;
  };

  const { total } = await tallyOf(filter, 'groups');
  const groups = {
    action: groupOf((await tallyOf(without(filter, 'action'), 'groups')).groups.action),
    user: groupOf((await tallyOf(without(filter, 'user'), 'groups')).groups.user),
    kind: groupOf((await tallyOf(without(filter, 'kind'), 'groups')).groups.kind),
  };
  const { totals, marked } = await tallyOf({ ...filter, from: range.from, to: range.to }, 'bars');
  const chart = axis && { ...axis, totals, deletions: marked.deletion, failures: marked.failure };
  return { total, groups, chart };
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

type Pause = () => Promise<void>;

async function countGroups(counts: IndexCounts, range: TimeRange, tally: Tally, rest: Pause): Promise<void> {
  for (const group of GROUPS) {
    await rest();
    for (const { value, count } of counts.byValue(group, range)) tally.groups[group].set(value, count);
  }
  for (const count of tally.groups.action.values()) tally.total += count;
}

/** Bar by bar: one question for all bars would make SQLite sort the records, and keep its thread for longer. */
async function countBars(
  counts: IndexCounts,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: TimeRange,
  { totals, marked }: Tally,
  { start, step, bars }: TimeAxis,
  rest: Pause,
): Promise<void> {
  const actions = counts.actions().flatMap((action) => {
    const mark = markOfAction(action);
    return mark === undefined ? [] : [{ action, mark }];
  });
  for (let bar = 0; bar < bars; bar += 1) {
    await rest();
    const first = Math.max(from, start + bar * step);
    const last = Math.min(to, start + (bar + 1) * step - 1);
    totals[bar] = counts.between(first, last);
    if (totals[bar] === 0) continue;
    for (const { action, mark } of actions)
      marked[mark][bar] = (marked[mark][bar] ?? 0) + counts.between(first, last, action);
  }
}

async function countRecords(
  store: AuditStore,
  filter: AuditFilter,
  tally: Tally,
  axis: TimeAxis | undefined,
  rest: Pause,
): Promise<void> {
  const holds = textFilter(filter.text);
  for (let after: Position | undefined; ;) {
    await rest();
    const page = await store.page(filter, after, CHUNK);
    for (const { entry, created_at } of page) if (holds(entry)) count(tally, axis, entry, created_at);
    after = page.at(-1);
    if (page.length < CHUNK) return;
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
