import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Failure } from '../../base/failure.ts';
import { mainMember } from '../../archive/sessionMembers.ts';
import { commands } from '../window/ids.ts';
import { placeOf, type LogTarget } from '../window/logWorkspace.ts';
import { targetsOf, type LogCommandInput } from '../targets/logTargets.ts';
import type { LogTree } from '../tree/logTree.ts';
import type { LogAddress } from '../logs/logUri.ts';
import { mayOpen } from '../window/trust.ts';
import type { Output } from '../window/output.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { pickMember } from '../targets/pickArchive.ts';
import { registerCommand, telling } from '../window/tell.ts';
import { addressOf, show } from '../logs/showLog.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** *Open Archive…*: shows the log of a session archive, or the file whose row was clicked. */
export function registerOpenArchive(
  app: App,
  workspaces: Workspaces,
  tree: LogTree,
  passwords: Passwords,
  output: Output,
): Disposable {
  const sources = { app, workspaces, tree };
  return registerCommand(commands.openArchive, output, async (...input: LogCommandInput) => {
    const question = { title: vscode.l10n.t('Open Archive'), inside: true };
    const targets = await targetsOf(input, sources, question);
    if (!(await mayOpen(targets.length))) return;
    const preview = targets.length === 1;
    for (const target of targets)
      await telling(output, async () => {
        await show(await addressInside(target, { app, passwords }), { preview });
      });
  });
}

/** The address of an archive's main file, or of the file that was clicked. Asks the person where neither is known. */
export async function addressInside(
  target: LogTarget,
  sources: { readonly app: App; readonly passwords: Passwords },
): Promise<LogAddress> {
  const { name } = target.file;
  const members = target.member === undefined ? await memberNames(target, sources.app) : [];
  return pickMember((picked) => {
    const member = picked ?? target.member ?? mainMember(members);
    if (member === undefined) throw new Failure('member-needed', { name, members });
    return addressOf(target, member, sources);
  });
}

export async function memberNames(target: LogTarget, app: App): Promise<readonly string[]> {
  return (await app.run('archiveMembers', placeOf(target))).map(({ name }) => name);
}
