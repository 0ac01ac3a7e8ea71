import * as vscode from 'vscode';
import type { LogToDelete, RefusedLog } from '../../reading/deleteLogs.ts';
import type { App } from '../../jobs/jobs.ts';
import { fromFailureMessage, isFailure, toFailureMessage, type FailureMessage } from '../../base/failure.ts';
import type { LogFile } from '../../files/logFile.ts';
import {
  askAboutWritten,
  askToDelete,
  askWithoutTrash,
  describeDeletion,
  type Deletion,
  type Fate,
  type Question,
} from './deletionTexts.ts';
import { uriOf, type LogTarget, type LogWorkspace } from '../window/logWorkspace.ts';
import type { Output } from '../window/output.ts';
import { offer } from '../window/tell.ts';
import { isLocal } from '../window/trust.ts';

/** Logs that a person agreed to delete, of one workspace. */
interface Agreed {
  readonly workspace: LogWorkspace;
  readonly asked: readonly LogToDelete[];
}

/**
 * Deletes logs that a person chose. Asks first, and a second time for logs that are still written to. The worker checks
 * each log again right before its deletion.
 */
export async function deleteLogs(targets: readonly LogTarget[], app: App, output: Output): Promise<void> {
  const agreed: Agreed[] = [];
  const refused: RefusedLog[] = [];
  for (const [workspace, some] of Map.groupBy(targets, (target) => target.workspace)) {
    const files = some.map(({ file }) => file);
    const question = await app.run('considerDeletion', { root: workspace.root, files });
    if (question.asked.length > 0) agreed.push({ workspace, asked: question.asked });
    refused.push(...question.refused);
  }
  const fate = expectedFate();
  const all = agreed.flatMap(({ asked }) => asked);
  const written = all.filter(({ writer }) => writer !== undefined);
  if (all.length > 0 && !(await isAgreed(askToDelete(filesOf(all), fate)))) return;
  if (written.length > 0 && !(await isAgreed(askAboutWritten(written)))) return;
  const done: Deletion[] = [{ trashed: [], deleted: [], refused }];
  for (const each of agreed)
    done.push(await (fate === 'trash' ? moveToTrash : deleteForGood)(each, app, output));
  tell(
    {
      trashed: done.flatMap(({ trashed }) => trashed),
      deleted: done.flatMap(({ deleted }) => deleted),
      refused: done.flatMap((each) => each.refused),
    },
    output,
  );
}

/** Only the person's own computer has a trash, and a setting of VS Code can switch it off. */
function expectedFate(): Fate {
  const isOn = vscode.workspace.getConfiguration('files').get<boolean>('enableTrash', true);
  return isLocal() && isOn ? 'trash' : 'nowhere';
}

async function isAgreed({ message, detail, button }: Question): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) === button;
}

function filesOf(asked: readonly LogToDelete[]): LogFile[] {
  return asked.map(({ file }) => file);
}

async function deleteForGood({ workspace, asked }: Agreed, app: App, output: Output): Promise<Deletion> {
  const alsoWritten = asked.some(({ writer }) => writer !== undefined);
  const input = { root: workspace.root, files: filesOf(asked), alsoWritten };
  return { trashed: [], ...(await app.run('deleteLogs', input, { onReport: output.report })) };
}

/** Moves logs to the trash. Asks again before a log that cannot be moved is deleted permanently. */
async function moveToTrash({ workspace, asked }: Agreed, app: App, output: Output): Promise<Deletion> {
  const { root } = workspace;
  const trashed: LogFile[] = [];
  const refused: RefusedLog[] = [];
  const left: LogToDelete[] = [];
  let why = '';
  for (const each of asked) {
    const { file } = each;
    const begun = await beginTrash({ root, file }, app);
    if ('refused' in begun) {
      refused.push(begun.refused);
      continue;
    }
    const end = (failure?: FailureMessage): Promise<void> =>
      app.run('endTrash', { root, file, ...begun, failure }, { onReport: output.report });
    try {
      await vscode.workspace.fs.delete(uriOf({ workspace, file }), { useTrash: true });
    } catch (error) {
      await end(toFailureMessage(error));
      left.push(each);
      why = error instanceof Error ? error.message : String(error);
      continue;
    }
    trashed.push(file);
    await end();
  }
  if (left.length === 0 || !(await isAgreed(askWithoutTrash(filesOf(left), why))))
    return { trashed, deleted: [], refused };
  const rest = await deleteForGood({ workspace, asked: left }, app, output);
  return { trashed, deleted: rest.deleted, refused: [...refused, ...rest.refused] };
}

/** A log whose deletion cannot be recorded is left, and so are the others. */
async function beginTrash(
  input: { readonly root: string; readonly file: LogFile },
  app: App,
): Promise<{ readonly record: string } | { readonly refused: RefusedLog }> {
  try {
    return await app.run('beginTrash', input);
  } catch (error) {
    if (!isFailure(error, 'audit-unavailable')) throw error;
    const { name, folder } = input.file;
    const place = folder === undefined ? { name } : { name, folder };
    return { refused: { ...place, failure: toFailureMessage(error) } };
  }
}

function tell(deletion: Deletion, output: Output): void {
  const { trashed, deleted, refused } = deletion;
  for (const { failure } of refused) output.error(fromFailureMessage(failure));
  if (trashed.length + deleted.length + refused.length === 0) return;
  void offer(refused.length > 0 ? 'warning' : 'info', describeDeletion(deletion), {
    [vscode.l10n.t('Show Output')]: output.show,
  });
}
