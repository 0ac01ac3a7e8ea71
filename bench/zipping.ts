import { execFileSync } from 'node:child_process';
import { copyFileSync, createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import type { AppReport } from '../src/workspace/workspace.ts';
import type { AppJobs } from '../src/jobs/jobs.ts';
import { zipArchives } from '../src/archive/zip/zipArchives.ts';
import { workerRunner } from '../src/base/job.ts';
import { APPEND_LOCK, openFolderLock } from '../src/files/folderLock.ts';
import { zipFile } from '../src/maintenance/zipStep.ts';
import { dist } from './bundles.ts';
import { longestStall } from './longestStall.ts';
import { writeRealisticLog } from './realisticLog.ts';
import { duration, sideBySide } from './sideBySide.ts';
import { mb, ms, times, type Row } from './table.ts';

const MB = 1_048_576;
const LOG_BYTES = 20 * MB;
const TURNS = 7;
const MOST_TIME_RATIO = 1.8;
const MOST_MEMORY_BYTES = 48 * MB;
const MOST_STALL_MS = 10;
/** The fastest piece size for the bare stream on this machine, from 16 KB to 1 MB. */
const PIECE_BYTES = 256 * 1024;

export async function zippingRows(base: string): Promise<readonly Row[]> {
  const root = join(base, 'zipping');
  const logs = join(root, 'logs');
  const original = join(base, 'original.log');
  mkdirSync(logs, { recursive: true });
  writeRealisticLog(original, LOG_BYTES);
  writeFileSync(join(root, '.workspace-logs.json'), '{"version": 1, "rotation": {"keepPlain": 1}}');
  writeFileSync(join(logs, 'api.log'), '');
  const renew = (): void => {
    copyFileSync(original, join(logs, 'api.1.log'));
    rmSync(join(logs, 'api.2026-01-01.log.zip'), { force: true });
  };
  return [
    await timeRow(original, logs, renew),
    await memoryRow(logs, renew),
    await stallRow(root, logs, renew),
  ];
}

async function timeRow(original: string, logs: string, renew: () => void): Promise<Row> {
  const lock = await openFolderLock(logs, APPEND_LOCK);
  const context = { folder: logs, now: Date.now(), lock, archives: zipArchives, existing: [] };
  const { bare, ours } = await sideBySide(TURNS, {
    bare: () => duration(() => deflate(original)),
    ours: () => {
      renew();
      return duration(() => zipFile('api.1.log', 'api.2026-01-01.log.zip', context));
    },
  });
  lock.close();
  return {
    what: 'a 20 MB log zipped, synced, verified',
    measured: ms(ours),
    against: `node:zlib deflate stream, level 6, 256 KB pieces, output dropped, ${ms(bare)}`,
    ratio: times(ours / bare),
    goal: `≤ ${String(MOST_TIME_RATIO)} ×`,
    met: ours / bare <= MOST_TIME_RATIO,
  };
}

async function deflate(path: string): Promise<void> {
  await pipeline(
    createReadStream(path, { highWaterMark: PIECE_BYTES }),
    createDeflateRaw({ level: 6, chunkSize: PIECE_BYTES }),
    new Writable({
      write: (_piece, _encoding, done) => {
        done();
      },
    }),
  );
}

async function memoryRow(logs: string, renew: () => void): Promise<Row> {
  const peak = (...words: string[]): number => {
    renew();
    const script = join(import.meta.dirname, 'zipStepAlone.ts');
    return Number(execFileSync(process.execPath, [script, logs, ...words], { encoding: 'utf8' }));
  };
  const { idle, zipping } = await sideBySide(TURNS, { idle: () => peak('idle'), zipping: () => peak() });
  return {
    what: 'peak memory of that beyond an idle process',
    measured: mb(zipping - idle),
    against: `a process that loads the same and does nothing, ${mb(idle)}`,
    ratio: '',
    goal: `< ${mb(MOST_MEMORY_BYTES)}`,
    met: zipping - idle < MOST_MEMORY_BYTES,
  };
}

/** The longest time for which the main thread was blocked while the worker zipped. */
async function stallRow(root: string, logs: string, renew: () => void): Promise<Row> {
  const app = workerRunner<AppJobs, AppReport>(join(dist, 'worker.js'));
  try {
    await app.run('listLogs', { root, times: false });
    const { zipping, waiting } = await sideBySide(TURNS, {
      waiting: () => longestStall(() => new Promise((resolve) => setTimeout(resolve, 400))),
      zipping: () => {
        for (const name of ['api.2026-01-01.log.zip', 'api.1.log']) rmSync(join(logs, name), { force: true });
        renew();
        return longestStall(() => app.run('runMaintenance', { root, now: Date.UTC(2026, 0, 2) }));
      },
    });
    return {
      what: 'longest stall of the main thread meanwhile, through the worker',
      measured: ms(zipping),
      against: `a main thread that only waits, ${ms(waiting)}`,
      ratio: '',
      goal: `< ${String(MOST_STALL_MS)} ms`,
      met: zipping < MOST_STALL_MS,
    };
  } finally {
    app.dispose();
  }
}
