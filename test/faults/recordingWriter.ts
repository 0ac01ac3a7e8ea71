/**
 * A program that records: `node recordingWriter.mjs ROOT NAME COUNT WORKER` writes so many numbered entries, then prints the
 * recorder's counts. It holds itself back by `flush`, as the contract asks of a program that must lose nothing. Between the
 * look at the path and the write, under the lock, it stops itself at random.
 */
import type { AppReport } from '../../src/app/actionEvent.ts';
import type { AppJobs } from '../../src/app/jobs.ts';
import { Recorder } from '../../src/app/recorder.ts';
import { workerRunner } from '../../src/base/job.ts';
import { systemAppendPort } from '../../src/files/appendPort.ts';
import type { AppendPort } from '../../src/files/appendPort.ts';
import { randomOf } from '../chance.ts';
import { stopMyself } from './stoppedWriters.ts';

const [workspace = '', name = '', count = '', worker = ''] = process.argv.slice(2);
const AT_ONCE = 200;
/** With it, forty thousand entries fill files of 1 MB, the smallest limit, more than a dozen times. */
const NOTE = 'x'.repeat(300);
const STOPS = 0.15;
const STOPS_AT_MOST = 40;

const random = randomOf(`stops of ${name}`);
let stops = 0;
const port: AppendPort = {
  ...systemAppendPort,
  write: (descriptor, bytes) => {
    if (stops < STOPS_AT_MOST && random() < STOPS) {
      stops += 1;
      stopMyself();
    }
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
  recorder.record({ method: 'GET', path: `/api/items/${name}/${String(number)}`, status: 200, note: NOTE });
  if (number % AT_ONCE !== 0) continue;
  await recorder.flush();
  // So that there are as many rotations as there can be.
  await recorder.rotationSettled();
}
await recorder.close();
process.stdout.write(JSON.stringify({ ...recorder.stats(), rotations, stops }));
