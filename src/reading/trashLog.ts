import type { FailureMessage } from '../base/failure.ts';
import { pathInWorkspace, type LogFile } from '../files/logFile.ts';
import { recordFailed, recordFirst, type Deed } from '../workspace/deeds.ts';
import { shownName } from '../workspace/logPlaces.ts';
import {
  reportAction,
  requireWorkspace,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { considerDeletion, type RefusedLog } from './deleteLogs.ts';

interface TrashInput extends WorkspaceInput {
  /** The log as the user saw it. */
  readonly file: LogFile;
}

/**
 * The first half of moving a log to the trash, which only VS Code can do: looks at the log again, and records the deed.
 * The caller moves the log at once, and then calls `endTrash`.
 * @returns the id of the record, or why the log is left
 * @throws Failure as `considerDeletion`
 */
export async function beginTrash(
  input: TrashInput,
  context: AppContext,
): Promise<{ readonly record: string } | { readonly refused: RefusedLog }> {
  const { file } = input;
  const { refused } = await considerDeletion({ root: input.root, files: [file] }, context);
  const [first] = refused;
  if (first !== undefined) return { refused: first };
  return { record: await recordFirst(context, requireWorkspace(input), deedOn(file)) };
}

/** The second half: reports what became of the log. @param input `failure` if it is still there */
export async function endTrash(
  input: TrashInput & { readonly record: string; readonly failure?: FailureMessage | undefined },
  context: AppContext,
): Promise<void> {
  const root = requireWorkspace(input);
  const { file, record, failure } = input;
  if (failure === undefined)
    reportAction(context, root, { kind: 'trashed', name: shownName(file), bytes: file.bytes });
  else if (record !== '') await recordFailed(context, root, deedOn(file), { record, code: failure.code });
}

function deedOn(file: LogFile): Deed {
  return { action: 'log_trashed', entity: pathInWorkspace(file), details: { bytes: file.bytes } };
}
