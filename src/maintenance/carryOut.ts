import { resolve } from 'node:path';
import { fromSystemError, isFailure, type Failure } from '../base/failure.ts';
import { turns } from '../base/turns.ts';
import type { Progress, Skip, Step } from '../workspace/maintenance.ts';
import { reportAction, type AppContext } from '../workspace/workspace.ts';

/** How the steps of a plan are done in an area (see `decision.ts`). */
export interface Work {
  /** Absolute. The names of the steps are paths that begin here. */
  readonly folder: string;
  /**
   * Does one step, atomically, if its file is still the one that the plan saw.
   * @returns the step with the name that was really given; undefined if the file has changed
   */
  readonly perform: (step: Step) => Promise<Step | undefined> | Step | undefined;
}

/** The functions that are called for the steps, and the signal that stops them. */
export interface Listeners {
  readonly signal?: AbortSignal | undefined;
  /** Is called for each step before it is done. */
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
 * Carries out a plan's steps, one after the other. A step that fails leaves its file as it was, and the other steps are
 * still done. The caller holds the maintenance lock, and syncs the folders that were changed.
 */
export async function carryOut(
  steps: readonly Step[],
  { folder, perform }: Work,
  { signal, onProgress, onStep }: Listeners,
): Promise<Outcome> {
  const done: Step[] = [];
  const skipped: Skip[] = [];
  const failed: FailedStep[] = [];
  const turn = turns();
  for (const [index, step] of steps.entries()) {
    const { name } = step;
    await turn();
    if (signal?.aborted === true) return { done, skipped, failed, cancelled: true };
    onProgress?.({ done: index, total: steps.length, name });
    try {
      const finished = await perform(step);
      if (finished === undefined) skipped.push({ name, reason: 'changed' });
      else {
        done.push(finished);
        onStep?.(finished);
      }
    } catch (error) {
      const failure = fromSystemError(error, resolve(folder, name));
      if (isFailure(failure, 'cancelled')) return { done, skipped, failed, cancelled: true };
      skipped.push({ name, reason: 'failed' });
      failed.push({ name, failure });
    }
  }
  return { done, skipped, failed, cancelled: false };
}

/** Reports to the caller of the use case. */
export function listenersOf(root: string, context: AppContext): Required<Listeners> {
  return {
    signal: context.signal,
    onProgress(progress) {
      context.report({ kind: 'progress', progress });
    },
    onStep(step) {
      reportAction(context, root, { kind: step.kind, step });
    },
  };
}
