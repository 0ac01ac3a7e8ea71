import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LogFile } from '../../files/logFile.ts';
import { LOGS_FOLDER } from '../../files/places.ts';
import type { LogWorkspace } from './logWorkspace.ts';
import type { ArchivePlace } from './logWorkspace.ts';

/** A log that a command was started on, as the person saw it then. */
export interface LogTarget {
  readonly workspace: LogWorkspace;
  readonly file: LogFile;
  /** The file of an archive, where its own row was meant. */
  readonly member?: string;
}

/** Where a log is on disk. */
export function pathOf({ workspace, file }: LogTarget): string {
  return join(workspace.root, file.folder ?? LOGS_FOLDER, file.name);
}

export function uriOf({ workspace, file }: LogTarget): vscode.Uri {
  return vscode.Uri.joinPath(workspace.folder.uri, file.folder ?? LOGS_FOLDER, file.name);
}

/** How the worker is told which file is meant. */
export function placeOf({ workspace, file: { name, folder } }: LogTarget): ArchivePlace {
  return { root: workspace.root, name, ...(folder !== undefined && { folder }) };
}
