import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LogFile } from '../model/logFile.ts';
import { LOGS_FOLDER } from '../model/places.ts';
import type { LogWorkspace } from './logWorkspace.ts';

/** A log that a command was started on, as the person saw it then. */
export interface LogTarget {
  readonly workspace: LogWorkspace;
  readonly file: LogFile;
}

/** Where a log is on disk. */
export function pathOf({ workspace, file }: LogTarget): string {
  return join(workspace.root, LOGS_FOLDER, file.name);
}

export function uriOf({ workspace, file }: LogTarget): vscode.Uri {
  return vscode.Uri.joinPath(workspace.folder.uri, LOGS_FOLDER, file.name);
}
