import { execFile } from 'node:child_process';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../base/job.ts';
import { Failure } from '../base/failure.ts';

/** The answer of Git; `status` is null if this machine has no Git or if Git did not answer in time. */
export interface GitAnswer {
  readonly status: number | null;
  readonly stdout: string;
  /** Git's error message, or why Git could not be run. */
  readonly stderr: string;
  /** Git did not answer in time. */
  readonly late: boolean;
}

/** Why Git gave no answer. */
export type GitSilence =
  | { readonly kind: 'no-git' }
  | { readonly kind: 'late' }
  /** `detail` is the first line of its error message. */
  | { readonly kind: 'refused'; readonly detail: string };

const TIMEOUT_MS = 10_000;

/**
 * Variables that Git sets inside a hook, where they name the hook's repository and not the folder's, and variables that
 * change the meaning of a path.
 */
const ofAnotherCall = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_OBJECT_DIRECTORY',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
]);

const harmless = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

/**
 * Runs Git in `folder`. A repository's own configuration may name programs to run: those that the commands here could
 * start (a file system monitor, hooks) are switched off, and so are prompts and the network.
 * @param environment where Git is, and which configuration it reads
 */
export async function git(folder: string, environment: Environment, ...args: string[]): Promise<GitAnswer> {
  return run(folder, environment, [...harmless, ...args]);
}

/** Runs Git as `git` does, and tells it these paths on standard input, each with a zero byte behind it. */
export async function gitAbout(
  folder: string,
  environment: Environment,
  paths: readonly string[],
  args: readonly string[],
): Promise<GitAnswer> {
  const input = paths.map((path) => `${path}\0`).join('');
  return run(folder, environment, [...harmless, ...args], input);
}

/** A path in Git's configuration for `folder`, with `~` expanded; undefined if it is not set. */
export async function configuredPath(
  folder: string,
  environment: Environment,
  name: string,
): Promise<string | undefined> {
  // Do not call `git` here: it sets `core.hooksPath` itself, and that would be the answer.
  const { status, stdout } = await run(folder, environment, ['config', '--type=path', '-z', '--get', name]);
  return status === 0 ? stdout.replace(/\0$/, '') : undefined;
}

async function run(
  folder: string,
  environment: Environment,
  args: readonly string[],
  input = '',
): Promise<GitAnswer> {
  const inherited = Object.entries(environment).filter(([name]) => !ofAnotherCall.has(name));
  const env = {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // A partial clone would fetch missing objects by a program that its configuration may name.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    LC_ALL: 'C',
  };
  const options = { cwd: folder, env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    const { stdin } = execFile('git', args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const status = typeof code === 'number' ? code : null;
      const complaint = stderr === '' && error !== null ? error.message : stderr;
      resolve({ status, stdout, stderr: complaint, late: error?.killed === true });
    });
    // A Git that could not be started, or that ended early, reads no input. Its answer says so.
    stdin?.on('error', () => undefined).end(input);
  });
}

/** The reason why Git gave no answer. */
export function silenceOf({ status, stderr, late }: GitAnswer): GitSilence {
  if (late) return { kind: 'late' };
  return status === null ? { kind: 'no-git' } : { kind: 'refused', detail: firstLine(stderr) };
}

export function gitRefused(command: string, { stderr }: GitAnswer): Failure {
  return new Failure('git-refused', { command, detail: firstLine(stderr) });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/**
 * The root of the repository that holds `folder`, found by its `.git`; undefined outside of any. Git does not look for
 * repositories beyond a file system's root, unless a variable tells it to.
 */
export function repositoryRoot(folder: string, environment: Environment): string | undefined {
  const goesOn = truths.test(environment.GIT_DISCOVERY_ACROSS_FILESYSTEM ?? '');
  return repositoryAbove(folder, (at) => !goesOn && isMountRoot(at));
}

/** Whether a repository may hold `folder`, for a caller who does not know which variables Git will see. */
export function mayBeInRepository(folder: string): boolean {
  return repositoryAbove(realpathSync(folder), () => false) !== undefined;
}

function repositoryAbove(folder: string, isEnd: (folder: string) => boolean): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at || isEnd(at)) return undefined;
  }
}

/** What Git reads as true. */
const truths = /^(?:true|yes|on|[-+]?0*[1-9]\d*[kmg]?)$/i;

function isMountRoot(folder: string): boolean {
  try {
    return lstatSync(folder).dev !== lstatSync(dirname(folder)).dev;
  } catch {
    return true;
  }
}
