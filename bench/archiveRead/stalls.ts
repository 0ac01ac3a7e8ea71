import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppReport } from '../../src/workspace/workspace.ts';
import type { AppJobs } from '../../src/jobs/jobs.ts';
import { workerRunner } from '../../src/base/job.ts';
import { dist } from '../bundles.ts';
import { longestStall } from '../longestStall.ts';
import { sideBySide } from '../sideBySide.ts';
import { ms, type Row } from '../table.ts';
import { passwordText, type Archives } from './archives.ts';

const TURNS = 7;
const MOST_STALL_MS = 10;

/** The longest time for which the editor's thread was blocked while the worker read an archive for it. */
export async function stallRows(base: string, archives: Archives): Promise<readonly Row[]> {
  const root = join(base, 'stalls');
  mkdirSync(join(root, 'logs'), { recursive: true });
  const app = workerRunner<AppJobs, AppReport>(join(dist, 'worker.js'));
  const opened = (method: 'deflated' | 'lzma' | 'bzip2') => (): Promise<number> => {
    const name = `${method}.zip`;
    // The worker has no cached data of a new file.
    copyFileSync(archives[method].path, join(root, 'logs', name));
    return longestStall(async () => app.run('readLogPart', { root, name, part: 0 }));
  };
  try {
    await app.run('addPassword', { password: Buffer.from(passwordText) });
    const { waiting, ...stalls } = await sideBySide(TURNS, {
      waiting: () => longestStall(() => new Promise((resolve) => setTimeout(resolve, 400))),
      deflated: opened('deflated'),
      lzma: opened('lzma'),
      bzip2: opened('bzip2'),
    });
    return Object.entries(stalls).map(([method, stall]) => ({
      what: `longest stall of the main thread while 20 MB are opened, ${method}`,
      measured: ms(stall),
      against: `a main thread that only waits, ${ms(waiting)}`,
      ratio: '',
      goal: `≤ ${String(MOST_STALL_MS)} ms`,
      met: stall <= MOST_STALL_MS,
    }));
  } finally {
    app.dispose();
  }
}
