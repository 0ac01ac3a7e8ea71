import { join, posix, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { Overview } from '../../view/overview.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { isBookkeeping } from '../../files/fileName.ts';
import { LOGS_FOLDER, POLICY_FILE, SESSIONS_FOLDER } from '../../files/places.ts';
import { archivePatterns, changedFolderOf, type FileEvent } from './archiveChanges.ts';
import type { LogWorkspace } from './logWorkspace.ts';
import type { Output } from './output.ts';
import { contextSetter, setContexts } from './workspaceContexts.ts';

/** A workspace folder that only this module changes. */
interface Seen extends LogWorkspace {
  overview: Overview | undefined;
  /** The folders with archives, and the mark that the overview gave for them. */
  archives: { readonly folders: readonly string[]; readonly mark: string };
}

/** The open workspace folders. They are read again whenever their logs or policies change on disk. */
export interface Workspaces extends Disposable {
  readonly all: () => readonly LogWorkspace[];
  /** The workspace that a path on disk lies in, its root or below. */
  readonly of: (path: string) => LogWorkspace | undefined;
  readonly onDidChange: vscode.Event<readonly LogWorkspace[]>;
  /** Looks at all folders now. */
  readonly refresh: () => Promise<void>;
}

/**
 * VS Code's watcher misses changes in a folder that was created together with its parent, so they are looked for this
 * often.
 */
const MISSED_MS = 1000;
/** A burst of changes causes one look. */
const SETTLE_MS = 50;
/**
 * Under a steady stream of changes the worker rests between two looks for as long as a look takes, within these bounds.
 */
const PAUSE_MS = 300;
const MOST_PAUSE_MS = 500;
/** When a first look takes longer, names and sizes are shown before the times of the entries are known. */
const QUICK_MS = 1000;
/** After more changes than this, every file is looked at. */
const MOST_NAMES = 1000;

/** The changes in a workspace since the last look; undefined stands for everything. */
type Changes =
  | {
      /** Names in `logs/`. */
      readonly names: Set<string>;
      /** Folders that may hold archives, relative to the workspace. */
      readonly folders: Set<string>;
    }
  | undefined;

export function watchWorkspaces(app: App, output: Output): Workspaces {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<readonly LogWorkspace[]>());
  let watchers = new DisposableStore();
  /** The folders of session archives of each root, relative to it. */
  const watched = new Map<string, readonly string[]>();
  const contexts = contextSetter();
  let current = workspacesNow([]);
  /** By root; a root that is not in it has not changed. */
  let changes = new Map<string, Changes>();
  let timer: NodeJS.Timeout | undefined;
  let restUntil = 0;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const begin = performance.now();
    const workspaces = workspacesNow(current);
    const since = changes;
    changes = new Map();
    current = workspaces;
    const stale = workspaces.filter(({ root, overview }) => overview === undefined || since.has(root));
    await Promise.all(stale.map((workspace) => lookAt(workspace, since.get(workspace.root))));
    const end = performance.now();
    restUntil = end + Math.min(Math.max(PAUSE_MS, end - begin), MOST_PAUSE_MS);
    tell();
  }

  async function lookAt(workspace: Seen, since: Changes): Promise<void> {
    const { root } = workspace;
    const whole = lookInto(root, { since });
    if (workspace.overview === undefined && (await takesLong(whole))) {
      await take(workspace, await lookInto(root, { quick: true }));
      void whole
        .then((overview) => take(workspace, overview))
        .then(tell)
        .catch(output.error);
    } else await take(workspace, await whole);
  }

  async function take(workspace: Seen, overview: Overview | undefined): Promise<void> {
    const { root, archives } = workspace;
    workspace.overview = overview;
    if (overview === undefined) return;
    const { tops, foldersMark: mark } = overview.sessions;
    if (archives.mark !== mark)
      workspace.archives = { mark, folders: await app.run('foldersWithArchives', { root }) };
    if (tops.join('\n') === (watched.get(root) ?? tops).join('\n')) return;
    // The policy now names another folder than those that are watched, or another one was used.
    watched.set(root, tops);
    watch();
    note(root);
  }

  function tell(): void {
    setContexts(current, contexts);
    changed.fire(current);
  }

  async function lookInto(
    root: string,
    { since, quick }: { readonly since?: Changes; readonly quick?: boolean },
  ): Promise<Overview | undefined> {
    try {
      const changed = since && [...since.names];
      return await app.run('overview', { root, changed, changedFolders: since && [...since.folders], quick });
    } catch (error) {
      output.error(error);
      return undefined;
    }
  }

  function lookSoon(): void {
    if (looking !== undefined || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        void lookNow();
      },
      Math.max(SETTLE_MS, restUntil - performance.now()),
    );
  }

  async function lookNow(): Promise<void> {
    while (looking !== undefined) await looking;
    looking = look().catch(output.error);
    await looking;
    looking = undefined;
    if (changes.size > 0) lookSoon();
  }

  async function refresh(): Promise<void> {
    for (const { root } of current) changes.set(root, undefined);
    await lookNow();
  }

  function note(
    root: string,
    { name, folder }: { readonly name?: string; readonly folder?: string } = {},
  ): void {
    const known = changes.has(root)
      ? changes.get(root)
      : { names: new Set<string>(), folders: new Set<string>() };
    if (name !== undefined) known?.names.add(name);
    if (folder !== undefined) known?.folders.add(folder);
    changes.set(
      root,
      known !== undefined && known.names.size + known.folders.size > MOST_NAMES ? undefined : known,
    );
    lookSoon();
  }

  async function lookForMissed(): Promise<void> {
    for (const { root, overview } of current)
      if (overview?.sessions.hasLate === true)
        for (const folder of await app.run('missedFolders', { root })) note(root, { folder });
  }

  function watch(): void {
    watchers.dispose();
    watchers = new DisposableStore();
    for (const folder of localFolders()) {
      const root = folder.uri.fsPath;
      watchIn(folder, POLICY_FILE, () => {
        note(root);
      });
      // VS Code reports a folder that is replaced at once, by a folder or anything else, as changed.
      watchIn(folder, LOGS_FOLDER, () => {
        note(root);
      });
      watchIn(folder, `${LOGS_FOLDER}/*`, ({ path }) => {
        const name = posix.basename(path);
        // Lock files change all the time.
        if (!isBookkeeping(name)) note(root, { name });
      });
      const tops = watched.get(root) ?? [SESSIONS_FOLDER];
      watched.set(root, tops);
      for (const sessions of tops)
        for (const pattern of archivePatterns(sessions))
          watchIn(folder, pattern, ({ path }, event) => {
            const changed = changedFolderOf(posix.relative(folder.uri.path, path), event, sessions);
            if (changed !== undefined) note(root, { folder: changed });
          });
    }
  }

  function watchIn(
    folder: vscode.WorkspaceFolder,
    pattern: string,
    seen: (uri: vscode.Uri, event: FileEvent) => void,
  ): void {
    const inFolder = new vscode.RelativePattern(folder, pattern);
    const watcher = watchers.add(vscode.workspace.createFileSystemWatcher(inFolder));
    const on = (event: FileEvent) => (uri: vscode.Uri) => {
      seen(uri, event);
    };
    watchers.add(watcher.onDidCreate(on('created')));
    watchers.add(watcher.onDidChange(on('changed')));
    watchers.add(watcher.onDidDelete(on('deleted')));
  }

  store.add(
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      watch();
      void refresh();
    }),
  );
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void refresh()));
  watch();
  setContexts(current, contexts);
  // The first look starts the worker, which takes some milliseconds of this thread. So it does not run while VS Code
  // waits for the activation.
  setImmediate(() => void refresh());

  const missing = setInterval(() => void lookForMissed().catch(output.error), MISSED_MS);

  return {
    all: () => current,
    of: (path) => innermost(current.filter(({ root }) => path === root || path.startsWith(join(root, sep)))),
    onDidChange: changed.event,
    refresh,
    dispose() {
      clearTimeout(timer);
      clearInterval(missing);
      watchers.dispose();
      store.dispose();
    },
  };
}

/**
 * Closes the page of each workspace that is removed from the window.
 * @param pages the open pages by the roots of their workspaces
 * @returns closes all of them
 */
export function closePages(workspaces: Workspaces, pages: ReadonlyMap<string, Disposable>): Disposable {
  const change = workspaces.onDidChange((all) => {
    for (const [root, page] of pages) if (!all.some((workspace) => workspace.root === root)) page.dispose();
  });
  return {
    dispose() {
      change.dispose();
      for (const page of pages.values()) page.dispose();
    },
  };
}

/** Whether a look takes longer than `QUICK_MS`, a wait that a person hardly notices. */
async function takesLong(look: Promise<unknown>): Promise<boolean> {
  const controller = new AbortController();
  const moment = delay(QUICK_MS, true, { signal: controller.signal, ref: false }).catch(() => false);
  const isLong = await Promise.race([look.then(() => false), moment]);
  controller.abort();
  return isLong;
}

/** Workspace folders may lie in one another. */
function innermost(some: readonly LogWorkspace[]): LogWorkspace | undefined {
  return [...some].sort((a, b) => b.root.length - a.root.length)[0];
}

/** Folders with another scheme (virtual ones) have no files on disk. */
function localFolders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

/** The open folders. A folder that was open before keeps its object. */
function workspacesNow(before: readonly Seen[]): Seen[] {
  return localFolders().map((folder) => {
    const root = folder.uri.fsPath;
    const known = before.find(
      (workspace) => workspace.root === root && workspace.folder.name === folder.name,
    );
    return known ?? { folder, root, overview: undefined, archives: { folders: [], mark: '' } };
  });
}
