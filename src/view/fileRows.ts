import type { NextStepOf } from '../maintenance/nextStep.ts';
import type { StoreFile } from '../files/list.ts';
import type { DatedLogFile, Totals } from '../files/logFile.ts';
import {
  FILE_GROUPS,
  type FileGroup,
  type LogFilesPage,
  type LogMonth,
  type LogRow,
  type LogRowFile,
  type LogRowsPage,
  type RowParent,
} from './rows.ts';
import { byMonth, byName, latestFirst, newestFirst } from './rowOrder.ts';
import type { SessionRows } from './sessionRows.ts';

/** A family with more files than this is shown by months. */
const MANY_FILES = 200;

/** The parents whose rows a listing knows. The contents of an archive are not in a listing. */
export type ListedParent = Exclude<RowParent, { kind: 'archive' }>;

/** The files of one listing. They are arranged in rows on demand. */
export interface RowIndex {
  page(parent: ListedParent, from: number, count: number): LogRowsPage;
  /** All files, the latest entry first. */
  latest(from: number, count: number): LogFilesPage;
  find(names: ReadonlySet<string>): LogRowFile[];
}

/** What a policy says about the files; empty if there is no policy that can be used. */
export interface RowFacts {
  /** Whether a file counts towards the folder's limit. */
  readonly counts?: (file: DatedLogFile) => boolean;
  readonly next?: NextStepOf;
}

type FamilyFiles = ReadonlyMap<string, readonly DatedLogFile[]>;

export function indexRows(
  files: readonly DatedLogFile[],
  { counts, next }: RowFacts,
  sessions?: SessionRows,
  store: readonly StoreFile[] = [],
): RowIndex {
  const groups = divide(files);
  const known = new Map<string, readonly LogRow[]>();
  let sorted: readonly DatedLogFile[] | undefined;

  function below(some: readonly DatedLogFile[]): { totals: Totals; outside?: Totals } {
    const totals = totalsOf(some);
    if (counts === undefined) return { totals };
    return { totals, outside: totalsOf(some.filter((file) => !counts(file))) };
  }

  function rowsBelow(parent: ListedParent): readonly LogRow[] {
    switch (parent.kind) {
      case 'workspace':
        return [...fileGroups(), ...sessionGroup()];
      case 'group':
        if (parent.group === 'sessions') return sessions?.inTop() ?? [];
        if (parent.group === 'other') return families();
        return [...family(parent.group, parent.group), ...(parent.group === 'audit' ? storeRows() : [])];
      case 'family':
        return family('other', parent.family);
      case 'month':
        return toRows(newestFirst(monthsOf(parent.month).get(parent.month.month) ?? []));
      case 'folder':
        return sessions?.inFolder(parent.path) ?? [];
      case 'message':
        return sessions?.ofMessage(parent.message) ?? [];
    }
  }

  function storeRows(): LogRow[] {
    return store.map(({ name, bytes }) => ({ kind: 'store', name, bytes }));
  }

  function fileGroups(): readonly LogRow[] {
    const isShown = (group: FileGroup): boolean =>
      groups[group].size > 0 ||
      (group === 'api' && counts !== undefined) ||
      (group === 'audit' && store.length > 0);
    return FILE_GROUPS.filter(isShown).map((group) => {
      const { totals, outside } = below([...groups[group].values()].flat());
      const more = group === 'audit' ? store : [];
      return {
        kind: 'group',
        group,
        totals: plus(totals, more),
        ...(outside !== undefined && { outside: plus(outside, more) }),
      };
    });
  }

  function sessionGroup(): readonly LogRow[] {
    if (sessions === undefined || sessions.totals.files === 0) return [];
    const { totals, isWhole } = sessions;
    return [{ kind: 'group', group: 'sessions', totals, ...(!isWhole && { isPartial: true }) }];
  }

  function families(): readonly LogRow[] {
    return byName(groups.other, ([name]) => name).map(([name, some]): LogRow => {
      const [first] = some;
      return some.length === 1 && first !== undefined
        ? { kind: 'file', file: first }
        : { kind: 'family', family: name, ...below(some) };
    });
  }

  function family(group: FileGroup, name: string): readonly LogRow[] {
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

  function withNext(file: DatedLogFile): LogRowFile {
    const what = next?.(file);
    return what === undefined ? file : { ...file, nextStep: what };
  }

  return {
    page(parent, from, count) {
      const key = JSON.stringify(parent);
      const rows = known.get(key) ?? rowsBelow(parent);
      known.set(key, rows);
      const page = rows.slice(from, from + count);
      return {
        rows: page.map((row) => (row.kind === 'file' ? { ...row, file: withNext(row.file) } : row)),
        total: rows.length,
      };
    },
    latest(from, count) {
      sorted ??= latestFirst(files);
      return { files: sorted.slice(from, from + count).map(withNext), total: sorted.length };
    },
    find: (names) => files.filter(({ name }) => names.has(name)).map(withNext),
  };
}

function divide(files: readonly DatedLogFile[]): Readonly<Record<FileGroup, FamilyFiles>> {
  const groups: Record<FileGroup, Map<string, DatedLogFile[]>> = {
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

function toRows(files: readonly DatedLogFile[]): LogRow[] {
  return files.map((file) => ({ kind: 'file', file }));
}

export function totalsOf(files: readonly { readonly bytes: number }[]): Totals {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function plus({ files, bytes }: Totals, more: readonly { readonly bytes: number }[]): Totals {
  const others = totalsOf(more);
  return { files: files + others.files, bytes: bytes + others.bytes };
}
