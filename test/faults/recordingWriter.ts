/**
 * A program that records: `node recordingWriter.ts ROOT NAME COUNT` writes so many numbered entries as fast as the disk
 * takes them, then prints the recorder's counts. It holds itself back by `flush`, as the contract asks of a program that
 * must lose nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppReport } from '../../src/workspace/workspace.ts';
import type { AppJobs } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { workerRunner } from '../../src/base/job.ts';
import { systemAppendPort, type AppendPort } from '../../src/files/append.ts';
import { worker } from './commandLine.ts';

const [workspace = '', name = '', count = ''] = process.argv.slice(2);
const AT_ONCE = 2000;

/** Long enough for a SIGSTOP to fall between the look at the path and the write. */
const DAWDLE_MS = 5;
const port: AppendPort = {
  ...systemAppendPort,
  write: async (descriptor, bytes) => {
    await sleep(DAWDLE_MS);
    return systemAppendPort.write(descriptor, bytes);
  },
};

const app = workerRunner<AppJobs, AppReport>(worker);
const recorder = await Recorder.open({ workspace }, { app, port });
let rotations = 0;
recorder.on('rotated', () => (rotations += 1));
recorder.on('error', ({ code, data }) => {
  console.error(code, data);
});
for (let number = 1; number <= Number(count); number += 1) {
  recorder.record({ method: 'GET', path: `/api/items/${name}/${String(number)}`, status: 200 });
  if (number % AT_ONCE !== 0) continue;
  await recorder.flush();
  // So that there are as many rotations as there can be.
  await recorder.rotationSettled();
}
await recorder.close();
process.stdout.write(JSON.stringify({ ...recorder.stats(), rotations }));
