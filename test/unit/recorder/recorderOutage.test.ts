import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Failure } from '../../../src/base/failure.ts';
import type { Recorder } from '../../../src/recorder/recorder.ts';
import type { RecorderOptions } from '../../../src/recorder/recorderTypes.ts';
import { freshFolders } from '../freshFolders.ts';
import { FaultyDisk, until } from '../files/faultyDisk.ts';
import { entryAt, notedIn, openRecorder, pathsIn } from './recordedLines.ts';

const full = { fails: 'ENOSPC' } as const;

describe('recorder, while the disk refuses', function () {
  this.timeout(120_000);
  this.slow(2000);
  const folders = freshFolders();
  let disk: FaultyDisk;
  let recorder: Recorder;
  let failures: Failure[];

  beforeEach(() => {
    folders.policy({});
    disk = new FaultyDisk();
    failures = [];
  });

  afterEach(() => {
    mock.timers.reset();
  });

  async function open(options: Partial<RecorderOptions> = {}): Promise<void> {
    recorder = await openRecorder(folders.root, options, { port: disk });
    recorder.on('error', (failure) => failures.push(failure));
  }

  const codes = [
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EIO', 'machine-error'],
    ['EROFS', 'no-permission'],
    ['EACCES', 'no-permission'],
    ['EMFILE', 'machine-error'],
  ] as const;
  for (const [errno, code] of codes)
    it(`a write answers ${errno}: flush says ${code}, one event a time, each entry once in the end`, async () => {
      await open();
      for (const time of [1, 2]) {
        disk.onWrite = () => ({ fails: errno });
        assert.equal(recorder.record(entryAt(`first-${String(time)}`)), true);
        for (let attempt = 0; attempt < 3; attempt += 1) await assert.rejects(recorder.flush(), { code });
        assert.equal(recorder.record(entryAt(`second-${String(time)}`)), true);
        await until(() => failures.length === time);
        disk.onWrite = () => 'all';
        await recorder.flush();
      }
      assert.deepEqual(pathsIn(folders.logs), ['first-1', 'second-1', 'first-2', 'second-2']);
      assert.deepEqual(
        failures.map((failure) => failure.code),
        [code, code],
      );
      assert.deepEqual(recorder.stats(), { accepted: 4, filtered: 0, dropped: 0, written: 4 });
      await recorder.close();
    });

  it('goes on by itself once the disk takes lines again', async () => {
    await open();
    disk.onWrite = () => full;
    recorder.record(entryAt('a'));
    await until(() => disk.writes.length >= 3);
    disk.onWrite = () => 'all';
    await until(() => recorder.stats().written === 1);
    await recorder.close();
  });

  for (const traffic of ['few lines', 'many lines', 'lines that are waited for'])
    it(`asks a few times a second, whatever comes: ${traffic}`, async () => {
      await open();
      // Some lines come while an attempt is under way.
      disk.onWrite = async () => {
        await turn();
        await turn();
        return full;
      };
      const note = traffic === 'many lines' ? 'x'.repeat(8000) : '';
      const rejected: Promise<unknown>[] = [];
      mock.timers.enable({ apis: ['setTimeout'] });
      recorder.record(entryAt('first'));
      await assert.rejects(recorder.flush());
      for (let ms = 0; ms < 1000; ms += 1) {
        if (traffic === 'lines that are waited for')
          rejected.push(recorder.recordDurably(entryAt('waited', { note })).catch(() => undefined));
        else recorder.record(entryAt('more', { note }));
        mock.timers.tick(1);
        await turn();
      }
      // At once, and 50, 100, 200 and 400 ms after the one before; the next would be 800 ms later.
      assert.equal(disk.writes.length, 5);
      await recorder.close().catch(() => undefined);
      await Promise.all(rejected);
    });

  it('recordDurably is answered each time, also where nothing else waits', async () => {
    await open();
    disk.onWrite = () => full;
    for (let attempt = 0; attempt < 4; attempt += 1)
      await assert.rejects(recorder.recordDurably(entryAt(`lost-${String(attempt)}`)), { code: 'disk-full' });
    disk.onWrite = () => 'all';
    await recorder.recordDurably(entryAt('kept'));
    assert.deepEqual(pathsIn(folders.logs), ['kept']);
    assert.equal(notedIn(folders.logs), 4);
    assert.deepEqual(recorder.stats(), { accepted: 5, filtered: 0, dropped: 4, written: 1 });
    await recorder.close();
  });

  for (const isStrict of [true, false])
    it(`a failed sync rejects those who asked for it, and its descriptor is asked no more (${isStrict ? 'strict' : 'recordDurably'})`, async () => {
      await open({ mode: isStrict ? 'strict' : 'bestEffort' });
      const write = async (path: string): Promise<void> => {
        if (!isStrict) return recorder.recordDurably(entryAt(path));
        recorder.record(entryAt(path));
        return recorder.flush();
      };
      await write('a');
      disk.onSync = () => 'EIO';
      await assert.rejects(write('b'), { code: 'machine-error' });
      disk.onSync = () => undefined;
      await write('c');
      assert.deepEqual(pathsIn(folders.logs), ['a', 'b', 'c']);
      await recorder.close();
      await until(() => failures.length === 1);
      assert.equal(recorder.stats().written, 3);
    });

  it('strict: a sync that failed before anybody asked is told by the next flush, once', async () => {
    await open({ mode: 'strict' });
    disk.onSync = () => 'EIO';
    recorder.record(entryAt('a'));
    await until(() => failures.length === 1);
    await turn();
    disk.onSync = () => undefined;
    await assert.rejects(recorder.flush(), { code: 'machine-error' });
    recorder.record(entryAt('b'));
    await recorder.flush();
    assert.deepEqual(pathsIn(folders.logs), ['a', 'b']);
    await recorder.close();
  });

  it('a full queue drops, counts and says so in the log once it can', async () => {
    await open({ queueBytes: 20_000 });
    disk.onWrite = () => full;
    const kept: string[] = [];
    for (let number = 0; number < 1000; number += 1) {
      if (recorder.record(entryAt(number))) kept.push(String(number));
      if (number % 100 === 0) await assert.rejects(recorder.flush(), { code: 'disk-full' });
    }
    const dropped = 1000 - kept.length;
    assert.ok(dropped > 0);
    assert.deepEqual(recorder.stats(), { accepted: kept.length, filtered: 0, dropped, written: 0 });
    disk.onWrite = () => 'all';
    await recorder.flush();
    assert.deepEqual(pathsIn(folders.logs), kept);
    assert.equal(notedIn(folders.logs), dropped);
    assert.equal(failures.length, 1);
    await recorder.close();
    assert.equal(notedIn(folders.logs), dropped);
  });

  it('close ends, tells why, and counts what was given up as dropped', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await open();
    disk.onWrite = () => full;
    recorder.record(entryAt('a'));
    const durable = assert.rejects(recorder.recordDurably(entryAt('b')), { code: 'disk-full' });
    for (let number = 0; number < 2000; number += 1) recorder.record(entryAt(number));
    const told = new Promise<number>((resolve) => recorder.once('dropped', resolve));
    await assert.rejects(recorder.close(), { code: 'disk-full' });
    await durable;
    assert.deepEqual(recorder.stats(), { accepted: 2002, filtered: 0, dropped: 2002, written: 0 });
    assert.ok((await told) > 0);
    const attempts = disk.writes.length;
    mock.timers.tick(60_000);
    await turn();
    assert.equal(disk.writes.length, attempts, 'asked after its end');
  });

  it('record returns at once while a write never ends, and stats add up', async () => {
    const queueBytes = 100_000;
    await open({ queueBytes });
    let goOn: () => void = () => undefined;
    disk.onWrite = () =>
      new Promise(
        (resolve) =>
          (goOn = () => {
            resolve('all');
          }),
      );
    let refused = 0;
    for (let number = 0; number < 3000; number += 1) {
      if (!recorder.record(entryAt(number))) refused += 1;
      if (number === 100) await until(() => disk.writes.length === 1);
      assert.ok(recorder.queuedBytes <= queueBytes);
    }
    assert.ok(refused > 0);
    assert.ok(recorder.queuedBytes > queueBytes - 200);
    assert.deepEqual(recorder.stats(), {
      accepted: 3000 - refused,
      filtered: 0,
      dropped: refused,
      written: 0,
    });
    assert.equal(disk.writes.length, 1);
    disk.onWrite = () => 'all';
    goOn();
    await recorder.close();
    assert.equal(recorder.stats().written, 3000 - refused);
    assert.equal(notedIn(folders.logs), refused);
  });
});
