import type { Totals } from '../model/logFile.ts';
import { LOG_GROUPS } from '../model/logRows.ts';
import type { LogGroup, LogMonth, LogRow, LogRowFile, LogRowsPage, RowParent } from '../model/logRows.ts';
import { byMonth, byName, latestFirst, newestFirst } from './rowOrder.ts';

/** A family of more files than this shows its months. */
const MANY_FILES = 200;

/** The files of one listing, arranged in rows as they are asked for. */
export interface RowIndex {
  readonly files: readonly LogRowFile[];
  page(parent: RowParent, from: number, count: number): LogRowsPage;
  /** All files, the latest entry first. */
  latest(): readonly LogRowFile[];
}

type FamilyFiles = ReadonlyMap<string, readonly LogRowFile[]>;

/** @param counts whether a file counts towards the folder's limit; absent where there is none */
export function indexRows(
  files: readonly LogRowFile[],
  counts: ((file: LogRowFile) => boolean) | undefined,
): RowIndex {
  const groups = divide(files);
  const known = new Map<string, readonly LogRow[]>();
  let sorted: readonly LogRowFile[] | undefined;

  function below(some: readonly LogRowFile[]): { totals: Totals; outside?: Totals } {
    const totals = totalsOf(some);
    if (counts === undefined) return { totals };
    return { totals, outside: totalsOf(some.filter((file) => !counts(file))) };
  }

  function rowsBelow(parent: RowParent): readonly LogRow[] {
    switch (parent.kind) {
      case 'workspace':
        return LOG_GROUPS.filter((group) => groups[group].size > 0 || (group === 'api' && counts !== undefined)).map((group) => ({
          kind: 'group',
          group,
          ...below([...groups[group].values()].flat()),
        }));
      case 'group':
        return parent.group === 'other' ? families() : family(parent.group, parent.group);
      case 'family':
        return family('other', parent.family);
      case 'month':
        return toRows(newestFirst(monthsOf(parent.month).get(parent.month.month) ?? []));
    }
  }

  function families(): readonly LogRow[] {
    return byName(groups.other, ([name]) => name).map(([name, some]): LogRow => {
      const [first] = some;
      return some.length === 1 && first !== undefined
        ? { kind: 'file', file: first }
        : { kind: 'family', family: name, ...below(some) };
    });
  }

  function family(group: LogGroup, name: string): readonly LogRow[] {
    const some = groups[group].get(name) ?? [];
    if (some.length <= MANY_FILES) return toRows(newestFirst(some));
    const { front, months } = byMonth(some, MANY_FILES);
    return [
      ...toRows(newestFirst(front)),
      ...months.map(([month, its]): LogRow => ({
        kind: 'month',
        month: { group, family: name, month },
        ...below(its),
      })),
    ];
  }

  function monthsOf({ group, family: name }: LogMonth): FamilyFiles {
    return new Map(byMonth(groups[group].get(name) ?? [], MANY_FILES).months);
  }

  return {
    files,
    page(parent, from, count) {
      const key = JSON.stringify(parent);
      const rows = known.get(key) ?? rowsBelow(parent);
      known.set(key, rows);
      return { rows: rows.slice(from, from + count), total: rows.length };
    },
    latest: () => (sorted ??= latestFirst(files)),
  };
}

function divide(files: readonly LogRowFile[]): Readonly<Record<LogGroup, FamilyFiles>> {
  const groups: Record<LogGroup, Map<string, LogRowFile[]>> = {
    api: new Map(),
    audit: new Map(),
    other: new Map(),
  };
  for (const file of files) {
    const { parts } = file;
    const group = groups[parts.kind === 'foreign' ? 'other' : parts.family];
    const family = group.get(parts.family);
    if (family === undefined) group.set(parts.family, [file]);
    else family.push(file);
  }
  return groups;
}

function toRows(files: readonly LogRowFile[]): LogRow[] {
  return files.map((file) => ({ kind: 'file', file }));
}

export function totalsOf(files: readonly LogRowFile[]): Totals {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
