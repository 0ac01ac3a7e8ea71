import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLibrary } from './record/builtLibrary.ts';
import { callRows } from './record/callRows.ts';
import { hostileRows } from './record/hostileRow.ts';
import { httpRows } from './record/httpRows.ts';
import { maskingRows } from './record/maskingRows.ts';
import { memoryRow } from './record/memoryRow.ts';
import { strictRows } from './record/strictRows.ts';
import { competitorVersions } from './record/versions.ts';
import { turnRow } from './recordTurn.ts';
import type { Row } from './table.ts';

/**
 * The recording part: the cost of a call, the entries that reach the disk, requests, masking, memory. It takes about
 * five minutes.
 */
export async function record(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-record-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  console.log(`\n${competitorVersions()}\n${conditions}`);
  try {
    await buildLibrary(join(folder, 'library'));
    return [
      ...(await callRows(folder)),
      ...(await httpRows(folder)),
      ...(await maskingRows()),
      ...hostileRows(),
      ...(await strictRows(folder)),
      await memoryRow(folder),
      await turnRow(folder),
    ];
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 5 });
  }
}

const conditions = `Each contender has a process of its own with the same flags, all write to ${tmpdir()}, in turns.
pino: sync false, minLength 4096, base null; pino-roll the same with size 20m; winston: format.json() without a time,
maxSize 20m; rotating-file-stream: size 20M, given JSON.stringify; log4js: maxLogSize 20M, a JSON layout, no clustering.
Ours: log writes, errors, auth; exclude two globs; masking on; maxFileMB 20; best effort. Nobody compresses.
The event loop turns after every 100 entries; whoever says that it is full is waited for (pino does not say).
Entries are new for each process, flat and unhashed; nothing of them is cached. Files are in the page cache, but for
durable entries. Server and load share the machine’s cores.`;
