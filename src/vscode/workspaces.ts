import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import type { Overview } from '../app/listLogs.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { contextKeys } from './ids.ts';
import type { Output } from './output.ts';

/** One workspace folder on disk, with what was last seen in it. */
export interface LogWorkspace {
  readonly folder: vscode.WorkspaceFolder;
  readonly root: string;
  readonly overview: Overview | undefined;
}

/** The open workspace folders, looked at again whenever their logs or policies change on disk. */
export interface Workspaces extends Disposable {
  readonly all: () => readonly LogWorkspace[];
  /** The workspace that a path on disk lies in, its root or below. */
  readonly of: (path: string) => LogWorkspace | undefined;
  readonly onDidChange: vscode.Event<readonly LogWorkspace[]>;
  /** Looks at all folders now. */
  readonly refresh: () => Promise<void>;
}

/** A burst of changes is looked at once, a steady stream of them once a second. */
const SETTLE_MS = 150;
const PAUSE_MS = 1000;

export function watchWorkspaces(app: App, output: Output): Workspaces {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<readonly LogWorkspace[]>());
  let watchers = new DisposableStore();
  let current: readonly LogWorkspace[] = localFolders().map((folder) => toWorkspace(folder, undefined));
  let timer: NodeJS.Timeout | undefined;
  let lastLook = 0;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    lastLook = Date.now();
    const seen = await Promise.all(
      localFolders().map(async (folder) => toWorkspace(folder, await lookInto(folder))),
    );
    current = seen;
    await setContexts(seen);
    changed.fire(seen);
  }

  async function lookInto(folder: vscode.WorkspaceFolder): Promise<Overview | undefined> {
    try {
      return await app.run('overview', { root: folder.uri.fsPath });
    } catch (error) {
      output.error(error);
      return undefined;
    }
  }

  function schedule(): void {
    if (timer !== undefined) return;
    const wait = Math.max(SETTLE_MS, lastLook + PAUSE_MS - Date.now());
    timer = setTimeout(() => {
      timer = undefined;
      void refresh();
    }, wait);
  }

  async function refresh(): Promise<void> {
    while (looking !== undefined) await looking;
    looking = look().catch((error: unknown) => {
      output.error(error);
    });
    await looking.finally(() => {
      looking = undefined;
    });
  }

  function watch(): void {
    watchers.dispose();
    watchers = new DisposableStore();
    for (const folder of localFolders()) {
      for (const pattern of ['.workspace-logs.json', 'logs', 'logs/*']) {
        const watcher = watchers.add(
          vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, pattern)),
        );
        for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
          watchers.add(event(schedule));
      }
    }
  }

  store.add(
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      watch();
      void refresh();
    }),
  );
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void refresh()));
  watch();
  void setContexts(current);
  // The first look starts the worker, which takes some milliseconds of this thread: not while VS Code waits for us.
  setImmediate(() => void refresh());

  return {
    all: () => current,
    of: (path) => innermost(current.filter(({ root }) => path === root || path.startsWith(join(root, sep)))),
    onDidChange: changed.event,
    refresh,
    dispose() {
      clearTimeout(timer);
      watchers.dispose();
      store.dispose();
    },
  };
}

/** Workspace folders may lie in one another. */
function innermost(some: readonly LogWorkspace[]): LogWorkspace | undefined {
  return [...some].sort((a, b) => b.root.length - a.root.length)[0];
}

/** Folders of other kinds (virtual ones) have no files to look after. */
function localFolders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

function toWorkspace(folder: vscode.WorkspaceFolder, overview: Overview | undefined): LogWorkspace {
  return { folder, root: folder.uri.fsPath, overview };
}

/** Menus compare paths as the explorer gives them: as a URI's path, and on Windows as a file system path. */
async function setContexts(workspaces: readonly LogWorkspace[]): Promise<void> {
  const set = (key: string, value: unknown): Thenable<unknown> =>
    vscode.commands.executeCommand('setContext', key, value);
  const paths = (some: readonly LogWorkspace[]): string[] =>
    some.flatMap(({ folder }) => [...new Set([folder.uri.path, folder.uri.fsPath])]);
  const seen = workspaces.map(({ overview }) => overview);
  await set(contextKeys.roots, paths(workspaces));
  await set(
    contextKeys.rootsWithLogs,
    paths(workspaces.filter(({ overview }) => overview?.hasLogs === true)),
  );
  await set(
    contextKeys.visible,
    seen.some((overview) => overview !== undefined && (overview.hasLogs || overview.managed)),
  );
  await set(
    contextKeys.managed,
    seen.some((overview) => overview?.managed === true),
  );
}
