import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PolicyState } from '../../setup/describePolicy.ts';
import type { App } from '../../jobs/jobs.ts';
import { describe } from '../../words/failures.ts';
import { fromFailureMessage, fromUnknown } from '../../base/failure.ts';
import { mergeForms, type FieldAnswers, type MergedForm } from '../../policy/formMerge.ts';
import {
  parsePageMessage,
  type Checked,
  type Draft,
  type HostMessage,
  type PageMessage,
} from '../../policy/pageMessages.ts';
import { POLICY_FILE } from '../../files/places.ts';
import { changesOf, formFields, toForm } from '../../policy/policyForm.ts';
import { configurePage } from './configurePage.ts';
import {
  describePreview,
  describeProblems,
  describeQuestions,
  describeRisks,
  describeState,
  describeWaiting,
} from './configureTexts.ts';
import { tellAboutGit } from '../checks/gitMessages.ts';
import type { Output } from '../window/output.ts';
import { describeUselessRules, describeRecording } from './recordingTexts.ts';
import { offer, telling } from '../window/tell.ts';
import { mayChange } from '../window/trust.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

export interface ConfigureServices {
  readonly app: App;
  readonly workspaces: Workspaces;
  readonly output: Output;
  readonly extension: vscode.Uri;
}

type Change = PageMessage & { kind: 'changed' };

/**
 * Opens the form for a valid policy. The page holds the typed values. Each of its messages is answered from the policy
 * as it is on disk at that moment, so a change from elsewhere is neither missed nor overwritten.
 */
export function openConfigurePanel(
  { app, workspaces, output, extension }: ConfigureServices,
  workspace: LogWorkspace,
  opened: PolicyState,
): vscode.WebviewPanel {
  const { root, folder } = workspace;
  const local = vscode.Uri.joinPath(extension, 'dist', 'webview');
  const panel = vscode.window.createWebviewPanel(
    'workspaceLogs.configure',
    vscode.l10n.t('Configure Logging: {0}', folder.name),
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [local], retainContextWhenHidden: true },
  );
  let isClosed = false;
  let seen = JSON.stringify(opened);
  let existed = opened.managed;
  let changedElsewhere = false;
  /** The last values from the page. VS Code reloads the page when it moves to another window. */
  let draft: Draft = { form: toForm(opened.policy), base: toForm(opened.policy) };

  const send = (message: HostMessage): void => {
    if (!isClosed) void panel.webview.postMessage(message);
  };

  async function look(): Promise<PolicyState> {
    const state = await app.run('describePolicy', { root });
    seen = JSON.stringify(state);
    existed ||= state.managed;
    return state;
  }

  /** Notifies the page when the policy has changed on disk. A save of this form is no news. */
  async function lookForNews(): Promise<void> {
    const before = seen;
    await look().catch((error: unknown) => {
      seen = describe(fromUnknown(error));
    });
    if (seen !== before) send({ kind: 'policy-changed' });
  }

  async function check(change: Change): Promise<void> {
    const state = await look();
    if (state.failure !== undefined) {
      send(blocked(change, describe(state.failure)));
      return;
    }
    const { form, base, conflicts } = mergeWith(state, change, change.answers);
    draft = { form, base };
    changedElsewhere ||= conflicts.length > 0 || changesOf(change.form, form).length > 0;
    const disk = toForm(state.policy);
    const edits = changesOf(disk, form);
    const issues = await app.run('checkPolicy', { root, edits });
    const problems = describeProblems(issues, form);
    const wrong = formFields.filter((field) => problems[field] !== undefined);
    const checked: Checked = {
      kind: 'checked',
      seq: change.seq,
      form,
      base,
      notice: describeState(state, { existed, changedElsewhere }),
      hasPolicy: state.managed,
      isBlocked: false,
      waiting: describeWaiting(wrong, conflicts),
      problems,
      warnings: describeRisks(form),
      questions: describeQuestions(conflicts, disk),
    };
    if (issues.length > 0) {
      send(checked);
      return;
    }
    const [preview, recording] = await Promise.all([
      app.run('previewMaintenance', { root, edits }),
      app.run('previewRecording', { root, edits }),
    ]);
    send({
      ...checked,
      warnings: { ...describeUselessRules(recording.dead), ...checked.warnings },
      preview: describePreview(preview),
      recording: describeRecording(recording),
    });
  }

  async function save(typed: Draft): Promise<void> {
    if (!mayChange()) return;
    const state = await look();
    if (state.failure !== undefined) throw fromFailureMessage(state.failure);
    const { form, conflicts } = mergeWith(state, typed);
    if (conflicts.length > 0) {
      send({ kind: 'policy-changed' });
      return;
    }
    const edits = changesOf(toForm(state.policy), form);
    const { git } = await app.run('savePolicy', { root, edits }, { onReport: output.report });
    panel.dispose();
    await workspaces.refresh();
    void offer('info', vscode.l10n.t('The policy of {0} is saved.', folder.name), {
      [vscode.l10n.t('Open Policy File')]: () => openPolicy(folder),
    });
    tellAboutGit(app, root, git, output);
  }

  async function answer(message: PageMessage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        send({ kind: 'load', ...draft, defaults: toForm(opened.defaults) });
        return;
      case 'changed':
        draft = { form: message.form, base: message.base };
        return check(message).catch((error: unknown) => {
          send(blocked(message, describe(fromUnknown(error))));
        });
      case 'save':
        return save(message).catch((error: unknown) => {
          send({ kind: 'failed', text: describe(fromUnknown(error)) });
        });
      case 'cancel':
        panel.dispose();
        return;
      case 'open-policy':
        return openPolicy(folder);
    }
  }

  panel.webview.onDidReceiveMessage((value: unknown) => {
    const message = parsePageMessage(value);
    if (message !== undefined) void telling(output, () => answer(message));
  });
  const listening = workspaces.onDidChange(() => void lookForNews());
  panel.onDidDispose(() => {
    isClosed = true;
    listening.dispose();
  });
  panel.webview.html = configurePage(
    {
      nonce: randomBytes(18).toString('base64url'),
      cspSource: panel.webview.cspSource,
      script: panel.webview.asWebviewUri(vscode.Uri.joinPath(local, 'configure.js')).toString(),
      style: panel.webview.asWebviewUri(vscode.Uri.joinPath(local, 'configure.css')).toString(),
    },
    { language: vscode.env.language, folder: folder.name, limits: opened.limits },
  );
  return panel;
}

/**
 * Merges the form with the policy on disk. Without a policy there is nothing to merge: Save creates one with the form's
 * values.
 */
function mergeWith(
  { managed, policy }: PolicyState,
  { form, base }: Draft,
  answers?: FieldAnswers,
): MergedForm {
  return managed ? mergeForms(base, form, toForm(policy), answers) : { form, base, conflicts: [] };
}

function blocked({ seq, form, base }: Change, notice: string): Checked {
  return {
    kind: 'checked',
    seq,
    form,
    base,
    notice,
    hasPolicy: true,
    isBlocked: true,
    waiting: vscode.l10n.t('Nothing can be saved now: the reason stands at the top.'),
    problems: {},
    warnings: {},
    questions: {},
  };
}

export async function openPolicy({ uri }: vscode.WorkspaceFolder): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(uri, POLICY_FILE));
}
