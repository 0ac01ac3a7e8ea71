import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { App } from '../../../src/jobs/jobs.ts';
import { freshFolders } from '../freshFolders.ts';
import { entryAt, notedIn, openRecorder, pathsIn, recordedIn } from './recordedLines.ts';
import { FaultyDisk } from '../files/faultyDisk.ts';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

describe('recorder', function () {
  this.timeout(120_000);
  const folders = freshFolders();

  beforeEach(() => {
    folders.policy({});
  });

  it('writes each entry once, in its order', async () => {
    const recorder = await openRecorder(folders.root);
    for (const number of numbers(2000)) assert.equal(recorder.record(entryAt(number)), true);
    await recorder.flush();
    assert.deepEqual(pathsIn(folders.logs), numbers(2000));
    assert.deepEqual(recorder.stats(), { accepted: 2000, filtered: 0, dropped: 0, written: 2000 });
    await recorder.close();
  });

  it('writes by itself, a little later and with what came meanwhile', async () => {
    const disk = new FaultyDisk();
    const recorder = await openRecorder(folders.root, {}, { port: disk });
    const written = new Promise<void>(
      (resolve) =>
        (disk.afterWrite = () => {
          resolve();
        }),
    );
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      recorder.record(entryAt('a'));
      await turn();
      recorder.record(entryAt('b'));
      mock.timers.tick(9);
      await turn();
      assert.deepEqual(disk.writes, []);
      mock.timers.tick(1);
    } finally {
      mock.timers.reset();
    }
    await written;
    assert.deepEqual(pathsIn(folders.logs), ['a', 'b']);
    await recorder.close();
    assert.equal(disk.writes.length, 1);
  });

  it('runs maintenance soon after its start, without any request', async () => {
    const jobs: string[] = [];
    const run = (name: string): Promise<unknown> => {
      jobs.push(name);
      return Promise.resolve({ failed: [] });
    };
    const app = { run, dispose: () => undefined } as unknown as App;
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const recorder = await openRecorder(folders.root, {}, { app });
      mock.timers.tick(5000);
      assert.deepEqual(jobs, ['runMaintenance']);
      await recorder.close();
    } finally {
      mock.timers.reset();
    }
  });

  it('counts every call: accepted, filtered or dropped', async () => {
    folders.policy({ recording: { log: ['writes'] } });
    const recorder = await openRecorder(folders.root, { queueBytes: 2000 });
    const told = once(recorder, 'dropped');
    assert.equal(recorder.record(entryAt('filtered')), false);
    for (const invalid of [null, undefined, 1, 'x', [], {}, { method: 'GET', path: '/' }])
      assert.equal(recorder.record(invalid as never), false);
    let full = 0;
    for (const number of numbers(40)) {
      if (!recorder.record(entryAt(number, { method: 'POST' }))) full += 1;
    }
    assert.ok(full > 10, String(full));
    assert.deepEqual(recorder.stats(), { accepted: 40 - full, filtered: 1, dropped: 7 + full, written: 0 });
    assert.deepEqual(await told, [7 + full]);
    await recorder.close();
    assert.equal(pathsIn(folders.logs).length, 40 - full);
    assert.equal(notedIn(folders.logs), 7 + full);
  });

  it('says in the log where entries are missing, with all that a line needs', async () => {
    const recorder = await openRecorder(folders.root);
    recorder.record({} as never);
    recorder.record(entryAt('a'));
    await recorder.flush();
    const [note] = recordedIn(folders.logs) as { timestamp: string }[];
    assert.match(note!.timestamp, /^\d{4}-.*Z$/);
    const common = { timestamp: note!.timestamp, workspace_id: 'test', user: 'anonymous', duration_ms: null };
    assert.deepEqual(note, {
      ...common,
      method: '-',
      path: '-',
      status: 0,
      category: 'recorder',
      dropped: 1,
    });
    await recorder.close();
    assert.equal(notedIn(folders.logs), 1);
  });

  it('no note is written where nothing is to be recorded', async () => {
    folders.policy({ recording: { level: 'NONE' } });
    const recorder = await openRecorder(folders.root);
    recorder.record({} as never);
    assert.equal(recorder.record(entryAt('a')), false);
    await recorder.close();
    assert.deepEqual(recordedIn(folders.logs), []);
  });

  it('flush resolves under traffic that never ends', async () => {
    const recorder = await openRecorder(folders.root);
    const batch = 'x'.repeat(8000);
    const ended = new AbortController();
    const traffic = (async () => {
      while (!ended.signal.aborted) {
        for (const number of numbers(20)) recorder.record(entryAt(number, { note: batch }));
        await turn();
      }
    })();
    await turn();
    for (let times = 0; times < 5; times += 1) {
      recorder.record(entryAt('before'));
      const before = recorder.stats().accepted;
      await recorder.flush();
      assert.ok(recorder.stats().written >= before);
    }
    ended.abort();
    await traffic;
    await recorder.close();
  });

  it('flush resolves though lines that are waited for never end', async () => {
    const recorder = await openRecorder(folders.root);
    const ended = new AbortController();
    const traffic = Promise.all(
      numbers(4).map(async () => {
        while (!ended.signal.aborted) await recorder.recordDurably(entryAt('awaited'));
      }),
    );
    recorder.record(entryAt('plain'));
    await recorder.flush();
    ended.abort();
    assert.ok(pathsIn(folders.logs).includes('plain'));
    await traffic;
    await recorder.close();
  });

  it('recordDurably tells what it was that could not be recorded', async () => {
    folders.policy({ recording: { log: ['writes'] } });
    const recorder = await openRecorder(folders.root, { queueBytes: 500 });
    await recorder.recordDurably(entryAt('filtered'));
    await assert.rejects(recorder.recordDurably({} as never), { code: 'entry-invalid' });
    const long = entryAt('long', { method: 'POST', note: 'x'.repeat(600) });
    await assert.rejects(recorder.recordDurably(long), { code: 'queue-full' });
    await recorder.recordDurably(entryAt('fits', { method: 'POST' }));
    assert.deepEqual(pathsIn(folders.logs), ['fits']);
    assert.deepEqual(recorder.stats(), { accepted: 1, filtered: 1, dropped: 2, written: 1 });
    await recorder.close();
    await assert.rejects(recorder.recordDurably(entryAt('late', { method: 'POST' })), {
      code: 'recorder-closed',
    });
  });

  it('syncs in strict mode, and else only what somebody waits for', async () => {
    for (const [mode, plain] of [
      ['bestEffort', 0],
      ['strict', 1],
    ] as const) {
      const disk = new FaultyDisk();
      const recorder = await openRecorder(folders.root, { mode }, { port: disk });
      recorder.record(entryAt('a'));
      await recorder.flush();
      assert.equal(disk.syncs.length, plain, mode);
      await recorder.recordDurably(entryAt('b'));
      assert.equal(disk.syncs.length, plain + 1, mode);
      await recorder.close();
    }
  });

  it('close writes what waits; both of two calls resolve only then, and what comes later is dropped', async () => {
    const recorder = await openRecorder(folders.root);
    recorder.record(entryAt('a'));
    void recorder.close();
    await recorder.close();
    assert.deepEqual(pathsIn(folders.logs), ['a']);
    assert.equal(recorder.record(entryAt('late')), false);
    assert.deepEqual(recorder.stats(), { accepted: 1, filtered: 0, dropped: 1, written: 1 });
    await recorder.flush();
    await recorder.close();
    assert.deepEqual(pathsIn(folders.logs), ['a']);
  });

  it('two recorders of one process share a log', async () => {
    const recorders = await Promise.all([openRecorder(folders.root), openRecorder(folders.root)]);
    for (const number of numbers(3000)) recorders[Number(number) % 2]!.record(entryAt(number));
    await Promise.all(recorders.map((recorder) => recorder.flush()));
    await recorders[0].close();
    recorders[1].record(entryAt('after'));
    await recorders[1].close();
    assert.deepEqual(pathsIn(folders.logs).sort(), [...numbers(3000), 'after'].sort());
  });

  it('is refused where nobody asked for logs', async () => {
    await assert.rejects(openRecorder(`${folders.root}/nowhere`), { code: 'workspace-not-a-folder' });
    folders.policy({ version: 99 });
    await assert.rejects(openRecorder(folders.root), { code: 'policy-newer' });
    folders.put('.workspace-logs.json', '{');
    await assert.rejects(openRecorder(folders.root), { code: 'policy-damaged' });
    assert.deepEqual(readdirSync(folders.root), ['.workspace-logs.json']);
  });
});
