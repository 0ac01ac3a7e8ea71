/**
 * A backend that records: `node numberedWriter.ts WORKSPACE` writes numbered entries through the library as it is
 * shipped until its standard input ends, then prints how many it wrote. Maintenance may run at the same time, also by
 * its own recorder.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkout } from '../../scripts/folders.ts';

type Library = typeof import('../../src/library/index.ts');

const AT_ONCE = 500;
const PAUSE_MS = 100;

const [workspace = ''] = process.argv.slice(2);
const { createRecorder } = (await import(join(checkout, 'dist/index.js'))) as Library;
const recorder = await createRecorder({ workspace });
recorder.on('error', ({ code, data }) => {
  console.error(code, data);
});
process.stdin.resume();
let count = 0;
while (!process.stdin.readableEnded) {
  for (const last = count + AT_ONCE; count < last; count += 1)
    recorder.record({ method: 'GET', path: `/numbered/api/${String(count)}`, status: 200 });
  await recorder.flush();
  await sleep(PAUSE_MS);
}
await recorder.close();
process.stdout.write(String(count));
