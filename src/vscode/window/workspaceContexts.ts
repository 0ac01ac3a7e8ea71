import * as vscode from 'vscode';
import type { Overview } from '../../view/overview.ts';
import { LOGS_FOLDER } from '../../files/places.ts';
import { contextKeys } from './ids.ts';
import { isManaged, type LogWorkspace } from './logWorkspace.ts';
import { menuPaths } from './menuPaths.ts';

/** Sets a context key when its value has changed. */
export type SetContext = (key: string, value: unknown) => void;

export function contextSetter(): SetContext {
  const values = new Map<string, string>();
  return (key, value) => {
    const text = JSON.stringify(value);
    if (values.get(key) === text) return;
    values.set(key, text);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}

interface WorkspaceWithArchives extends LogWorkspace {
  /** The folders with archives, relative to the workspace. */
  readonly archives: { readonly folders: readonly string[] };
}

/** Sets the context keys that menus and the view's welcome text depend on. */
export function setContexts(workspaces: readonly WorkspaceWithArchives[], set: SetContext): void {
  const overviews = workspaces.flatMap(({ overview }) => overview ?? []);
  const hasLogs = ({ overview }: LogWorkspace): boolean => overview?.hasLogs === true;
  const isUsable = ({ managed, failure }: Overview): boolean => managed && failure === undefined;
  set(contextKeys.roots, pathsOf(workspaces));
  set(contextKeys.rootsWithLogs, pathsOf(workspaces.filter(hasLogs)));
  set(contextKeys.logDirs, pathsOf(workspaces.filter(hasLogs), LOGS_FOLDER));
  set(
    contextKeys.managedLogDirs,
    pathsOf(
      workspaces.filter((workspace) => hasLogs(workspace) && isManaged(workspace)),
      LOGS_FOLDER,
    ),
  );
  set(contextKeys.archiveDirs, archiveDirsOf(workspaces));
  set(contextKeys.managedArchiveDirs, archiveDirsOf(workspaces.filter(isManaged)));
  set(
    contextKeys.visible,
    overviews.some(({ hasLogs: some, managed, sessions }) => some || managed || sessions.files > 0),
  );
  set(contextKeys.managed, workspaces.some(isManaged));
  set(
    contextKeys.held,
    overviews.some((overview) => isUsable(overview) && overview.held),
  );
  set(
    contextKeys.unheld,
    overviews.some((overview) => isUsable(overview) && !overview.held),
  );
  set(
    contextKeys.pending,
    overviews.some(({ acceptance }) => acceptance?.kind === 'pending'),
  );
}

/** Menus compare paths as the explorer gives them: as a URI's path, and on Windows as a file system path. */
function pathsOf(workspaces: readonly LogWorkspace[], below = ''): string[] {
  const uris = workspaces.map(({ folder }) => vscode.Uri.joinPath(folder.uri, below));
  return [...new Set(uris.flatMap(({ path, fsPath }) => [path, fsPath]))];
}

/** VS Code keeps each folder for every menu, so their number is limited. */
const MOST_DIRS = 5000;

function archiveDirsOf(workspaces: readonly WorkspaceWithArchives[]): string[] {
  const dirs = workspaces.flatMap(({ folder: { uri }, archives }) =>
    archives.folders.map((path) => menuPaths(uri, path)),
  );
  return [...new Set(dirs.slice(0, MOST_DIRS).flat())];
}
