import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  /** Makes a repository of a folder, without hooks. */
  readonly repository: (folder: string) => void;
  /** Runs Git, which may fail. */
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
    repository(folder) {
      cpSync(template(), folder, { recursive: true });
    },
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

let made: string | undefined;

/** An empty repository, made once for all tests by Git: to copy it costs less than another one of Git's programs. */
function template(): string {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-repository-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  execFileSync('git', ['init', '-q', '--template='], { cwd: folder, stdio: 'pipe' });
  made = folder;
  return folder;
}
