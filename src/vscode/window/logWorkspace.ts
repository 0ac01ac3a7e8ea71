import type * as vscode from 'vscode';
import type { LogFile } from '../../files/logFile.ts';
import type { Overview } from '../../view/overview.ts';

/** One workspace folder on disk, with what was last seen in it; the same object as long as the folder is open. */
export interface LogWorkspace {
  readonly folder: vscode.WorkspaceFolder;
  readonly root: string;
  readonly overview: Overview | undefined;
}

/** Whether it has a policy, be it a damaged one. */
export function isManaged({ overview }: LogWorkspace): boolean {
  return overview?.managed === true;
}

/** Names an archive for the worker. */
export interface ArchivePlace extends Pick<LogFile, 'name' | 'folder'> {
  readonly root: string;
}
