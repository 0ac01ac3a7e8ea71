import * as vscode from 'vscode';
import type { FoundSession, FoundSessions } from '../../sessions/findSessions.ts';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import type { Disposable } from '../../base/disposable.ts';
import { formatNumber, locale, plural } from '../../base/locale.ts';
import { commands } from '../window/ids.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import { addressInside } from './openArchive.ts';
import type { Output } from '../window/output.ts';
import { addPassword } from '../passwords/passwordCommands.ts';
import type { PasswordRing } from '../passwords/passwordRing.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { pickWorkspace, type CommandTarget } from '../targets/pickWorkspace.ts';
import { withoutIcons } from '../window/plainText.ts';
import { registerCommand, offer, telling } from '../window/tell.ts';
import { describeMatch, describeOwner, describeUnsearched } from './sessionWords.ts';
import { show } from '../logs/showLog.ts';
import { slowly } from '../window/progress.ts';
import type { Workspaces } from '../window/workspaces.ts';

interface Sources {
  readonly app: App;
  readonly ring: PasswordRing;
  readonly passwords: Passwords;
  readonly output: Output;
}

/** *Find Session…*: the archives that hold an id, among those that a known password opens. */
export function registerFindSession(sources: Sources, workspaces: Workspaces): Disposable {
  return registerCommand(commands.findSession, sources.output, async (target: CommandTarget) => {
    const workspace = await pickWorkspace(target, workspaces);
    if (workspace === undefined) return;
    const id = await vscode.window.showInputBox({
      title: vscode.l10n.t('Find Session'),
      prompt: vscode.l10n.t('The whole id of a user, chat, message, session or request'),
      ignoreFocusOut: true,
    });
    const wanted = id?.trim() ?? '';
    if (wanted === '') return;
    await sources.ring.handOver();
    await find(workspace, wanted, sources);
  });
}

async function find(workspace: LogWorkspace, id: string, sources: Sources): Promise<void> {
  const result = await search(workspace, id, sources.app);
  const again = async (): Promise<void> => {
    if (await addPassword(sources.ring)) await find(workspace, id, sources);
  };
  // Without a row for a password there is no place in the list for this.
  if (result.found.length > 0 && result.unopened === 0 && result.unreadable > 0)
    void offer('warning', describeUnsearched(result));
  if (result.found.length > 0) await offerFound(workspace, id, result, again, sources);
  else tellNone(id, result, () => telling(sources.output, again));
}

function search({ root }: LogWorkspace, id: string, app: App): Promise<FoundSessions> {
  return slowly(vscode.l10n.t('Looking for {0}', printable(id)), (signal, tellProgress) =>
    app.run(
      'findSessions',
      { root, id },
      {
        signal,
        onReport(report) {
          if (report.kind !== 'progress') return;
          const { done, total } = report.progress;
          tellProgress(vscode.l10n.t('{0} of {1} archives', formatNumber(done), formatNumber(total)));
        },
      },
    ),
  );
}

function tellNone(id: string, result: FoundSessions, again: () => unknown): void {
  const { searched, unopened, unreadable } = result;
  const name = printable(id);
  const none =
    searched === 0
      ? vscode.l10n.t('No archive could be searched for {0}.', name)
      : plural(searched, {
          one: vscode.l10n.t('1 archive was searched; it does not hold {0}.', name),
          other: vscode.l10n.t('{1} archives were searched; none holds {0}.', name, formatNumber(searched)),
        });
  const text = [none, describeUnsearched(result)].filter((each) => each !== '').join(' ');
  const actions = unopened > 0 ? { [vscode.l10n.t('Add Password…')]: again } : {};
  void offer(unopened + unreadable > 0 ? 'warning' : 'info', text, actions);
}

type Choice = vscode.QuickPickItem & { readonly session: FoundSession | undefined };

/** Shows the archives that were found. The list stays open while a person opens one archive after another. */
async function offerFound(
  workspace: LogWorkspace,
  id: string,
  result: FoundSessions,
  again: () => Promise<void>,
  sources: Sources,
): Promise<void> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = plural(result.found.length, {
    one: vscode.l10n.t('1 archive holds {0}', printable(id)),
    other: vscode.l10n.t('{1} archives hold {0}', printable(id), formatNumber(result.found.length)),
  });
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = [...result.found.map((session) => toChoice(session, id)), ...addChoice(result)];

  const open = async ({ file }: FoundSession): Promise<void> => {
    const address = await addressInside({ workspace, file }, sources);
    await show(address, { preview: true, preserveFocus: true });
  };
  try {
    const isMore = await new Promise<boolean>((resolve) => {
      pick.onDidAccept(() => {
        const [choice] = pick.selectedItems;
        if (choice === undefined) return;
        const { session } = choice;
        if (session === undefined) resolve(true);
        else void telling(sources.output, () => open(session));
      });
      pick.onDidHide(() => {
        resolve(false);
      });
      pick.show();
    });
    pick.hide();
    if (isMore) await again();
  } finally {
    pick.dispose();
  }
}

function addChoice(result: FoundSessions): Choice[] {
  const detail = withoutIcons(describeUnsearched(result));
  if (result.unopened > 0)
    return [
      {
        label: vscode.l10n.t('Add Password…'),
        iconPath: new vscode.ThemeIcon('key'),
        detail,
        alwaysShow: true,
        session: undefined,
      },
    ];
  return [];
}

function toChoice(session: FoundSession, id: string): Choice {
  const { file, ids } = session;
  const time = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' });
  const detail = [time.format(file.modified), describeMatch(ids, id)].filter((each) => each !== '');
  return {
    label: withoutIcons(printable(file.name)),
    description: withoutIcons(describeOwner(ids)),
    detail: withoutIcons(detail.join(' · ')),
    session,
  };
}
