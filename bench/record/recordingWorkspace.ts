import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Records writes, errors and logins, as in production. It does not zip, since the other products do not either. */
const filtering = { log: ['writes', 'errors', 'auth'], exclude: ['/health', '/internal/**'] };
const keepingAll = { ...filtering, log: ['all'] };
const rotation = { maxFileMB: 20, keepPlain: 100 };

/** Runs `work` on a new workspace under `base` with `logs` and a policy, and deletes it. */
export async function inWorkspace<T>(
  base: string,
  work: (folder: string) => Promise<T>,
  recorded: 'filtered' | 'all' = 'filtered',
): Promise<T> {
  const folder = mkdtempSync(join(base, 'workspace-'));
  mkdirSync(join(folder, 'logs'));
  const recording = recorded === 'all' ? keepingAll : filtering;
  writeFileSync(join(folder, '.workspace-logs.json'), JSON.stringify({ version: 1, rotation, recording }));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 5 });
  }
}
