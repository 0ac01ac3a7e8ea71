import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import {
  parsePageMessage,
  type HostMessage,
  type PageMessage,
  type TrailStatus,
} from '../../audit/page/auditMessages.ts';
import type { ShownFilter } from '../../audit/page/pageData.ts';
import type { Trail } from '../../audit/trail.ts';
import type { Disposable } from '../../base/disposable.ts';
import { fromUnknown } from '../../base/failure.ts';
import { describe } from '../../words/failures.ts';
import { commands } from '../window/ids.ts';
import { isManaged, type LogWorkspace } from '../window/logWorkspace.ts';
import type { Output } from '../window/output.ts';
import { telling } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import type { Workspaces } from '../window/workspaces.ts';
import { auditPage } from './auditPage.ts';
import { pageWords } from './auditWords.ts';
import { watchTrail } from './trailChanges.ts';
import type { Verifications } from './verifications.ts';
import { badgeOf, describeTotal } from './verificationTexts.ts';

export interface AuditServices {
  readonly trail: Trail;
  readonly workspaces: Workspaces;
  readonly verifications: Verifications;
  readonly output: Output;
  readonly extension: vscode.Uri;
  readonly verify: (workspace: LogWorkspace) => Promise<void>;
  readonly exportShown: (workspace: LogWorkspace, filter: ShownFilter) => Promise<void>;
}

export interface AuditPanel extends Disposable {
  readonly panel: vscode.WebviewPanel;
  /** The filter of the rows that are shown. */
  readonly filter: () => ShownFilter;
  /** Goes to the record with this number. */
  readonly show: (seq: number) => void;
}

/** Opens the page *Audit Trail* of a workspace. It only reads; what it shows of records is kept nowhere. */
export function openAuditPanel(services: AuditServices, workspace: LogWorkspace): AuditPanel {
  const { trail, workspaces, verifications, output, extension } = services;
  const { root, folder } = workspace;
  const local = vscode.Uri.joinPath(extension, 'dist', 'webview');
  const panel = vscode.window.createWebviewPanel(
    'workspaceLogs.audit',
    vscode.l10n.t('Audit Trail: {0}', folder.name),
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [local], retainContextWhenHidden: true },
  );
  let isClosed = false;
  let isReady = false;
  let filter: ShownFilter = {};
  let records = 0;
  let sealed = 0;
  let counting = new AbortController();
  /** A record to go to once the page is ready. */
  let wanted: number | undefined;

  /** Where nothing may be written, reading leaves no file behind either. */
  const place = (): { readonly root: string; readonly leavesNothing: boolean } => ({
    root,
    leavesNothing: !vscode.workspace.isTrusted || !isManaged(workspace),
  });

  const send = (message: HostMessage): void => {
    if (!isClosed) void panel.webview.postMessage(message);
  };

  async function status(): Promise<TrailStatus> {
    let notice = '';
    try {
      ({ records, sealed } = await trail.run('stateOfTrail', place()));
    } catch (error) {
      notice = describe(fromUnknown(error));
    }
    const isUnmanaged = workspace.overview !== undefined && !isManaged(workspace);
    if (notice === '' && isUnmanaged)
      notice = vscode.l10n.t('This workspace has no policy, so nothing is recorded.');
    return {
      records,
      sealed,
      badge: badgeOf(verifications.last(root), verifications.isRunning(root), { records, sealed }),
      notice,
      isUnmanaged,
      isTrusted: vscode.workspace.isTrusted,
    };
  }

  async function sendStatus(): Promise<void> {
    if (isReady) send({ kind: 'status', status: await status() });
  }

  function show(seq: number): void {
    if (isReady) send({ kind: 'show', seq });
    else wanted = seq;
  }

  async function count(message: PageMessage & { kind: 'summaries' }): Promise<void> {
    counting.abort();
    const controller = (counting = new AbortController());
    const { request, filter: counted, range, bars, offset } = message;
    const input = { ...place(), filter: counted, range, bars, offset };
    try {
      const found = await trail.run('summariseTrail', input, { signal: controller.signal });
      const { total = 0, summaries = EMPTY } = found ?? {};
      const isAll = Object.keys(counted).length === 0;
      send({ kind: 'summaries', request, summaries, total: describeTotal(total, isAll ? total : records) });
    } catch (error) {
      // A newer question took its place.
      if (!controller.signal.aborted) throw error;
    }
  }

  async function copy(what: 'record' | 'proof', seq: number): Promise<void> {
    if (what === 'proof' && !mayChange()) return;
    const record = await trail.run('recordOfTrail', { ...place(), seq });
    if (record?.seq !== seq) return;
    const text = what === 'record' ? `${record.entry}\n` : await proofOf(idOf(record.entry));
    await vscode.env.clipboard.writeText(text);
    send({
      kind: 'said',
      text:
        what === 'record' ? vscode.l10n.t('The record is copied.') : vscode.l10n.t('The proof is copied.'),
    });
  }

  /** It signs a checkpoint first, so the trail is opened for writing; then it is closed again. */
  async function proofOf(id: string): Promise<string> {
    try {
      return await trail.run('proofInTrail', { root, id });
    } finally {
      await trail.run('closeTrail', { root });
    }
  }

  async function answer(message: PageMessage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        send({ kind: 'load', words: pageWords(), status: await status() });
        isReady = true;
        if (wanted !== undefined) show(wanted);
        wanted = undefined;
        return;
      case 'rows': {
        const { request, after } = message;
        filter = message.filter;
        send({ kind: 'rows', request, part: await trail.run('rowsOfTrail', { ...place(), filter, after }) });
        return;
      }
      case 'summaries':
        return count(message);
      case 'record': {
        const { request, seq } = message;
        send({ kind: 'record', request, record: await trail.run('recordOfTrail', { ...place(), seq }) });
        return;
      }
      case 'copy':
        return copy(message.what, message.seq);
      case 'verify':
        return services.verify(workspace);
      case 'export':
        return services.exportShown(workspace, message.filter);
      case 'configure':
        await vscode.commands.executeCommand(commands.configure, folder.uri);
    }
  }

  panel.webview.onDidReceiveMessage((value: unknown) => {
    const message = parsePageMessage(value);
    if (message === undefined) return;
    const isQuestion = message.kind === 'rows' || message.kind === 'summaries' || message.kind === 'record';
    void (isQuestion
      ? answer(message).catch((error: unknown) => {
          const { request } = message;
          send({ kind: 'failed', request, text: describe(fromUnknown(error)) });
        })
      : telling(output, () => answer(message)));
  });
  const listening = [
    watchTrail(
      root,
      () => panel.visible && isReady,
      () => void sendStatus(),
    ),
    verifications.onDidChange((changed) => {
      if (changed === root) void sendStatus();
    }),
    workspaces.onDidChange(() => void sendStatus()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void sendStatus()),
  ];
  panel.onDidDispose(() => {
    isClosed = true;
    counting.abort();
    for (const each of listening) each.dispose();
  });
  const uriOf = (name: string): string =>
    panel.webview.asWebviewUri(vscode.Uri.joinPath(local, name)).toString();
  panel.webview.html = auditPage(
    {
      nonce: randomBytes(18).toString('base64url'),
      cspSource: panel.webview.cspSource,
      script: uriOf('audit.js'),
      style: uriOf('audit.css'),
      shared: uriOf('shared.css'),
      icons: uriOf('codicon.css'),
    },
    { language: vscode.env.language, folder: folder.name },
  );
  return {
    panel,
    filter: () => filter,
    show,
    dispose() {
      panel.dispose();
    },
  };
}

/** What is counted in a workspace without a trail. */
const EMPTY = JSON.stringify({
  total: 0,
  groups: {
    action: { values: [], others: 0 },
    user: { values: [], others: 0 },
    kind: { values: [], others: 0 },
  },
});

function idOf(entry: string): string {
  const { id } = JSON.parse(entry) as { readonly id?: unknown };
  return String(id);
}
