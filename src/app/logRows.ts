import { Failure } from '../base/failure.ts';
import { identify } from '../files/identity.ts';
import { kindOf } from '../files/list.ts';
import type { LogFilesPage, LogRowFile, LogRowsPage, RowParent } from '../model/logRows.ts';
import { logsFolder, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';
import { lastLook } from './lastLook.ts';
import { overview } from './overview.ts';
import { isLogName } from './requireLog.ts';
import type { RowIndex } from './rowIndex.ts';

export type { LogFilesPage } from '../model/logRows.ts';

/** Which rows: `count` of them, from the `from`th on, counted from 0. */
interface PageInput extends WorkspaceInput {
  readonly from: number;
  readonly count: number;
}

/** Rows of the view, as they were when `overview` looked last. */
export async function logRows(input: PageInput & { readonly parent: RowParent }): Promise<LogRowsPage> {
  const { parent, from, count } = input;
  return (await indexOf(input)).page(parent, from, count);
}

/** All files, the latest entry first. */
export async function logFiles(input: PageInput): Promise<LogFilesPage> {
  return (await indexOf(input)).latest(input.from, input.count);
}

/**
 * The named files of `logs/` as they are on disk now, in the order of the names; what is no regular file, or is gone, is
 * left out. Times and outlook are those of the last look, for files that have not changed since.
 */
export function findLogs(input: WorkspaceInput & { readonly names: readonly string[] }): LogRowFile[] {
  const root = requireWorkspace(input);
  const folder = logsFolder(root);
  if (kindOf(folder) !== 'folder') return [];
  const names = new Set(input.names);
  const seen = lastLook(root)?.index.find(names) ?? [];
  const byName = new Map(seen.map((file) => [file.name, file]));
  return [...names].flatMap((name) => {
    const file = isLogName(name) ? identify(folder, name) : undefined;
    if (file === undefined) return [];
    const known = byName.get(name);
    const isSame =
      known?.inode === file.inode && known.bytes === file.bytes && known.modified === file.modified;
    return [isSame ? known : file];
  });
}

async function indexOf(input: WorkspaceInput): Promise<RowIndex> {
  const root = requireWorkspace(input);
  if (lastLook(root) === undefined) await overview({ root });
  const look = lastLook(root);
  if (look === undefined) throw new Failure('unexpected', { detail: `nothing is known of ${root}` });
  return look.index;
}
