import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { FreshFolders } from './freshFolders.ts';

export interface GitRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitRepository {
  /** Runs Git, which must succeed, and gives what it printed. */
  readonly git: (folder: string, ...args: string[]) => string;
  /** Runs Git, whatever comes of it. */
  readonly tryGit: (folder: string, ...args: string[]) => GitRun;
}

/** A Git without the configuration of the person who runs the tests, nor of the machine. */
export function gitRepository(folders: FreshFolders): GitRepository {
  const { environment } = folders;
  beforeEach(() => {
    Object.assign(environment, {
      HOME: folders.state,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: join(folders.state, 'gitconfig'),
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.invalid',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.invalid',
    });
    delete environment.XDG_CONFIG_HOME;
  });
  return {
    git: (folder, ...args) =>
      execFileSync('git', args, {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    tryGit(folder, ...args) {
      const { status, stdout, stderr } = spawnSync('git', args, {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    },
  };
}
