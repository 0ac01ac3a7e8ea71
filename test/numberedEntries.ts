import { setImmediate as turn } from 'node:timers/promises';
import type { Recorder } from '../src/recorder/recorder.ts';

const EACH_TURN = 200;

/** Records so many entries, whose paths bear their numbers, some in each turn of the event loop; in five rotated files or more. */
export async function recordNumbered(recorder: Recorder, entries: number): Promise<void> {
  for (let number = 0; number < entries; number += 1) {
    recorder.record({ method: 'GET', path: `/numbered/${String(number)}`, status: 200, user: 'ada' });
    if (number % EACH_TURN === 0) await turn();
    // More than one file is needed for one of them to be zipped.
    if (number % (entries / 5) === 0) {
      await recorder.flush();
      await recorder.rotationSettled();
    }
  }
  await recorder.flush();
}
