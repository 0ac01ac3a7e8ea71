import { accessSync, chmodSync, constants, readFileSync, realpathSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Environment } from '../base/job.ts';
import { Failure, fromSystemError, type FailureData } from '../base/failure.ts';
import { makeFolder, replaceFile, syncFolder } from '../files/durable.ts';
import { configuredPath, git, gitRefused, repositoryRoot } from './git.ts';
import {
  hasBlock,
  hasLine,
  isEmptyHook,
  isOurs,
  lineOf,
  withBlock,
  withoutBlock,
  type Checked,
} from './hookText.ts';
import { kindOf } from '../files/list.ts';
import { realOf, whileOpen } from '../files/safeOpen.ts';
import { lastingPlace } from './lastingHook.ts';

/** The hook for a workspace's check. */
export interface HookPlace {
  /** The hook of the repository itself, shared by all its worktrees. */
  readonly path: string;
  /** The hook that Git runs: another one if `core.hooksPath` is set. */
  readonly used: string;
  /** `used` lies in the repository's own folder, so no other repository shares it. */
  readonly isOwn: boolean;
  /** The root of the working tree. */
  readonly top: string;
  /** `used` lies in the working tree, and Git ignores it. */
  readonly isIgnored: boolean;
  readonly checked: Checked;
}

export type CommitCheckState =
  | { readonly state: 'absent' | 'installed'; readonly path: string }
  /** The hook is not ours to write, so a person can add the line to `place`: what the hook is made from. */
  | {
      readonly state: 'add-line';
      readonly path: string;
      /** Absent if it is the hook. */
      readonly place?: string;
      readonly line: string;
      /** The line stands in the hook, but a program writes the hook anew. */
      readonly isFleeting?: true;
    }
  /** `not-executable`: Git skips it; `isOurs`: it holds only our lines, so it can be fixed. */
  | { readonly state: 'outdated' | 'not-executable'; readonly path: string; readonly isOurs: boolean }
  /** Git runs another hook now. */
  | {
      readonly state: 'unused';
      readonly path: string;
      readonly used: string;
      readonly place?: string;
      readonly line: string;
    };

const HOOK = 'pre-commit';
const LIMIT_BYTES = 1_048_576;

/**
 * Finds the hook for the workspace's check.
 * @throws Failure `no-repository`, `git-refused`
 */
export async function locateHook(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<HookPlace> {
  const real = realpathSync(root);
  if (repositoryRoot(real, environment) === undefined) throw new Failure('no-repository', { path: root });
  const tell = async (...what: string[]): Promise<string> => {
    const answer = await git(real, environment, 'rev-parse', ...what);
    if (answer.status !== 0) throw gitRefused('git rev-parse', answer);
    return answer.stdout.replace(/\n$/, '');
  };
  const places = ['--show-prefix', '--git-common-dir', '--show-toplevel'];
  const [told, configured] = await Promise.all([
    tell(...places),
    configuredPath(real, environment, 'core.hooksPath'),
  ]);
  const lines = told.split('\n');
  // A name may have several lines. Then Git is asked for each place apart.
  const [workspace = '', common = '', top = ''] =
    lines.length === places.length ? lines : await Promise.all(places.map((place) => tell(place)));
  const repository = realpathSync(resolve(real, common));
  const path = join(repository, 'hooks', HOOK);
  const used = configured === undefined ? path : join(resolve(top, configured), HOOK);
  return {
    path,
    used,
    top,
    isIgnored: (await git(real, environment, 'check-ignore', '--quiet', '--', used)).status === 0,
    isOwn: realOf(dirname(used)).startsWith(repository + sep),
    checked: {
      workspace: workspace.replace(/\/$/, ''),
      folders: folders.map((folder) => workspace + folder),
    },
  };
}

/** The state of the check. Nothing is changed. */
export function commitCheckState(place: HookPlace): CommitCheckState {
  const { path, used, isOwn, checked } = place;
  const where = isOwn ? used : path;
  const hook = hookAt(where);
  if (hook === undefined || !hasBlock(hook, checked.workspace)) {
    return foreignness(place, hook) === undefined ? { state: 'absent', path: used } : addedLine(place);
  }
  if (!isOwn) {
    const added = addedLine(place);
    return added.state === 'add-line'
      ? {
          state: 'unused',
          path: where,
          used,
          line: added.line,
          ...(added.place !== undefined && { place: added.place }),
        }
      : added;
  }
  if (withBlock(hook, checked) !== hook) return { state: 'outdated', path: where, isOurs: isOurs(hook) };
  if (!isExecutable(where)) return { state: 'not-executable', path: where, isOurs: isOurs(hook) };
  return { state: 'installed', path: where };
}

/** Whether a person has added the line to a hook that is not ours, or to the file from which a program makes it. */
function addedLine(place: HookPlace): Exclude<CommitCheckState, { readonly state: 'unused' }> {
  const { used, checked } = place;
  const lasting = lastingOf(place);
  const isHere = hasLine(readableHook(used), checked);
  if (lasting === undefined ? isHere : hasLine(readableHook(lasting), checked))
    return lasting !== undefined || isExecutable(used)
      ? { state: 'installed', path: lasting ?? used }
      : { state: 'not-executable', path: used, isOurs: false };
  const state = { state: 'add-line', path: used, line: lineOf(checked) } as const;
  if (lasting === undefined) return state;
  return { ...state, place: lasting, ...(isHere && { isFleeting: true }) };
}

function lastingOf({ top, used, isIgnored }: HookPlace): string | undefined {
  return lastingPlace({ top, used, text: readableHook(used), isIgnored });
}

/** The text of a hook that may lie anywhere; undefined also if it cannot be read. */
function readableHook(path: string): string | undefined {
  try {
    return hookAt(path);
  } catch {
    return undefined;
  }
}

function foreign(place: HookPlace, what: FailureData['hook-foreign']['what']): Failure {
  const lasting = lastingOf(place);
  const data = { path: place.used, what, line: lineOf(place.checked) };
  return new Failure('hook-foreign', lasting === undefined ? data : { ...data, place: lasting });
}

/** Why we may not write the hook that Git runs. Undefined if it is ours or does not exist. */
function foreignness(
  { used, isOwn }: HookPlace,
  hook: string | undefined,
): FailureData['hook-foreign']['what'] | undefined {
  if (!isOwn) return 'shared-folder';
  if (hook !== undefined) return isOurs(hook) ? undefined : 'of-others';
  return kindOf(used) === 'missing' ? undefined : 'not-a-file';
}

/**
 * Puts the workspace's check into a hook that is ours, or creates one. A second call changes nothing. The caller holds
 * the workspace's lock exclusively.
 * @returns whether the hook was changed
 * @throws Failure `hook-foreign`, `no-permission`, `disk-full` …
 */
export function installCommitCheck(place: HookPlace): boolean {
  const { used: path, isOwn, checked } = place;
  // Earlier versions also wrote into foreign hooks.
  if (commitCheckState(place).state === 'installed') return false;
  const before = isOwn ? hookAt(path) : undefined;
  const what = foreignness(place, before);
  if (what !== undefined) throw foreign(place, what);
  const after = withBlock(before, checked);
  if (before === undefined) ensureFolder(dirname(path));
  if (after !== before) replaceFile(path, Buffer.from(after, 'latin1'), 0o755);
  if (!isExecutable(path)) makeExecutable(path);
  return true;
}

/**
 * Removes the workspace's check from the hook, and deletes a hook that held nothing else. The caller holds the
 * workspace's lock exclusively.
 * @returns the hook that held it; undefined if there was none
 */
export function removeCommitCheck(place: HookPlace): string | undefined {
  const where = hookWithCheck(place);
  const before = where === undefined ? undefined : hookAt(where);
  if (where === undefined || before === undefined) return undefined;
  const { checked } = place;
  const after = withoutBlock(before, checked.workspace);
  if (isEmptyHook(after)) removeHook(where);
  else replaceFile(where, Buffer.from(after, 'latin1'));
  return where;
}

/** The hook that holds the workspace's check, and from which it can be removed; undefined if there is none. */
export function hookWithCheck({ path, used, isOwn, checked }: HookPlace): string | undefined {
  const where = isOwn ? used : path;
  const hook = hookAt(where);
  return hook !== undefined && hasBlock(hook, checked.workspace) ? where : undefined;
}

/** The hook, one character a byte: empty if it is too long for a script, undefined if there is no file. */
function hookAt(path: string): string | undefined {
  if (kindOf(path) !== 'file') return undefined;
  return whileOpen(path, (descriptor, { size }) =>
    size > LIMIT_BYTES ? '' : readFileSync(descriptor, 'latin1'),
  );
}

function ensureFolder(folder: string): void {
  if (kindOf(folder) === 'folder') return;
  try {
    makeFolder(folder);
  } catch (error) {
    throw fromSystemError(error, folder, 'write');
  }
}

function makeExecutable(path: string): void {
  try {
    chmodSync(path, 0o755);
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  }
}

function removeHook(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  }
  syncFolder(dirname(path));
}

/** Whether Git runs the hook, by Git's own check. Windows runs every hook. */
function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
