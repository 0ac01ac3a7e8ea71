import { join } from 'node:path';
import { Failure } from '../base/failure.ts';
import { heldOpen } from '../files/heldOpen.ts';
import { identify } from '../files/identity.ts';
import { kindOf, listFiles, requireFolder } from '../files/list.ts';
import { rotateFile } from '../files/changeFile.ts';
import { formatFileName, nextRotated, parseFileName, type ManagedFamily } from '../files/fileName.ts';
import type { Step } from '../workspace/maintenance.ts';
import {
  logsFolder,
  reportAction,
  requirePolicy,
  requireWorkspace,
  withLock,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { recordSteps } from './recordSteps.ts';

export interface RotateInput extends WorkspaceInput {
  readonly family: ManagedFamily;
  /** An active file of at most this size is not rotated. */
  readonly limitBytes: number;
}

/**
 * Rotates the active file of a family if it is over the limit, by one rename to the next higher number. The file is
 * checked again under the lock, so that only one of several processes rotates it.
 * @returns the step; `held-open` if another program holds the file open; undefined if there was nothing to do
 * @throws Failure `logs-missing`, `lock-busy` …
 */
export async function rotateActive(
  input: RotateInput,
  context: AppContext,
): Promise<Step | 'held-open' | undefined> {
  const root = requireWorkspace(input);
  const folder = logsFolder(root);
  const name = formatFileName({ kind: 'active', family: input.family });
  const seen = identify(folder, name);
  if (seen === undefined || seen.bytes <= input.limitBytes) return undefined;
  if (heldOpen(folder, [name]).has(name)) return 'held-open';
  // While this file is the active one, no other process has rotated it, so the next number is still free.
  const to = nextName(folder, input.family);
  const done = await withLock(root, context, (lock) => rotateFile(folder, seen, to, lock));
  if (done === undefined) return undefined;
  const step: Step = { kind: 'rotate', name, to, bytes: done.bytes, reason: 'size' };
  await recordSteps(context, root, [step]);
  reportAction(context, root, { kind: 'rotate', step });
  return step;
}

/**
 * Rotates the active file of a family at the request of the user, independent of its size.
 * @throws Failure `not-managed`, `logs-missing`, `logs-not-a-folder`, `nothing-to-rotate`, `not-a-regular-file`,
 *   `log-held-open`, `source-changing` …
 */
export async function rotateNow(
  input: WorkspaceInput & { readonly family: ManagedFamily },
  context: AppContext,
): Promise<Step & { readonly to: string }> {
  const root = requireWorkspace(input);
  requirePolicy(root);
  const folder = logsFolder(root);
  const name = formatFileName({ kind: 'active', family: input.family });
  requireFolder(folder);
  if (kindOf(join(folder, name)) === 'missing') throw new Failure('nothing-to-rotate', { name });
  const seen = requireLog(root, { name }, context);
  if (seen.bytes === 0) throw new Failure('nothing-to-rotate', { name });
  if (heldOpen(folder, [name]).has(name)) throw new Failure('log-held-open', { name });
  const to = nextName(folder, input.family);
  const done = await withLock(root, context, (lock) => rotateFile(folder, seen, to, lock));
  if (done === undefined) throw new Failure('source-changing', { name });
  const step = { kind: 'rotate', name, to, bytes: done.bytes, reason: 'asked' } as const;
  await recordSteps(context, root, [step]);
  reportAction(context, root, { kind: 'rotate', step });
  return step;
}

function nextName(folder: string, family: ManagedFamily): string {
  const { files, notFiles } = listFiles(folder);
  const names = [...files.map((file) => file.parts), ...notFiles.map(parseFileName)];
  return formatFileName(nextRotated(names)(family));
}
