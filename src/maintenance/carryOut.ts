import { join } from 'node:path';
import { Failure, fromSystemError, isFailure } from '../base/failure.ts';
import type { DatedLogFile, LogFile } from '../files/logFile.ts';
import type { Progress, Skip, Step } from '../workspace/maintenance.ts';
import type { Archives } from '../files/archivePort.ts';
import { syncFolder } from '../files/durable.ts';
import type { FolderLock } from '../files/folderLock.ts';
import { identify } from '../files/identity.ts';
import { removeFile, rotateFile } from '../files/changeFile.ts';
import { zipFile } from './zipStep.ts';

export interface CarryOutContext {
  readonly folder: string;
  /** The files that the plan was made from. A step is done only if its file is still the same. */
  readonly files: readonly DatedLogFile[];
  readonly lock: FolderLock;
  readonly archives: Archives;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Is called for each step once it is done. */
  readonly onStep?: ((step: Step) => void) | undefined;
}

export interface FailedStep {
  /** The file, or `.` for the folder itself. */
  readonly name: string;
  readonly failure: Failure;
}

export interface Outcome {
  /** The steps that were done, with the names that were really given. */
  readonly done: readonly Step[];
  readonly skipped: readonly Skip[];
  readonly failed: readonly FailedStep[];
  /** True if the run was cancelled before the last step. */
  readonly cancelled: boolean;
}

/**
 * Carries out the steps of a plan one after the other, each atomically. A step that fails leaves its file as it was and
 * does not stop the others. The caller must hold the maintenance lock.
 */
export async function carryOut(steps: readonly Step[], context: CarryOutContext): Promise<Outcome> {
  const planned = new Map(context.files.map((file) => [file.name, file]));
  const done: Step[] = [];
  const skipped: Skip[] = [];
  const failed: FailedStep[] = [];
  let cancelled = false;
  for (const [index, step] of steps.entries()) {
    if (context.signal?.aborted === true) {
      cancelled = true;
      break;
    }
    context.onProgress?.({ done: index, total: steps.length, name: step.name });
    try {
      const file = planned.get(step.name) ?? identify(context.folder, step.name);
      const to = file === undefined ? unchanged : await perform(step, file, context);
      if (to === unchanged) skipped.push({ name: step.name, reason: 'changed' });
      else {
        const finished = to === undefined ? step : { ...step, to };
        done.push(finished);
        context.onStep?.(finished);
      }
    } catch (error) {
      const failure = fromSystemError(error, join(context.folder, step.name));
      if (isFailure(failure, 'cancelled')) {
        cancelled = true;
        break;
      }
      skipped.push({ name: step.name, reason: 'failed' });
      failed.push({ name: step.name, failure });
    }
  }
  try {
    if (done.length > 0) syncFolder(context.folder);
  } catch (error) {
    // The steps are done, but they may not survive a power loss.
    failed.push({ name: '.', failure: fromSystemError(error, context.folder) });
  }
  return { done, skipped, failed, cancelled };
}

/** Marks a step that was not done because the file is no longer the one of the plan. */
const unchanged = Symbol('changed');

/** @returns the new name if the file got one */
async function perform(
  step: Step,
  file: LogFile,
  context: CarryOutContext,
): Promise<string | undefined | typeof unchanged> {
  switch (step.kind) {
    case 'rotate':
      return rotate(step, file, context);
    case 'zip':
      return zip(step, file, context);
    case 'delete':
    case 'sweep':
      return remove(file, context);
  }
}

async function rotate(
  step: Step,
  file: LogFile,
  { folder, lock }: CarryOutContext,
): Promise<string | typeof unchanged> {
  const { to } = step;
  if (to === undefined) throw new Failure('unexpected', { detail: 'a rotation without a new name' });
  return (await rotateFile(folder, file, to, lock)) === undefined ? unchanged : to;
}

async function zip(step: Step, file: LogFile, context: CarryOutContext): Promise<string | typeof unchanged> {
  const { to } = step;
  if (to === undefined) throw new Failure('unexpected', { detail: 'a zip without a name' });
  const now = identify(context.folder, file.name);
  if (now?.inode !== file.inode) return unchanged;
  const existing = context.files.filter(
    ({ parts }) =>
      parts.kind === 'archive' && file.parts.kind === 'rotated' && parts.family === file.parts.family,
  );
  return zipFile(file.name, to, { ...context, existing });
}

async function remove(
  file: LogFile,
  { folder, lock }: CarryOutContext,
): Promise<undefined | typeof unchanged> {
  const removed = await removeFile(folder, file, lock);
  return removed === undefined ? unchanged : undefined;
}
