import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FreshFolders {
  /** A workspace's root, empty. */
  readonly root: string;
  /** Its `logs/`, made by the first who asks. */
  readonly logs: string;
  /** Where state folders go (XDG_STATE_HOME), empty. */
  readonly state: string;
  /** Writes a file of the workspace. */
  put(path: string, content: string | Uint8Array): string;
  /** Writes the policy. */
  policy(content: object): void;
}

/** Fresh folders for each test of the suite that asks for them, and no way to the person's own state folder. */
export function freshFolders(): FreshFolders {
  let base = '';
  const before = process.env.XDG_STATE_HOME;

  beforeEach(() => {
    base = mkdtempSync(join(realpathSync(tmpdir()), 'workspace-logs-'));
    mkdirSync(join(base, 'root'));
    mkdirSync(join(base, 'state'));
    process.env.XDG_STATE_HOME = join(base, 'state');
  });

  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  });

  return {
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
