import * as vscode from 'vscode';
import { printable } from '../../words/failures.ts';
import type { Disposable } from '../../base/disposable.ts';
import { formatNumber } from '../../base/locale.ts';
import { pathInWorkspace } from '../../files/logFile.ts';
import { memberCopyNames } from '../../archive/sessionMembers.ts';
import { askPlace } from '../logs/askForCopies.ts';
import { commands } from '../window/ids.ts';
import { pathOf, type LogTarget } from '../window/logWorkspace.ts';
import { targetsOf, type LogCommandInput } from '../targets/logTargets.ts';
import type { LogTree } from '../tree/logTree.ts';
import { memberNames } from './openArchive.ts';
import { withoutIcons } from '../window/plainText.ts';
import { registerCommand } from '../window/tell.ts';
import { saveCopies, type CopySources } from '../logs/saveCopies.ts';
import { mayChange, isLocal } from '../window/trust.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** *Decrypt To…*: saves the files inside archives, no longer encrypted, where the person chooses. */
export function registerDecryptTo(
  sources: CopySources,
  workspaces: Workspaces,
  tree: LogTree,
  memory: vscode.Memento,
): Disposable {
  const { app, output } = sources;
  return registerCommand(commands.decryptTo, output, async (...input: LogCommandInput) => {
    if (!mayChange()) return;
    const question = { title: vscode.l10n.t('Decrypt To'), inside: true };
    const targets = await targetsOf(input, { app, workspaces, tree }, question);
    const members = await askForMembers((await Promise.all(withoutTwice(targets).map(membersOf))).flat());
    const names = memberCopyNames(members.map(({ file, member }) => ({ archive: file.name, member })));
    await saveCopies(await askPlace(members, names, titleOf(members), app, memory), true, sources);
  });

  async function membersOf(target: LogTarget): Promise<Member[]> {
    const names = target.member === undefined ? await memberNames(target, app) : [target.member];
    return names.map((member) => ({ ...target, member }));
  }
}

type Member = LogTarget & { readonly member: string };

/** Leaves out the files of archives that are selected as a whole. */
function withoutTwice(targets: readonly LogTarget[]): LogTarget[] {
  const whole = new Set(targets.filter(({ member }) => member === undefined).map(pathOf));
  return targets.filter((target) => target.member === undefined || !whole.has(pathOf(target)));
}

/** Asks which of several files to save; all are checked at first. */
async function askForMembers(members: readonly Member[]): Promise<readonly Member[]> {
  if (members.length < 2) return members;
  const isOneArchive = new Set(members.map(pathOf)).size === 1;
  const items = members.map((each) => ({
    label: withoutIcons(printable(each.member)),
    description: isOneArchive ? '' : withoutIcons(printable(pathInWorkspace(each.file))),
    picked: true,
    each,
  }));
  const title = vscode.l10n.t('Which files are saved, no longer encrypted?');
  const chosen = await vscode.window.showQuickPick(items, { title, canPickMany: true });
  return chosen?.map(({ each }) => each) ?? [];
}

/** The title of the dialog. It is the last text that a person reads before plain text is on disk. */
function titleOf(members: readonly Member[]): string {
  const [first] = members;
  if (members.length === 1 && first !== undefined) {
    const name = printable(first.member);
    return isLocal()
      ? vscode.l10n.t('Save {0}, No Longer Encrypted', name)
      : vscode.l10n.t('Save {0}, No Longer Encrypted, on the Server', name);
  }
  const count = formatNumber(members.length);
  return isLocal()
    ? vscode.l10n.t('Folder for {0} Files, No Longer Encrypted', count)
    : vscode.l10n.t('Folder for {0} Files, No Longer Encrypted, on the Server', count);
}
