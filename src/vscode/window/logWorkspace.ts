import * as vscode from 'vscode';
import type { LogFile } from '../../files/logFile.ts';
import type { Overview } from '../../view/overview.ts';
import { join } from 'node:path';
import { LOGS_FOLDER } from '../../files/places.ts';

/**
 * One workspace folder on disk, with the result of the last look at it. It stays the same object as long as the folder
 * is open.
 */
export interface LogWorkspace {
  readonly folder: vscode.WorkspaceFolder;
  readonly root: string;
  readonly overview: Overview | undefined;
}

/** Whether it has a policy, even a damaged one. */
export function isManaged({ overview }: LogWorkspace): boolean {
  return overview?.managed === true;
}

/** The place of an archive, in the form that the worker takes. */
export interface ArchivePlace extends Pick<LogFile, 'name' | 'folder'> {
  readonly root: string;
}

/** A log that a command was started on, with the data that the person saw at that time. */
export interface LogTarget {
  readonly workspace: LogWorkspace;
  readonly file: LogFile;
  /** The file inside the archive, where the command was started on that file's row. */
  readonly member?: string;
}

/** Where a log is on disk. */
export function pathOf({ workspace, file }: LogTarget): string {
  return join(workspace.root, file.folder ?? LOGS_FOLDER, file.name);
}

export function uriOf({ workspace, file }: LogTarget): vscode.Uri {
  return vscode.Uri.joinPath(workspace.folder.uri, file.folder ?? LOGS_FOLDER, file.name);
}

/** The place of a log, in the form that the worker takes. */
export function placeOf({ workspace, file: { name, folder } }: LogTarget): ArchivePlace {
  return { root: workspace.root, name, ...(folder !== undefined && { folder }) };
}
