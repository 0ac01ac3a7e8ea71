import { mkdir, mkdtemp, readdir, realpath, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { POLICY_FILE } from '../../src/files/places.ts';

/** A workspace on disk that one test owns. */
export interface WorkspaceFolder {
  /** The real path. */
  readonly folder: string;
  /** For XDG_STATE_HOME: keys and acceptances of this workspace alone. */
  readonly stateFolder: string;
  /** Writes files. */
  fill(files: Files): Promise<void>;
  /** Leaves the folder alone with nothing in it, and nothing beside it, as VS Code watches the folder itself. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

/** Content of files by their paths. */
export type Files = Readonly<Record<string, string | Buffer>>;

const HOUR = 3_600_000;

/** A few fresh logs, and a nested `logs` folder that is not managed. */
export function fewLogs(now = Date.now()): Files {
  return {
    'logs/api.log': entry(now - HOUR, '/api/invoices'),
    'logs/api.1.log': entry(now - 48 * HOUR, '/api/customers'),
    'logs/worker.log': 'started\n',
    'sub/logs/service.log': 'started\n',
    'README.md': '# A workspace\n',
  };
}

/**
 * Writes a policy at once, as editors and Git do. VS Code reads it as soon as it changes, and an empty file between the
 * truncation and the writing would be a broken policy.
 */
export async function putPolicy(path: string, text: string | Buffer): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Makes a workspace of its own for a test, in a temporary folder. */
export async function freshWorkspace(files: Files): Promise<WorkspaceFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'workspace-')));
  const folder = join(root, 'billing');
  await mkdir(folder);
  const within = async (place: string, kept: string): Promise<void> => {
    for (const name of await readdir(place))
      if (name !== kept) await rm(join(place, name), { recursive: true, force: true, maxRetries: 5 });
  };
  const workspace: WorkspaceFolder = {
    folder,
    stateFolder: join(root, 'state'),
    async fill(content) {
      for (const place of new Set(Object.keys(content).map((name) => dirname(join(folder, name)))))
        await mkdir(place, { recursive: true });
      for (const [name, text] of Object.entries(content)) {
        const path = join(folder, name);
        await (name.endsWith(POLICY_FILE) ? putPolicy(path, text) : writeFile(path, text));
        const written = /\.\d+\.log$/.test(name) ? lastTimeIn(text) : undefined;
        if (written !== undefined) await utimes(path, written, written);
      }
    },
    async empty() {
      await within(folder, '');
      await within(root, basename(folder));
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
  await workspace.fill(files);
  return workspace;
}

/** When a rotated log was written last, as its last line says. A log of just now would not expire for a day. */
function lastTimeIn(text: string | Buffer): Date | undefined {
  const found = /.*"timestamp":"([^"]+)"/s.exec(text.slice(-1000).toString());
  return found === null ? undefined : new Date(found[1] ?? '');
}

function entry(time: number, path: string): string {
  const request = { user: 'alice', method: 'GET', path, status: 200, duration_ms: 12 };
  return `${JSON.stringify({ timestamp: new Date(time).toISOString(), workspace_id: 'billing', ...request })}\n`;
}
