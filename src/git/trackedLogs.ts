import { realpathSync } from 'node:fs';
import type { Environment } from '../base/job.ts';
import { git, gitRefused, repositoryRoot, silenceOf, type GitAnswer, type GitSilence } from './git.ts';

/** Git's answer about a workspace's logs, or why there is none. */
export type Told<T> =
  { readonly kind: 'told'; readonly value: T } | { readonly kind: 'no-repository' } | GitSilence;

/** Files that keep an empty folder in a repository, or that Git reads: users commit them on purpose. */
const meantToBeCommitted = ['.git*', '.keep'];

/**
 * Git pathspecs for the content of some folders, which may have any names. A link or a submodule with such a name is
 * not matched.
 * @param folders relative to where Git runs
 */
export function logPathspecs(folders: readonly string[]): string[] {
  return [...folders.map(pathspecOf), ...meantToBeCommitted.map((name) => `:(top,exclude,glob)**/${name}`)];
}

/** The pathspec for the content of one folder. */
export function pathspecOf(folder: string): string {
  return `:(literal)${folder}/`;
}

function isMeantToBeCommitted(path: string): boolean {
  return /(?:^|\/)\.(?:git[^/]*|keep)$/.test(path);
}

/** The files in the managed folders that Git tracks, relative to `root`. */
export async function trackedFiles(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<Told<readonly string[]>> {
  // Leave out the exclusions: ls-files compares them with the wrong part of a path in a folder below the top.
  const args = ['ls-files', '-z', '--', ...folders.map(pathspecOf)];
  return ask(root, environment, args, ({ stdout }) =>
    stdout.split('\0').filter((path) => path !== '' && !isMeantToBeCommitted(path)),
  );
}

/** A commit of any branch, tag or stash that adds, changes or removes files of the managed folders. */
export async function commitOfLogs(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<Told<string | undefined>> {
  // Don't use `git log`: its configuration may make it run a program on signatures. `rev-list` ends at the first commit
  // that it finds.
  const args = ['rev-list', '--all', '--full-history', '-1', '--', ...logPathspecs(folders)];
  return ask(root, environment, args, ({ stdout }) => stdout.trim() || undefined);
}

/**
 * Removes the files in the managed folders from Git's index. No file on disk changes, and no commit.
 * @throws Failure `git-refused`
 */
export async function untrackFiles(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<void> {
  // Without --force Git refuses files whose staged content is neither the commit's nor the disk's.
  const how = ['-r', '--cached', '--force', '--quiet', '--ignore-unmatch'];
  const answer = await git(root, environment, 'rm', ...how, '--', ...logPathspecs(folders));
  if (answer.status !== 0) throw gitRefused('git rm --cached', answer);
}

async function ask<T>(
  root: string,
  environment: Environment,
  args: readonly string[],
  read: (answer: GitAnswer) => T,
): Promise<Told<T>> {
  if (repositoryRoot(realpathSync(root), environment) === undefined) return { kind: 'no-repository' };
  const answer = await git(root, environment, ...args);
  return answer.status === 0 ? { kind: 'told', value: read(answer) } : silenceOf(answer);
}
