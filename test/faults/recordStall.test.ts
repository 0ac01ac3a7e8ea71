import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppReport } from '../../src/workspace/workspace.ts';
import { inlineApp, type App, type AppJobs } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { workerRunner } from '../../src/base/job.ts';
import { systemAppendPort, type AppendPort } from '../../src/files/append.ts';
import { recordNumbered } from '../numberedEntries.ts';
import { requireTools, worker } from './commandLine.ts';
import { compressorsMadeHere } from './compressorsMadeHere.ts';
import { numbersIn } from './recordedNumbers.ts';
import { fillWorkspace, folderForTests } from './workspaceFolder.ts';

const ENTRIES = 50_000;
const APPEND_BYTES = 1_048_576;

/** `npm run bench -- record` measures how long a turn takes. This test counts the work that could make a turn long. */
describe('50,000 entries are recorded, rotated and zipped', () => {
  let root: string;
  const base = folderForTests('record-stall');

  before(() => {
    requireTools('unzip');
  });

  async function record(app: App): Promise<{ perTurn: number; now: number; compressors: number }> {
    fillWorkspace(root, { policy: { rotation: { maxFileMB: 1, keepPlain: 1 } } });
    const writes = writesOfTurns();
    const compressors = compressorsMadeHere();
    const recorder = await Recorder.open({ workspace: root }, { app, port: writes.port });
    const errors: string[] = [];
    recorder.on('error', ({ code }) => errors.push(code));
    await recordNumbered(recorder, ENTRIES);
    await recorder.rotationSettled();
    const zipped = (): number =>
      readdirSync(join(root, 'logs')).filter((name) => name.endsWith('.zip')).length;
    while (zipped() < 1) await sleep(1);
    await recorder.close();
    compressors.stop();
    const counted = { ...writes.stop(), compressors: compressors.count() };
    assert.deepEqual([errors, numbersIn(root).counts.size], [[], ENTRIES]);
    return counted;
  }

  it('and this thread zips nothing, waits for no write, and gives the disk at most 1 MB a turn', async () => {
    root = join(base, 'worker');
    const { perTurn, now, compressors } = await record(workerRunner<AppJobs, AppReport>(worker));
    assert.deepEqual([now, compressors], [0, 0]);
    assert.ok(perTurn > 0 && perTurn <= APPEND_BYTES, `${String(perTurn)} bytes`);
  });

  it('and what this thread zips would be counted', async () => {
    root = join(base, 'inline');
    assert.ok((await record(inlineApp())).compressors > 0);
  });
});

/** A disk that counts the bytes that it gets before the event loop goes on, and the bytes of synchronous writes. */
function writesOfTurns(): { port: AppendPort; stop: () => { perTurn: number; now: number } } {
  let perTurn = 0;
  let inThisTurn = 0;
  let now = 0;
  let isCounting = true;
  const next = (): void => {
    inThisTurn = 0;
    if (isCounting) setImmediate(next);
  };
  setImmediate(next);
  return {
    port: {
      ...systemAppendPort,
      write(descriptor, bytes) {
        inThisTurn += bytes.length;
        perTurn = Math.max(perTurn, inThisTurn);
        const written = systemAppendPort.write(descriptor, bytes);
        // What follows it runs in a callback of its own, though perhaps in the same round of the loop.
        const forget = (): void => {
          inThisTurn = 0;
        };
        written.then(forget, forget);
        return written;
      },
      writeNow(descriptor, bytes) {
        now += bytes.length;
        return systemAppendPort.writeNow(descriptor, bytes);
      },
    },
    stop() {
      isCounting = false;
      return { perTurn, now };
    },
  };
}
