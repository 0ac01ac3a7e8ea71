import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId, type Worker } from 'node:worker_threads';
import { inlineApp, type AppJobs } from '../../src/jobs/jobs.ts';
import { workerRunner } from '../../src/base/job.ts';
import type { AppReport } from '../../src/workspace/workspace.ts';
import { requireTools, worker } from './commandLine.ts';
import { size } from '../chance.ts';
import { compressorsMadeHere } from './compressorsMadeHere.ts';
import { DAY_MS, fillWorkspace, folderForTests, logOf } from './workspaceFolder.ts';

const MB = 1_048_576;

describe('zipping in the worker', () => {
  const root = folderForTests('stall');

  before(() => {
    requireTools();
  });

  it('happens in a thread of its own', async () => {
    const logs = { 'api.log': '', 'api.1.log': logOf(size(2, 20) * MB, Date.now() - DAY_MS) };
    fillWorkspace(root, { policy: { rotation: { keepPlain: 1 } }, logs });
    const app = workerRunner<AppJobs, AppReport>(worker);
    const started: Worker[] = [];
    const onWorker = (thread: Worker): void => void started.push(thread);
    process.on('worker', onWorker);
    const compressors = compressorsMadeHere();
    try {
      const { steps } = await app.run('runMaintenance', { root });
      assert.deepEqual(
        steps.map(({ kind }) => kind),
        ['zip'],
      );
      const [thread] = started;
      assert.ok(thread !== undefined && started.length === 1);
      assert.notEqual(thread.threadId, threadId);
      assert.equal(compressors.count(), 0);

      // A control: a zip in this thread is counted.
      fillWorkspace(root, { logs: { 'api.2.log': logOf(1000, Date.now() - DAY_MS) } });
      await inlineApp().run('runMaintenance', { root });
      assert.ok(compressors.count() > 0);
    } finally {
      process.off('worker', onWorker);
      app.dispose();
      compressors.stop();
    }
  });

  it('keeps a program alive until it is done, and no longer', () => {
    const runner = join(import.meta.dirname, '../../src/base/job.ts');
    const program = `import { workerRunner } from ${JSON.stringify(runner)};
      const app = workerRunner(${JSON.stringify(worker)});
      const files = await app.run('listLogs', { root: ${JSON.stringify(root)}, times: true });
      console.log(files.filter(({ kind }) => kind !== 'store').length);`;
    const script = join(root, 'program.mjs');
    writeFileSync(script, program);
    assert.equal(execFileSync(process.execPath, [script], { encoding: 'utf8', timeout: 20_000 }), '3\n');
  });
});
