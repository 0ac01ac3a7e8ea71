import { listFiles, listStore } from '../files/list.ts';
import type { DatedLogFile, ListedKind } from '../files/logFile.ts';
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
