import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import { describe } from '../app/words.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { fromUnknown } from '../base/failure.ts';
import { SCHEME } from './ids.ts';
import { formatLogUri, parseLogUri } from './logUri.ts';
import type { LogAddress } from './logUri.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

export function toLogUri(address: LogAddress): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, ...formatLogUri(address) });
}

export interface LogDocuments extends Disposable {
  /** Shows a text of ours as a read-only document, such as a plan. Showing it again replaces it. */
  showText(path: string, text: string): Promise<void>;
}

/**
 * Serves logs as read-only documents of the scheme `workspace-logs`: decompressed in the worker, kept in memory by the
 * editor alone, never written to disk. Only files of open workspace folders are served, whoever asks.
 */
export function registerLogDocuments(app: App, workspaces: Workspaces): LogDocuments {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  /** Open documents by their URI, with the modification time of the file when it was read. */
  const open = new Map<
    string,
    { readonly uri: vscode.Uri; readonly address: LogAddress; modified: number }
  >();

  const texts = new Map<string, { readonly bytes: Uint8Array; readonly at: number }>();

  function addressOf(uri: vscode.Uri): LogAddress & { readonly root: string } {
    const address = parseLogUri(uri.query);
    const workspace = workspaces.all().find(({ folder }) => folder.uri.path === address?.rootPath);
    if (address === undefined || workspace === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return { ...address, root: workspace.root };
  }

  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    async stat(uri) {
      const text = texts.get(uri.toString());
      if (text !== undefined) return fileOf(text.bytes.length, text.at);
      const { root, name, member, part } = addressOf(uri);
      const { textBytes, modified, parts } = await app
        .run('measureLog', { root, name, member })
        .catch(refuse);
      const size = part === undefined || parts === 1 ? textBytes : Math.ceil(textBytes / parts);
      return fileOf(size, modified);
    },
    async readFile(uri) {
      const text = texts.get(uri.toString());
      if (text !== undefined) return text.bytes;
      const { root, name, member, part } = addressOf(uri);
      const input = { root, name, member, part: part?.index ?? 0 };
      const { bytes, modified } = await app.run('readLogPart', input).catch(refuse);
      const known = open.get(uri.toString());
      if (known !== undefined) known.modified = modified;
      return bytes;
    },
    watch(uri) {
      const address = parseLogUri(uri.query);
      if (address !== undefined) open.set(uri.toString(), { uri, address, modified: 0 });
      return new vscode.Disposable(() => open.delete(uri.toString()));
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
  /** Tells VS Code which open logs have changed on disk since they were read. */
  async function tellChanges({ root, folder }: LogWorkspace): Promise<void> {
    const documents = [...open.values()].filter(({ address }) => address.rootPath === folder.uri.path);
    if (documents.length === 0) return;
    const files = await app.run('findLogs', { root, names: documents.map(({ address }) => address.name) });
    const times = new Map(files.map(({ name, modified }) => [name, modified]));
    const stale = documents.filter(({ address, modified }) => {
      const now = times.get(address.name);
      return modified !== 0 && now !== undefined && now !== modified;
    });
    for (const document of stale) document.modified = times.get(document.address.name) ?? 0;
    if (stale.length > 0)
      changed.fire(stale.map(({ uri }) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  store.add(
    workspaces.onDidChange((all) => {
      // A folder that went away meanwhile has no more changes to tell.
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
      store.dispose();
    },
  };
}

function fileOf(size: number, time: number): vscode.FileStat {
  return { type: vscode.FileType.File, ctime: time, mtime: time, size };
}

function refuse(error: unknown): never {
  const failure = fromUnknown(error);
  if (failure.code === 'file-missing' || failure.code === 'logs-missing') {
    throw vscode.FileSystemError.FileNotFound(describe(failure));
  }
  throw vscode.FileSystemError.Unavailable(describe(failure));
}

function readOnly(): never {
  throw vscode.FileSystemError.NoPermissions(vscode.l10n.t('Logs are shown read-only.'));
}
