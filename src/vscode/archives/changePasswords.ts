import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { RekeyReport, RekeyScope } from '../../sessions/rekeySessions.ts';
import { describe } from '../../words/failures.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Failure, fromFailureMessage, fromUnknown } from '../../base/failure.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import { passwordDoubt } from '../../archive/passwordStrength.ts';
import { askToRemember, typePassword } from '../passwords/askPassword.ts';
import { commands } from '../window/ids.ts';
import type { LogTree } from '../tree/logTree.ts';
import type { Output } from '../window/output.ts';
import { addPassword } from '../passwords/passwordCommands.ts';
import type { PasswordRing } from '../passwords/passwordRing.ts';
import { registerCommand, offer, telling } from '../window/tell.ts';
import { describeRekeying, isLocked, type Rekeying } from './rekeyingTexts.ts';
import { rekeyScopes, type Item } from './rekeyScopes.ts';
import { withCancel } from '../window/progress.ts';
import { mayChange } from '../window/trust.ts';
import type { Workspaces } from '../window/workspaces.ts';

interface Sources {
  readonly app: App;
  readonly ring: PasswordRing;
  readonly output: Output;
}

/**
 * *Change Password of Archives…*: the new password is typed twice, and is known before the first archive is rewritten.
 * So a typing error cannot lock an archive.
 */
export function registerChangePasswords(
  sources: Sources,
  workspaces: Workspaces,
  tree: Pick<LogTree, 'selectedLogs'>,
): Disposable {
  const { app, ring, output } = sources;
  const start = async (clicked?: Item, selected?: readonly Item[]): Promise<void> => {
    if (!mayChange()) return;
    const scopes = await rekeyScopes(clicked, selected, { app, workspaces, tree });
    if (scopes.length === 0) return;
    const count = await countOf(scopes, app);
    if (count === 0) {
      void offer('info', vscode.l10n.t('There are no session archives here.'));
      return;
    }
    const password = await typeNewPassword(count);
    const isRemembered = password === undefined ? undefined : await askToRemember();
    if (password === undefined || isRemembered === undefined) return;
    await ring.handOver();
    await ring.add(password);
    if (isRemembered) await ring.remember(password);
    await change({ scopes, count, changed: 0, by: { password } }, sources);
  };
  return registerCommand(commands.changeArchivePasswords, output, start);
}

async function countOf(scopes: readonly RekeyScope[], app: App): Promise<number> {
  const counts = await Promise.all(scopes.map((scope) => app.run('considerRekeying', scope)));
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** @returns undefined where the person cancels */
async function typeNewPassword(count: number): Promise<string | undefined> {
  const title = plural(count, {
    one: vscode.l10n.t('Change Password of 1 Archive'),
    other: vscode.l10n.t('Change Password of {0} Archives', formatNumber(count)),
  });
  const password = await typePassword({
    title,
    prompt: vscode.l10n.t(
      'New password. Programs that write archives go on with theirs until you change it there.',
    ),
    check: () => Promise.resolve(undefined),
    doubt: doubtAbout,
  });
  if (password === undefined) return undefined;
  return typePassword({
    title,
    prompt: vscode.l10n.t('Repeat the new password'),
    check: (typed) =>
      Promise.resolve(
        typed === password
          ? undefined
          : vscode.l10n.t('This is not the password that you typed first. Repeat it, or press Escape.'),
      ),
  });
}

function doubtAbout(typed: string): string | undefined {
  const doubt = passwordDoubt(typed);
  if (doubt === undefined) return undefined;
  const why = describe(new Failure(doubt, {}));
  return vscode.l10n.t('{0} Press Enter again to take it all the same.', why);
}

interface Change {
  readonly scopes: readonly RekeyScope[];
  readonly count: number;
  /** How many archives were changed before these. */
  readonly changed: number;
  /**
   * The new password. For archives that were skipped before: the number of the earlier change, whose password the
   * worker knows.
   */
  readonly by: { readonly password: string } | { readonly change: number | undefined };
}

async function change(what: Change, sources: Sources): Promise<void> {
  const { reports, problem } = await rewrite(what, sources);
  // The archives that were changed before the problem are still reported.
  if (problem !== undefined && reports.length === 0) throw problem;
  const rekeying = {
    changed: reports.reduce((sum, { rekeyed, already }) => sum + rekeyed + already, what.changed),
    skipped: reports.flatMap(({ skipped }) => skipped),
    cancelled: reports.some(({ cancelled }) => cancelled),
  };
  const left = reports.flatMap((report, index) => leftOf(report, what.scopes[index]));
  tell(rekeying, { scopes: left, change: reports[0]?.change }, sources);
  if (problem !== undefined) throw problem;
}

/** A function of its own, so that the closure that waits for the person's answer holds no password. */
function tell(
  rekeying: Rekeying,
  left: { readonly scopes: readonly RekeyScope[]; readonly change: number | undefined },
  sources: Sources,
): void {
  const { changed, skipped, cancelled } = rekeying;
  const { ring, output } = sources;
  for (const { failure } of skipped) output.error(fromFailureMessage(failure));
  const goOn = async (): Promise<void> => {
    if (!(await addPassword(ring))) return;
    const count = left.scopes.reduce((sum, { files = [] }) => sum + files.length, 0);
    await change({ scopes: left.scopes, count, changed, by: { change: left.change } }, sources);
  };
  void offer(skipped.length > 0 || cancelled ? 'warning' : 'info', describeRekeying(rekeying), {
    ...(left.scopes.length > 0 && { [vscode.l10n.t('Add Password…')]: () => telling(output, goOn) }),
    ...(skipped.length > 0 && { [vscode.l10n.t('Show Output')]: output.show }),
  });
}

/** The archives that no known password opened, for a retry with another one. */
function leftOf({ skipped }: RekeyReport, scope: RekeyScope | undefined): RekeyScope[] {
  const files = skipped
    .filter(isLocked)
    .map(({ path }) => ({ name: posix.basename(path), folder: posix.dirname(path) }));
  return scope === undefined || files.length === 0 ? [] : [{ root: scope.root, files }];
}

/** How long to wait for a maintenance run, in ms. */
const PATIENCE_MS = 60_000;

/** Rewrites the archives of one workspace after the other. `problem` is the failure that stopped it early. */
async function rewrite(
  { scopes, count, by }: Change,
  { app, output }: Sources,
): Promise<{ readonly reports: readonly RekeyReport[]; readonly problem?: Failure }> {
  const controller = new AbortController();
  const title = plural(count, {
    one: vscode.l10n.t('Changing the password of 1 archive'),
    other: vscode.l10n.t('Changing the password of {0} archives', formatNumber(count)),
  });
  return withCancel(title, controller, async (show) => {
    const reports: RekeyReport[] = [];
    let before = 0;
    for (const scope of scopes) {
      const bytes = 'password' in by ? new TextEncoder().encode(by.password) : undefined;
      const told = 'password' in by ? { password: bytes } : by;
      const input = { ...scope, ...told, patience: PATIENCE_MS };
      const { signal } = controller;
      const working = app.run('rekeySessions', input, {
        signal,
        onReport(report) {
          output.report(report);
          if (report.kind !== 'progress') return;
          const { done, total } = report.progress;
          show(
            vscode.l10n.t('{0} of {1}', formatNumber(before + done), formatNumber(Math.max(count, total))),
          );
        },
      });
      try {
        const report = await working;
        reports.push(report);
        before += report.rekeyed + report.already + report.skipped.length;
        if (report.cancelled) break;
      } catch (error) {
        return { reports, problem: fromUnknown(error) };
      } finally {
        bytes?.fill(0);
      }
    }
    return { reports };
  });
}
