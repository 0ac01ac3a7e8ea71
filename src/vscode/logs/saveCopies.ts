import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { describe, printable } from '../../words/failures.ts';
import { fromFailureMessage, fromUnknown, isFailure } from '../../base/failure.ts';
import type { SavedCopy } from '../../reading/saveCopy.ts';
import { formatBytes, formatNumber } from '../../base/locale.ts';
import { compressionOf } from '../../files/logFile.ts';
import { askForm, askPlace, type Copy } from './askForCopies.ts';
import { type LogTarget, pathOf, placeOf } from '../window/logWorkspace.ts';
import type { Output } from '../window/output.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { pickMember } from '../targets/pickArchive.ts';
import { withCancel } from '../window/progress.ts';
import { offer } from '../window/tell.ts';
import { isLocal } from '../window/trust.ts';
import { copyNames } from '../../files/copyNames.ts';

export interface CopySources {
  readonly app: App;
  readonly passwords: Passwords;
  readonly output: Output;
}

interface Saved extends SavedCopy {
  readonly copy: Copy;
}

interface FailedCopy extends Copy {
  readonly error: unknown;
}

/** Saves copies of files, as they are or unzipped, and reports the result. */
export async function saveCopies(
  copies: readonly Copy[],
  unzipped: boolean,
  sources: CopySources,
): Promise<void> {
  if (copies.length === 0) return;
  const saved: Saved[] = [];
  const failed: FailedCopy[] = [];
  /** The copies of the files of one archive have one record. */
  const records = new Map<string, string>();
  const controller = new AbortController();
  const [first] = copies;
  const title =
    copies.length === 1 && first !== undefined
      ? vscode.l10n.t('Saving a copy of {0}', printable(first.member ?? first.file.name))
      : vscode.l10n.t('Saving copies of {0} logs', formatNumber(copies.length));
  await withCancel(title, controller, async (tellProgress) => {
    for (const copy of copies) {
      if (controller.signal.aborted) break;
      try {
        const whole = {
          members: copies.flatMap((other) =>
            pathOf(other) === pathOf(copy) && other.member !== undefined ? [other.member] : [],
          ),
          record: copy.member === undefined ? undefined : records.get(pathOf(copy)),
        };
        const { signal } = controller;
        const result = await saveOne(copy, unzipped, whole, sources, { signal, tellProgress });
        records.set(pathOf(copy), result.record);
        saved.push({ copy, ...result });
      } catch (error) {
        if (isFailure(error, 'cancelled')) break;
        failed.push({ ...copy, error });
      }
    }
  });
  tell(saved, failed, sources.output);
}

async function saveOne(
  copy: Copy,
  unzipped: boolean,
  { members, record }: { readonly members: readonly string[]; readonly record: string | undefined },
  { app, passwords, output }: CopySources,
  {
    signal,
    tellProgress,
  }: { readonly signal: AbortSignal; readonly tellProgress: (message: string) => void },
): Promise<SavedCopy> {
  const { workspace, file, path, replaces } = copy;
  const input = {
    root: workspace.root,
    file,
    unzipped: unzipped && compressionOf(file.parts) !== '',
    target: path,
    replaces,
    ...(members.length > 0 && { members }),
    record,
  };
  const options = {
    signal,
    onReport(report: Parameters<Output['report']>[0]) {
      output.report(report);
      if (report.kind === 'progress') tellProgress(describeProgress(report.progress));
    },
  };
  return pickMember((picked) =>
    passwords.withPassword(placeOf(copy), () =>
      app.run('saveCopy', { ...input, member: picked ?? copy.member }, options),
    ),
  );
}

function describeProgress({ done, total, name }: { done: number; total: number; name: string }): string {
  return total === 0
    ? vscode.l10n.t('{0}: {1}', printable(name), formatBytes(done))
    : vscode.l10n.t('{0}: {1} of {2}', printable(name), formatBytes(done), formatBytes(total));
}

function tell(saved: readonly Saved[], failed: readonly FailedCopy[], output: Output): void {
  const damages = saved.flatMap(({ damage }) => (damage === undefined ? [] : [fromFailureMessage(damage)]));
  for (const damage of damages) output.error(damage);
  for (const { error } of failed) output.error(error);
  const showOutput = { [vscode.l10n.t('Show Output')]: output.show };
  const [failure] = failed;
  if (failure !== undefined) void offer('error', describe(fromUnknown(failure.error)), showOutput);
  const [damage] = damages;
  if (damage !== undefined)
    void offer('warning', vscode.l10n.t('{0} The text up to there was saved.', describe(damage)), showOutput);
  const [first] = saved;
  if (first === undefined) return;
  const { path } = first.copy;
  const uri = vscode.Uri.file(path);
  const bytes = saved.reduce((sum, each) => sum + each.bytes, 0);
  const open = { [vscode.l10n.t('Open Copy')]: () => vscode.commands.executeCommand('vscode.open', uri) };
  const reveal = isLocal()
    ? { [vscode.l10n.t('Reveal')]: () => vscode.commands.executeCommand('revealFileInOS', uri) }
    : {};
  const place = printable(dirname(path));
  if (saved.length === 1)
    void offer(
      'info',
      vscode.l10n.t('{0} was saved in {1} ({2}).', printable(basename(path)), place, formatBytes(bytes)),
      { ...open, ...reveal },
    );
  else
    void offer(
      'info',
      vscode.l10n.t(
        '{0} files were saved in {1} ({2}).',
        formatNumber(saved.length),
        place,
        formatBytes(bytes),
      ),
      reveal,
    );
}

/** Saves copies of logs where the person chooses, as they are or unzipped. */
export async function downloadLogs(
  targets: readonly LogTarget[],
  sources: CopySources,
  memory: vscode.Memento,
): Promise<void> {
  const unzipped = await askForm(targets);
  if (unzipped === undefined) return;
  const names = copyNames(
    targets.map(({ file }) => file),
    { unzipped },
  );
  const copies = await askPlace(targets, names, titleOf(targets), sources.app, memory);
  await saveCopies(copies, unzipped, sources);
}

function titleOf(targets: readonly LogTarget[]): string {
  const [first] = targets;
  if (targets.length === 1 && first !== undefined) {
    const name = printable(first.file.name);
    return isLocal()
      ? vscode.l10n.t('Save a Copy of {0}', name)
      : vscode.l10n.t('Save a Copy of {0} on the Server', name);
  }
  const count = formatNumber(targets.length);
  return isLocal()
    ? vscode.l10n.t('Folder for Copies of {0} Logs', count)
    : vscode.l10n.t('Folder for Copies of {0} Logs on the Server', count);
}
