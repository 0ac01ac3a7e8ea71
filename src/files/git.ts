import { execFile } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What Git answered; `status` is null when there is no Git on this machine or it did not answer in time. */
export interface GitAnswer {
  readonly status: number | null;
  readonly stdout: string;
}

const TIMEOUT_MS = 10_000;

/** Set inside a hook, and then naming the hook's repository instead of the folder's. */
const ofAnotherRepository = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
]);

/**
 * Runs Git in `folder`. A repository's own configuration may name programs to run: what could be started by the
 * read-only commands used here (a file system monitor, hooks) is switched off, and so are prompts.
 */
export async function git(folder: string, ...args: string[]): Promise<GitAnswer> {
  const guarded = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args];
  const inherited = Object.entries(process.env).filter(([name]) => !ofAnotherRepository.has(name));
  const env = {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
  return new Promise((resolve) => {
    execFile(
      'git',
      guarded,
      { cwd: folder, env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => {
        const code = error === null ? 0 : error.code;
        resolve({ status: typeof code === 'number' ? code : null, stdout });
      },
    );
  });
}

/** The root of the repository that holds `folder`, found by its `.git`; undefined outside of any. */
export function repositoryRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at || isMountRoot(at)) return undefined;
  }
}

/** Git does not look for repositories beyond a file system's root. */
function isMountRoot(folder: string): boolean {
  try {
    return lstatSync(folder).dev !== lstatSync(dirname(folder)).dev;
  } catch {
    return true;
  }
}
