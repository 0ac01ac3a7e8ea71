import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { App } from '../app/jobs.ts';
import { describe } from '../app/words.ts';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { fromUnknown } from '../base/failure.ts';
import { parsePageMessage } from '../model/pageMessages.ts';
import type { HostMessage, PageMessage } from '../model/pageMessages.ts';
import { toEdits, toForm } from '../model/policyForm.ts';
import type { PolicyEdit } from '../model/policyText.ts';
import type { PolicyForm } from '../model/policyForm.ts';
import { configurePage } from './configurePage.ts';
import { describeProblems, describePreview, formTexts } from './configureTexts.ts';
import { tellAboutGit } from './gitMessages.ts';
import { commands } from './ids.ts';
import type { Output } from './output.ts';
import { pickWorkspace } from './pickWorkspace.ts';
import type { CommandTarget } from './pickWorkspace.ts';
import { describeRecording } from './recordingTexts.ts';
import { offer, telling } from './tell.ts';
import { mayChange } from './trust.ts';
import type { LogWorkspace, Workspaces } from './workspaces.ts';

/** *Configure Logging*: one form a workspace. *Initialize* does the same with the defaults, without asking. */
export function registerConfigure(
  app: App,
  workspaces: Workspaces,
  output: Output,
  extension: vscode.Uri,
): Disposable {
  const store = new DisposableStore();
  const panels = new Map<string, vscode.WebviewPanel>();

  async function configure(target: CommandTarget): Promise<void> {
    const workspace = await pickWorkspace(target, workspaces);
    if (workspace === undefined || !mayChange()) return;
    const open = panels.get(workspace.root);
    if (open !== undefined) {
      open.reveal();
      return;
    }
    // The form would show defaults for what it cannot read, and save them.
    const { failure } = await app.run('describePolicy', { root: workspace.root });
    if (failure !== undefined) {
      void offer('error', describe(failure), { 'Open Policy': () => openPolicy(workspace) });
      return;
    }
    const panel = openPanel(app, workspaces, workspace, output, extension);
    panels.set(workspace.root, panel);
    panel.onDidDispose(() => panels.delete(workspace.root));
  }

  async function initialize(target: CommandTarget): Promise<void> {
    const workspace = await pickWorkspace(target, workspaces);
    if (workspace === undefined || !mayChange()) return;
    const { root, folder } = workspace;
    const { created, git } = await app.run('initialise', { root }, { onReport: output.report });
    await workspaces.refresh();
    const text =
      created.length === 0 ? 'has a policy already.' : `now has a policy (made: ${created.join(', ')}).`;
    void offer('info', `${folder.name} ${text}`, { 'Configure Logging': () => configure(folder.uri) });
    tellAboutGit(app, root, git, output);
  }

  const register = (command: string, run: (target: CommandTarget) => Promise<void>): void => {
    store.add(
      vscode.commands.registerCommand(command, (target: CommandTarget) => telling(output, () => run(target))),
    );
  };
  register(commands.configure, configure);
  register(commands.initialize, initialize);
  store.add({
    dispose() {
      for (const panel of panels.values()) panel.dispose();
    },
  });
  return store;
}

function openPanel(
  app: App,
  workspaces: Workspaces,
  workspace: LogWorkspace,
  output: Output,
  extension: vscode.Uri,
): vscode.WebviewPanel {
  const { root, folder } = workspace;
  const local = vscode.Uri.joinPath(extension, 'dist', 'webview');
  const panel = vscode.window.createWebviewPanel(
    'workspaceLogs.configure',
    `Configure Logging: ${folder.name}`,
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [local], retainContextWhenHidden: true },
  );
  const send = (message: HostMessage): void => {
    void panel.webview.postMessage(message);
  };

  /** What the form was filled with, by key: only what a person changed is saved, and accepted with that. */
  let filled = new Map<string, string>();

  function editsOf(form: PolicyForm): PolicyEdit[] {
    return toEdits(form).filter(({ key, value }) => filled.get(key) !== JSON.stringify(value));
  }

  async function load(): Promise<void> {
    const state = await app.run('describePolicy', { root });
    filled = new Map(toEdits(toForm(state.policy)).map(({ key, value }) => [key, JSON.stringify(value)]));
    send({ kind: 'load', form: toForm(state.policy), texts: formTexts(folder.name, state) });
  }

  async function check(form: PolicyForm, seq: number): Promise<void> {
    const edits = editsOf(form);
    const issues = await app.run('checkPolicy', { root, edits });
    const { problems, others } = describeProblems(issues, form);
    if (issues.length > 0) send({ kind: 'checked', seq, problems, failure: others });
    else {
      const [preview, recording] = await Promise.all([
        app.run('previewMaintenance', { root, edits }),
        app.run('previewRecording', { root, edits }),
      ]);
      send({
        kind: 'checked',
        seq,
        problems,
        preview: describePreview(preview),
        recording: describeRecording(recording, vscode.env.language),
      });
    }
  }

  async function save(form: PolicyForm): Promise<void> {
    if (!mayChange()) return;
    const edits = editsOf(form);
    const { git } = await app.run('savePolicy', { root, edits }, { onReport: output.report });
    panel.dispose();
    await workspaces.refresh();
    void offer('info', `The policy of ${folder.name} is saved.`, {
      'Run Maintenance Now': () => vscode.commands.executeCommand(commands.runMaintenance, folder.uri),
    });
    tellAboutGit(app, root, git, output);
  }

  async function answer(message: PageMessage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return load();
      case 'changed':
        return check(message.form, message.seq).catch((error: unknown) => {
          send({ kind: 'checked', seq: message.seq, problems: {}, failure: describe(fromUnknown(error)) });
        });
      case 'save':
        return save(message.form).catch((error: unknown) => {
          send({ kind: 'failed', text: describe(fromUnknown(error)) });
        });
      case 'cancel':
        panel.dispose();
        return;
      case 'open-policy':
        await vscode.commands.executeCommand(
          'vscode.open',
          vscode.Uri.joinPath(folder.uri, '.workspace-logs.json'),
        );
    }
  }

  panel.webview.onDidReceiveMessage((value: unknown) => {
    const message = parsePageMessage(value);
    if (message !== undefined) void telling(output, () => answer(message));
  });
  const nonce = randomBytes(18).toString('base64url');
  panel.webview.html = configurePage({
    nonce,
    cspSource: panel.webview.cspSource,
    script: panel.webview.asWebviewUri(vscode.Uri.joinPath(local, 'configure.js')).toString(),
    style: panel.webview.asWebviewUri(vscode.Uri.joinPath(local, 'configure.css')).toString(),
  });
  return panel;
}

async function openPolicy({ folder }: LogWorkspace): Promise<void> {
  await vscode.commands.executeCommand(
    'vscode.open',
    vscode.Uri.joinPath(folder.uri, '.workspace-logs.json'),
  );
}
