import { Failure, fromSystemError } from '../base/failure.ts';
import type { Archives } from '../files/archivePort.ts';
import { removeFile, rotateFile } from '../files/changeFile.ts';
import { syncFolder } from '../files/durable.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { identify } from '../files/identity.ts';
import type { DatedLogFile, LogFile } from '../files/logFile.ts';
import type { Step } from '../workspace/maintenance.ts';
import { carryOut, type Listeners, type Outcome } from './carryOut.ts';
import { zipFile } from './zipStep.ts';

export interface LogsContext extends Listeners {
  readonly folder: string;
  /** The files that the plan was made from: a step is done only to a file that is still the same. */
  readonly files: readonly DatedLogFile[];
  /** The time of the run, in ms since 1970. */
  readonly now: number;
  readonly lock: FolderLock;
  readonly archives: Archives;
  /** Prunes the audit trail. @returns false if there is nothing to prune any more */
  readonly prune: () => Promise<boolean>;
}

/** Carries out the steps of a plan for `logs/`, and syncs the folder. */
export async function carryOutLogs(steps: readonly Step[], context: LogsContext): Promise<Outcome> {
  const { folder, files } = context;
  const planned = new Map(files.map((file) => [file.name, file]));
  const perform = async (step: Step): Promise<Step | undefined> => {
    // The plan does not know a file that this run has rotated.
    const file = planned.get(step.name) ?? identify(folder, step.name);
    return file === undefined ? undefined : performOn(file, step, context);
  };
  const outcome = await carryOut(steps, { folder, perform }, context);
  try {
    if (outcome.done.length > 0) syncFolder(folder);
    return outcome;
  } catch (error) {
    // The steps are done, but they may not survive a power loss.
    const unsynced = { name: '.', failure: fromSystemError(error, folder) };
    return { ...outcome, failed: [...outcome.failed, unsynced] };
  }
}

async function performOn(file: LogFile, step: Step, context: LogsContext): Promise<Step | undefined> {
  const { folder, lock } = context;
  switch (step.kind) {
    case 'rotate': {
      const to = nameFor(step);
      return (await rotateFile(folder, file, to, lock)) && { ...step, to };
    }
    case 'zip':
      return zip(step, file, context);
    case 'delete':
    case 'sweep':
      return (await removeFile(folder, file, lock)) && step;
    case 'prune':
      return (await context.prune()) ? step : undefined;
  }
}

async function zip(step: Step, file: LogFile, context: LogsContext): Promise<Step | undefined> {
  const to = nameFor(step);
  const now = identify(context.folder, file.name);
  if (now?.inode !== file.inode) return undefined;
  const existing = context.files.filter(
    ({ parts }) =>
      parts.kind === 'archive' && file.parts.kind === 'rotated' && parts.family === file.parts.family,
  );
  return { ...step, to: await zipFile(file.name, to, { ...context, existing }) };
}

function nameFor({ kind, to }: Step): string {
  if (to === undefined) throw new Failure('unexpected', { detail: `${kind} without a new name` });
  return to;
}
