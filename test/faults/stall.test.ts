import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import type { Worker } from 'node:worker_threads';
import { workerRunner } from '../../src/base/job.ts';
import type { AppReport } from '../../src/app/actionEvent.ts';
import type { AppJobs } from '../../src/app/jobs.ts';
import { requireTools, worker } from './commandLine.ts';
import { DAY_MS, fillWorkspace, folderForTests, logOf } from './workspaceFolder.ts';

const MB = 1_048_576;

describe('zipping in the worker', () => {
  const root = folderForTests('stall');

  before(() => {
    requireTools();
  });

  it('happens in a thread of its own', async () => {
    const logs = { 'api.log': '', 'api.1.log': logOf(20 * MB, Date.now() - DAY_MS) };
    fillWorkspace(root, { policy: { rotation: { keepPlain: 1 } }, logs });
    const app = workerRunner<AppJobs, AppReport>(worker);
    const started: Worker[] = [];
    const onWorker = (thread: Worker): void => void started.push(thread);
    process.on('worker', onWorker);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    try {
      delay.enable();
      // A block that begins in the turn in which the monitor starts would be missed.
      await turn();
      const before = performance.eventLoopUtilization();
      const { steps } = await app.run('runMaintenance', { root });
      await turn();
      delay.disable();
      assert.deepEqual(
        steps.map(({ kind }) => kind),
        ['zip'],
      );
      const [thread] = started;
      assert.ok(thread !== undefined && started.length === 1);
      assert.notEqual(thread.threadId, threadId);
      const here = performance.eventLoopUtilization(before).active;
      const there = thread.performance.eventLoopUtilization().active;
      assert.ok(there > here, `busy here ${here.toFixed()} ms, in the worker ${there.toFixed()} ms`);
      console.log(`      longest delay of the main thread: ${(delay.max / 1e6).toFixed(1)} ms`);
    } finally {
      process.off('worker', onWorker);
      app.dispose();
    }
  });

  it('keeps a program alive until it is done, and no longer', () => {
    const runner = join(import.meta.dirname, '../../src/base/job.ts');
    const program = `import { workerRunner } from ${JSON.stringify(runner)};
      const app = workerRunner(${JSON.stringify(worker)});
      const files = await app.run('listLogs', { root: ${JSON.stringify(root)}, times: true });
      console.log(files.length);`;
    const script = join(root, 'program.mjs');
    writeFileSync(script, program);
    assert.equal(execFileSync(process.execPath, [script], { encoding: 'utf8', timeout: 20_000 }), '2\n');
  });
});
