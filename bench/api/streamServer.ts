/**
 * A backend in a process of its own that records 5,000 entries a second and has the API mounted: `streamServer.ts
 * FOLDER ENTRIES`. It sends its port; after a message it records so many entries, and sends the times of the calls.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { loadHttpLibrary, loadLibrary } from '../record/builtLibrary.ts';
import { freshEntries } from '../record/entries.ts';

export interface Recorded {
  /** Of the calls of `record`, in µs. */
  readonly p50: number;
  readonly p99: number;
  readonly dropped: number;
}

const PER_SECOND = 5000;
const LAST = '/the-last-one';

const [folder = '', count = ''] = process.argv.slice(2);
const ENTRIES = Number(count);
const { createRecorder } = await loadLibrary();
const { logsApi } = await loadHttpLibrary();
const recorder = await createRecorder({ workspace: folder, acceptPolicy: true });
const api = logsApi({
  workspaces: { shop: folder },
  authorise: () => ({ user: 'ada', role: 'user', workspaces: ['shop'] }),
});
const server = createServer((request, response) => {
  api.node(request, response);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
const entries = freshEntries(ENTRIES, 7).map((entry, number) => ({ ...entry, path: `/n/${String(number)}` }));
await once(process, 'message');

const spent = new Float64Array(ENTRIES);
const begun = performance.now();
for (let number = 0; number < ENTRIES;) {
  const due = Math.min(ENTRIES, Math.floor(((performance.now() - begun) / 1000) * PER_SECOND));
  for (const entry of entries.slice(number, due)) {
    const start = performance.now();
    recorder.record(entry);
    spent[number] = (performance.now() - start) * 1000;
    number += 1;
  }
  await wait(1);
}
recorder.record({ method: 'POST', path: LAST, status: 200 });
await recorder.flush();
spent.sort();
const quantile = (share: number): number => spent[Math.floor(ENTRIES * share)] ?? Number.NaN;
const { dropped } = recorder.stats();
process.send?.({ p50: quantile(0.5), p99: quantile(0.99), dropped } satisfies Recorded);
