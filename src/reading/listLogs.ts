import type { FileMark } from '../files/identity.ts';
import { listFiles, listStore } from '../files/list.ts';
import type { DatedLogFile, ListedKind, LogFile } from '../files/logFile.ts';
import { clock, times, logsFolder, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';

/** One file as `ls` prints it; times are ISO 8601 in UTC. */
export interface ListedFile {
  readonly name: string;
  readonly family: string;
  readonly kind: ListedKind;
  readonly bytes: number;
  readonly modified: string;
  readonly firstEntry?: string;
  readonly lastEntry?: string;
}

/**
 * The files of `logs/`, sorted by name.
 * @throws Failure `logs-missing`, `logs-not-a-folder`, `no-permission`
 */
export async function listLogs(input: WorkspaceInput & { readonly times: boolean }): Promise<ListedFile[]> {
  const folder = logsFolder(requireWorkspace(input));
  const { files } = listFiles(folder);
  const dated: readonly DatedLogFile[] = input.times ? await times.date(folder, files, clock()) : files;
  const store = listStore(folder).map(({ name, bytes, modified }): ListedFile => ({
    name,
    family: 'audit',
    kind: 'store',
    bytes,
    modified: new Date(modified).toISOString(),
  }));
  return [...dated.map(toListed), ...store].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What an application hands out of a folder, and the files by which it sees whether that is still so. */
export interface ListingJson {
  /** `{"items": …, "nextCursor": null, "total": …}`; the items are as in `ls --json --times`. */
  readonly json: string;
  readonly files: readonly FileMark[];
}

/** The rows of files that are unchanged since the last listing are not made again: their objects are the same. */
const rows = new WeakMap<DatedLogFile, string>();

/** @throws Failure as `listLogs` */
export async function listLogsAsJson(input: WorkspaceInput): Promise<ListingJson> {
  const folder = logsFolder(requireWorkspace(input));
  const { files } = listFiles(folder);
  const dated = (await times.date(folder, files, clock())).filter(isHandedOut);
  dated.sort((a, b) => (a.name < b.name ? -1 : 1));
  const items = dated.map((file) => {
    const row = rows.get(file) ?? JSON.stringify(toListed(file));
    rows.set(file, row);
    return row;
  });
  return {
    json: `{"items":[${items.join(',')}],"nextCursor":null,"total":${String(items.length)}}`,
    files: files.map(({ name, inode, bytes, modified }) => ({ name, inode, bytes, modified })),
  };
}

/** Locks, the store of the trail and temporary files are no logs. */
export function isHandedOut({ name, parts: { kind } }: Pick<LogFile, 'name' | 'parts'>): boolean {
  return kind !== 'leftover' && !/\.tmp-[0-9a-f]{16}$/.test(name);
}

function toListed({ name, parts, bytes, modified, first, last }: DatedLogFile): ListedFile {
  return {
    name,
    family: parts.family,
    kind: parts.kind,
    bytes,
    modified: new Date(modified).toISOString(),
    ...(first !== undefined && { firstEntry: new Date(first).toISOString() }),
    ...(last !== undefined && { lastEntry: new Date(last).toISOString() }),
  };
}
