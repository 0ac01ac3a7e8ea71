import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { LogInput, LogSize } from '../../reading/readLog.ts';
import { describe } from '../../words/failures.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { fromFailureMessage, fromUnknown, type FailureMessage } from '../../base/failure.ts';
import { SCHEME } from '../window/ids.ts';
import { lockedDocuments } from './lockedDocuments.ts';
import { formatLogUri, parseLogUri, type LogAddress } from './logUri.ts';
import { isAboutPassword, type Passwords } from '../passwords/passwords.ts';
import { offer } from '../window/tell.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

export function toLogUri(address: LogAddress): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, ...formatLogUri(address) });
}

export interface LogDocuments extends Disposable {
  /** Shows a text such as a plan as a read-only document, in place of an earlier text with the same path. */
  showText(path: string, text: string): Promise<void>;
}

/**
 * Serves logs as read-only documents of the scheme `workspace-logs`. The worker decompresses and decrypts them. Only
 * the editor keeps the text, in memory; it is never written to disk. Every caller gets only files of open workspace
 * folders.
 *
 * No text is kept here, so there is nothing to delete when a tab closes. VS Code drops a read-only document with its
 * last editor and stops watching it; then the few facts kept here about it are deleted, too.
 */
export function registerLogDocuments(
  app: App,
  workspaces: Workspaces,
  passwords: Passwords,
  onDidChangePasswords: vscode.Event<unknown>,
): LogDocuments {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  /** Open documents by their URI. VS Code reads a document first and then watches it. */
  const open = new Map<string, OpenDocument>();
  /** The last read of each document: the file's time, and the length of the text. */
  const reads = new Map<string, Read>();
  const timers = new Map<string, NodeJS.Timeout>();

  /** Whether a document shows a part of this very text: then a further read opens nothing. */
  function isOpen({ root, name, folder, member }: LogInput): boolean {
    const rootPath = workspaces.all().find((workspace) => workspace.root === root)?.folder.uri.path;
    return [...open].some(
      ([key, { address }]) =>
        reads.has(key) &&
        address.rootPath === rootPath &&
        address.name === name &&
        address.folder === folder &&
        address.member === member,
    );
  }

  const texts = new Map<string, { readonly bytes: Uint8Array; readonly at: number }>();

  const locked = lockedDocuments();
  store.add(
    onDidChangePasswords(() => {
      changed.fire(locked.uris().map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
    }),
  );

  function inputOf(uri: vscode.Uri): LogInput & Pick<LogAddress, 'part'> {
    const address = parseLogUri(uri.query);
    const workspace = workspaces.all().find(({ folder }) => folder.uri.path === address?.rootPath);
    if (address === undefined || workspace === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const { name, folder, member, part } = address;
    return { root: workspace.root, name, folder, member, part };
  }

  /**
   * VS Code also reads the tabs of an earlier session, so this does not ask for a password. Until the password is
   * known, a sentence replaces the text: for an error VS Code would only report that it was unexpected.
   */
  async function unlessLocked<T>(uri: vscode.Uri, work: () => Promise<T>): Promise<T | 'locked'> {
    try {
      return await passwords.withRemembered(work);
    } catch (error) {
      if (!isAboutPassword(error)) throw error;
      const { root, name, folder } = inputOf(uri);
      const place = { root, name, ...(folder !== undefined && { folder }) };
      locked.add({ uri, unlock: () => passwords.withPassword(place, work) });
      return 'locked';
    }
  }

  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    async stat(uri) {
      const text = texts.get(uri.toString());
      if (text !== undefined) return fileOf(text.bytes.length, text.at);
      const { part, ...input } = inputOf(uri);
      const measure = (): Promise<LogSize> => app.run('measureLog', input);
      const measured = await unlessLocked(uri, measure).catch((error: unknown) => {
        // VS Code swallows this error for an open document, so report it here.
        if (reads.has(uri.toString())) tell(error);
        return refuse(error);
      });
      if (measured === 'locked') return fileOf(lockedText().length, 0);
      const { textBytes, modified, parts } = measured;
      const size = part === undefined || parts === 1 ? textBytes : Math.ceil(textBytes / parts);
      return fileOf(size, modified);
    },
    async readFile(uri) {
      const text = texts.get(uri.toString());
      if (text !== undefined) return text.bytes;
      const { part, ...input } = inputOf(uri);
      const readPart = (): Promise<LogSize & { readonly bytes: Uint8Array }> =>
        app.run('readLogPart', { ...input, part: part?.index ?? 0, opens: !isOpen(input) });
      const read = await unlessLocked(uri, readPart).catch((error: unknown) => {
        tell(error);
        return refuse(error);
      });
      if (read === 'locked') return lockedText();
      locked.remove(uri);
      const { bytes, modified, damage } = read;
      // A log that is being written compressed looks cut at each read, so this is said once a document.
      if (damage !== undefined && reads.get(uri.toString())?.isDamaged !== true) tellDamage(damage);
      const isDamaged = damage !== undefined;
      reads.set(uri.toString(), { modified, bytes: bytes.length, at: Date.now(), isDamaged });
      return bytes;
    },
    watch(uri) {
      const address = parseLogUri(uri.query);
      const key = uri.toString();
      if (address !== undefined) open.set(key, { uri, address });
      return new vscode.Disposable(() => {
        open.delete(key);
        reads.delete(key);
        locked.remove(uri);
        clearTimeout(timers.get(key));
        timers.delete(key);
      });
    },
    readDirectory: () => [],
    createDirectory: readOnly,
    writeFile: readOnly,
    delete: readOnly,
    rename: readOnly,
  };

  store.add(
    vscode.workspace.registerFileSystemProvider(SCHEME, provider, {
      isReadonly: true,
      isCaseSensitive: true,
    }),
  );
  /** Reports to VS Code which open logs have changed since they were read, were deleted, or are back. */
  async function tellChanges({ root, folder }: LogWorkspace): Promise<void> {
    const documents = [...open].filter(([, { address }]) => address.rootPath === folder.uri.path);
    if (documents.length === 0) return;
    const byFolder = Map.groupBy(documents, ([, { address }]) => address.folder);
    for (const [below, some] of byFolder) await tellChangesIn({ root, folder: below }, some);
  }

  async function tellChangesIn(
    place: Pick<LogInput, 'root' | 'folder'>,
    documents: readonly (readonly [key: string, OpenDocument])[],
  ): Promise<void> {
    const names = documents.map(([, { address }]) => address.name);
    const files = await app.run('findLogs', { ...place, names });
    const times = new Map(files.map(({ name, modified }) => [name, modified]));
    for (const [key, { uri, address }] of documents) {
      const read = reads.get(key);
      const now = times.get(address.name);
      if (read === undefined || now === read.modified) continue;
      if (now === undefined) {
        reads.set(key, { ...read, modified: undefined });
        changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
      } else if (read.modified === undefined) {
        changed.fire([{ type: vscode.FileChangeType.Created, uri }]);
        changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
      } else tellLater(key, uri, read);
    }
  }

  /**
   * Reports a change of a log later, so that a large log is not read again for every new line: reading takes at most a
   * twentieth of the time.
   */
  function tellLater(key: string, uri: vscode.Uri, { bytes, at }: Read): void {
    if (timers.has(key)) return;
    const wait = at + bytes / BYTES_PER_MS - Date.now();
    const timer = setTimeout(() => {
      timers.delete(key);
      changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }, wait);
    timers.set(key, timer);
  }

  store.add(
    workspaces.onDidChange((all) => {
      // A folder that was removed in the meantime has no more changes to report.
      for (const workspace of all) void tellChanges(workspace).catch(() => undefined);
    }),
  );
  return {
    async showText(path, text) {
      const uri = vscode.Uri.from({ scheme: SCHEME, path });
      texts.set(uri.toString(), { bytes: new TextEncoder().encode(text), at: Date.now() });
      changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
      await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
    },
    dispose() {
      for (const timer of timers.values()) clearTimeout(timer);
      store.dispose();
    },
  };
}

function lockedText(): Uint8Array {
  const sentence = vscode.l10n.t('This file is encrypted, and no known password opens it.');
  return new TextEncoder().encode(sentence);
}

function fileOf(size: number, time: number): vscode.FileStat {
  return { type: vscode.FileType.File, ctime: time, mtime: time, size };
}

interface OpenDocument {
  readonly uri: vscode.Uri;
  readonly address: LogAddress;
}

interface Read {
  /** ms since 1970; undefined once the file is gone. */
  readonly modified: number | undefined;
  readonly bytes: number;
  readonly at: number;
  /** Whether the text ended where the file is damaged. */
  readonly isDamaged: boolean;
}

/** About 20 MB a second reach the page, and reading should take at most a twentieth of its time. */
const BYTES_PER_MS = 1000;

function isGone(error: unknown): boolean {
  const { code } = fromUnknown(error);
  return code === 'file-missing' || code === 'logs-missing';
}

/**
 * Shows an error, because VS Code itself would only report that something unexpected happened. It shows by itself that
 * a file is gone.
 */
function tell(error: unknown): void {
  if (!isGone(error)) void offer('error', describe(fromUnknown(error)));
}

function tellDamage(damage: FailureMessage): void {
  const why = describe(fromFailureMessage(damage));
  void offer('warning', vscode.l10n.t('{0} The text up to there is shown.', why));
}

function refuse(error: unknown): never {
  const failure = fromUnknown(error);
  if (isGone(error)) throw vscode.FileSystemError.FileNotFound(describe(failure));
  throw vscode.FileSystemError.Unavailable(describe(failure));
}

function readOnly(): never {
  throw vscode.FileSystemError.NoPermissions(vscode.l10n.t('Logs are shown read-only.'));
}
