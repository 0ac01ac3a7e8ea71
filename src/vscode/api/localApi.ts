import * as vscode from 'vscode';
import { fromFailureMessage } from '../../base/failure.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { JobRunner } from '../../base/job.ts';
import type { ApiJobs, ServeReport } from '../../http/worker/serveApi.ts';
import { commands, contextKeys } from '../window/ids.ts';
import { isManaged } from '../window/logWorkspace.ts';
import type { Output } from '../window/output.ts';
import { offer, registerCommand, telling } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** The command of a click on the item. It is not in package.json, so the palette does not show it. */
const CHOOSE = 'workspaceLogs.localApiChoices';
/** Running requests may go on so long, in ms. VS Code waits 5 s for all that an extension does at the end. */
const PATIENCE_MS = 2000;

/**
 * *Start Local API* and *Stop Local API*: the HTTP API of the window's managed folders, and the status bar item that is
 * shown while it runs.
 * @param api its worker, which is there only while the API runs
 * @returns `stop` resolves when the API has ended
 */
export function registerLocalApi(
  api: JobRunner<ApiJobs, ServeReport>,
  workspaces: Workspaces,
  output: Output,
): Disposable & { readonly stop: () => Promise<unknown> } {
  const store = new DisposableStore();
  const item = store.add(
    vscode.window.createStatusBarItem('workspaceLogs.api', vscode.StatusBarAlignment.Left),
  );
  const title = vscode.l10n.t('Local API');
  const copyAddress = vscode.l10n.t('Copy Address');
  const copied = (text: string): Thenable<void> => vscode.env.clipboard.writeText(text);
  item.name = title;
  item.text = vscode.l10n.t('{0} Logs API', '$(broadcast)');
  item.command = CHOOSE;
  let running: { readonly roots: readonly string[]; readonly asked: AbortController } | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let place = { url: '', tokenFile: '' };

  async function start(): Promise<void> {
    if (running !== undefined || !mayChange()) return;
    const roots = workspaces.all().flatMap((one) => (isManaged(one) ? [one.root] : []));
    if (roots.length === 0) {
      await offer(
        'warning',
        vscode.l10n.t(
          'No folder of this window has a policy, so there is nothing to serve. Run Configure Logging first.',
        ),
      );
      return;
    }
    const asked = new AbortController();
    running = { roots, asked };
    ended = telling(output, () =>
      api.run('serveApi', { roots, port: 0, patience: PATIENCE_MS }, { signal: asked.signal, onReport }),
    ).finally(() => {
      running = undefined;
      api.dispose();
      show(false);
    });
  }

  function onReport(report: ServeReport): void {
    if (report.kind === 'failure') {
      output.error(fromFailureMessage(report.failure));
      return;
    }
    place = report;
    const label = vscode.l10n.t(
      'The local API answers at {0}. The file {1} holds its tokens.',
      place.url,
      place.tokenFile,
    );
    item.tooltip = label;
    item.accessibilityInformation = { label, role: 'button' };
    show(true);
    // With a button VS Code shows the whole sentence, without one its first line.
    void offer('info', label, { [copyAddress]: () => copied(place.url) });
  }

  function show(isRunning: boolean): void {
    if (isRunning) item.show();
    else item.hide();
    void vscode.commands.executeCommand('setContext', contextKeys.apiRunning, isRunning);
  }

  function stop(): Promise<unknown> {
    running?.asked.abort();
    return ended;
  }

  async function choose(): Promise<void> {
    const { url, tokenFile } = place;
    const copy = (label: string, text: string): vscode.QuickPickItem & { readonly act: () => unknown } => ({
      label,
      description: text,
      act: () => copied(text),
    });
    const items = [
      copy(copyAddress, url),
      copy(vscode.l10n.t('Copy Path of Token File'), tokenFile),
      { label: vscode.l10n.t('Stop Local API'), act: stop },
    ];
    await (await vscode.window.showQuickPick(items, { title }))?.act();
  }

  store.add(registerCommand(commands.startApi, output, start));
  store.add(registerCommand(commands.stopApi, output, stop));
  store.add(registerCommand(CHOOSE, output, choose));
  store.add(
    workspaces.onDidChange((all) => {
      if (running === undefined || running.asked.signal.aborted) return;
      if (running.roots.every((root) => all.some((one) => one.root === root))) return;
      void stop();
      void offer('info', vscode.l10n.t('The local API was stopped, because one of its folders was closed.'));
    }),
  );
  return {
    stop,
    dispose() {
      void stop();
      store.dispose();
    },
  };
}
