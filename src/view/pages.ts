import { posix } from 'node:path';
import { Failure, type FailureCode, hasCode } from '../base/failure.ts';
import { identify, isSameFile } from '../files/identity.ts';
import { kindOf } from '../files/list.ts';
import type { LogFilesPage, LogRow, LogRowFile, LogRowsPage, RowParent } from './rows.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { requireArchive } from '../workspace/logPlaces.ts';
import {
  type AppContext,
  logsFolder,
  requireWorkspace,
  type Surroundings,
  type TrailSurroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { lastSnapshot } from './snapshot.ts';
import { archiveMembers } from '../sessions/openArchive.ts';
import { overview } from './overview.ts';
import { lockOf } from '../sessions/probeArchives.ts';
import { isLogName, requireLog } from '../workspace/requireLog.ts';
import type { RowIndex } from './fileRows.ts';

export type { LogFilesPage } from './rows.ts';

/** The rows to return: `count` rows, from index `from` on, counted from 0. */
interface PageInput extends WorkspaceInput {
  readonly from: number;
  readonly count: number;
}

/**
 * The rows of the view, as they were at the last look of `overview`. The contents of an archive are read now.
 * @throws Failure for an archive: those of `archiveMembers`
 */
export async function logRows(
  input: PageInput & { readonly parent: RowParent },
  context: Pick<AppContext, 'signal' | 'environment' | 'door'>,
): Promise<LogRowsPage> {
  const { parent, from, count } = input;
  const root = requireWorkspace(input);
  if (parent.kind === 'archive') {
    const rows = await memberRows(root, parent.path, context);
    return { rows: rows.slice(from, from + count), total: rows.length };
  }
  const { rows, total } = (await indexOf(input, context)).page(parent, from, count);
  const withLock = (row: LogRow): LogRow =>
    row.kind === 'archive' ? { ...row, lock: lockOf(root, row.file) } : row;
  return { rows: rows.map(withLock), total };
}

async function memberRows(
  root: string,
  path: string,
  context: Pick<AppContext, 'signal' | 'environment'>,
): Promise<LogRow[]> {
  const [name, folder] = [posix.basename(path), posix.dirname(path)];
  const archive = requireLog(root, { name, folder }, context);
  const members = await archiveMembers({ root, name, folder }, context);
  return members.map((member) => ({ kind: 'member', archive, member }));
}

/** All files, the latest entry first. */
export async function logFiles(input: PageInput, surroundings: TrailSurroundings): Promise<LogFilesPage> {
  return (await indexOf(input, surroundings)).latest(input.from, input.count);
}

/**
 * The named files of `logs/` or of another folder, as they are on disk now, in the order of the names. A name that is
 * gone or is no regular file is left out. Times and next steps are those of the last look, for files that have not
 * changed since.
 */
export function findLogs(
  input: WorkspaceInput & { readonly names: readonly string[]; readonly folder?: string | undefined },
  surroundings: Surroundings,
): LogRowFile[] {
  const root = requireWorkspace(input);
  if (input.folder !== undefined && input.folder !== LOGS_FOLDER)
    return archivesOf(root, input.names, input.folder, surroundings);
  const folder = logsFolder(root);
  if (kindOf(folder) !== 'folder') return [];
  const names = new Set(input.names);
  const seen = lastSnapshot(root)?.index.find(names) ?? [];
  const byName = new Map(seen.map((file) => [file.name, file]));
  return [...names].flatMap((name) => {
    const file = isLogName(name) ? identify(folder, name) : undefined;
    if (file === undefined) return [];
    const known = byName.get(name);
    return [known !== undefined && isSameFile(known, file) ? known : file];
  });
}

function archivesOf(
  root: string,
  names: readonly string[],
  folder: string,
  { environment }: Surroundings,
): LogRowFile[] {
  return [...new Set(names)].flatMap((name) => {
    try {
      return [requireArchive(root, { name, folder }, { environment })];
    } catch (error) {
      if (hasCode(error) && notThere.has(error.code)) return [];
      throw error;
    }
  });
}

const notThere: ReadonlySet<FailureCode> = new Set([
  'file-missing',
  'not-a-regular-file',
  'logs-not-a-folder',
  'not-an-archive-place',
]);

async function indexOf(input: WorkspaceInput, surroundings: TrailSurroundings): Promise<RowIndex> {
  const root = requireWorkspace(input);
  if (lastSnapshot(root) === undefined) await overview({ root }, surroundings);
  const look = lastSnapshot(root);
  if (look === undefined) throw new Failure('unexpected', { detail: `nothing is known of ${root}` });
  return look.index;
}

/** The logs whose names contain `text` in any case, latest first: at most `count`, and the number of all. */
export async function searchLogs(
  input: WorkspaceInput & { readonly text: string; readonly count: number },
  surroundings: TrailSurroundings,
): Promise<LogFilesPage> {
  const { files } = await logFiles(
    { root: input.root, from: 0, count: Number.POSITIVE_INFINITY },
    surroundings,
  );
  const wanted = input.text.toLowerCase();
  const found = files.filter(({ name }) => name.toLowerCase().includes(wanted));
  return { files: found.slice(0, input.count), total: found.length };
}
