import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeTrails } from '../../src/audit/trail.ts';

export interface FreshFolders {
  /** A workspace's root, empty. */
  readonly root: string;
  /** Its `logs/`, made by the first who asks. */
  readonly logs: string;
  /** Where state folders go (XDG_STATE_HOME of `environment`), empty. */
  readonly state: string;
  /** What is handed to the code under test, and what programs are started with; a test may change it for itself. */
  readonly environment: Record<string, string | undefined>;
  /** Writes a file of the workspace. */
  put(path: string, content: string | Uint8Array): string;
  /** Writes the policy. */
  policy(content: object): void;
}

let current: FreshFolders['environment'] = process.env;

/** The environment of the test that runs: that of its fresh folders, where it has such. */
export function testEnvironment(): FreshFolders['environment'] {
  return current;
}

/** Fresh folders for each test of the suite that asks for them, and no way to the person's own state folder. */
export function freshFolders(): FreshFolders {
  let base = '';
  const environment: FreshFolders['environment'] = {};

  beforeEach(() => {
    base = mkdtempSync(join(realpathSync(tmpdir()), 'workspace-logs-'));
    mkdirSync(join(base, 'root'));
    mkdirSync(join(base, 'state'));
    for (const name of Object.keys(environment)) Reflect.deleteProperty(environment, name);
    Object.assign(environment, { ...process.env, XDG_STATE_HOME: join(base, 'state') });
    current = environment;
  });

  afterEach(async () => {
    // SQLite knows a file by its inode. A trail that stays open after its file is removed would hold a lock on the next
    // file that gets this inode.
    await closeTrails();
    rmSync(base, { recursive: true, force: true });
    current = process.env;
  });

  return {
    environment,
    get root() {
      return join(base, 'root');
    },
    get logs() {
      const folder = join(base, 'root', 'logs');
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    get state() {
      return join(base, 'state');
    },
    put(path, content) {
      const full = join(base, 'root', path);
      mkdirSync(join(full, '..'), { recursive: true });
      writeFileSync(full, content);
      return full;
    },
    policy(content) {
      this.put('.workspace-logs.json', JSON.stringify({ version: 1, workspaceId: 'test', ...content }));
    },
  };
}
