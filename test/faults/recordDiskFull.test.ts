import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { requireTools } from './commandLine.ts';
import { assertSentences } from './recovery.ts';
import { say } from './sessionCommands.ts';
import { assertRecorded, numbersIn } from './recordedNumbers.ts';
import { smallDisk } from './smallDisk.ts';
import { fillWorkspace, folderForTests, STATE } from './workspaceFolder.ts';

describe('record on a full disk (a small tmpfs, where a write is short before it fails)', () => {
  const base = folderForTests('record-full');
  const failures: string[] = [];
  const recorders: Recorder[] = [];
  const disk = smallDisk(join(base, 'disk'), '6m', () =>
    Promise.allSettled(recorders.splice(0).map((recorder) => recorder.close())),
  );
  const root = join(disk.path, 'workspace');

  before(() => {
    requireTools('unzip');
  });

  beforeEach(() => {
    process.env.XDG_STATE_HOME = join(disk.path, STATE);
    failures.length = 0;
    fillWorkspace(root, { policy: { rotation: { maxFileMB: 1 } } });
  });

  async function open(mode: 'bestEffort' | 'strict' = 'bestEffort', queueBytes = 100_000): Promise<Recorder> {
    const recorder = await Recorder.open({ workspace: root, mode, queueBytes }, { app: inlineApp() });
    recorders.push(recorder);
    recorder.on('error', ({ code }) => failures.push(code));
    return recorder;
  }

  const piped = (count: number): string =>
    Array.from(
      { length: count },
      (_, index) => `{"method":"GET","path":"/numbered/${String(index)}","status":200}\n`,
    ).join('');

  for (const mode of ['bestEffort', 'strict'] as const)
    for (const pages of [0, 1, 2, 5])
      it(`${mode}, ${String(pages)} pages free: flush rejects, and once there is room each entry is there once`, async () => {
        const recorder = await open(mode);
        const kept: string[] = [];
        const record = (number: number): void => {
          const entry = {
            method: 'GET',
            path: `/numbered/${String(number)}`,
            status: 200,
            note: 'ä'.repeat(number % 70),
          };
          if (recorder.record(entry)) kept.push(String(number));
        };
        record(0);
        await recorder.flush();
        disk.fill(pages);
        let rejected = 0;
        let number = 1;
        // Until the queue is full, and a little longer.
        while (recorder.stats().dropped < 50) {
          for (const end = number + 20; number < end; number += 1) record(number);
          await recorder.flush().catch(() => (rejected += 1));
        }
        assert.ok(rejected > 0);
        const { accepted, filtered, dropped, written } = recorder.stats();
        assert.deepEqual([accepted, accepted + filtered + dropped], [kept.length, number]);
        assert.ok(written < accepted);
        // Every entry that counts as written is there completely.
        const { counts, torn } = numbersIn(root);
        assert.deepEqual([counts.size, torn], [written, []]);

        disk.makeRoom();
        await recorder.flush();
        record(number);
        await recorder.close();
        assert.deepEqual(failures, ['disk-full']);
        assert.equal(numbersIn(root).noted, dropped);
        await assertRecorded(root, kept, 0);
      });

  it('the command line counts what is in the log, and says that the rest is lost', async () => {
    const first = await say(['record', '--json', '--workspace', root], piped(1));
    assert.deepEqual([first.status, first.stderr], [0, '']);
    disk.fill(2);
    const { status, stdout, stderr } = await say(['record', '--json', '--workspace', root], piped(3000));
    const { written, filtered, dropped, invalid } = JSON.parse(stdout) as Record<string, number>;
    assert.equal(status, 3);
    assert.ok(written! > 0 && dropped! > 0);
    assert.equal(written! + filtered! + dropped! + invalid!, 3000);
    const { counts, torn } = numbersIn(root);
    // The first run recorded a number that the second one recorded again.
    assert.deepEqual([[...counts.values()].reduce((sum, count) => sum + count, 0), torn], [1 + written!, []]);
    assertSentences(stderr);
    assert.match(stderr, /The disk is full, so entries for “.*api\.log” wait\. .* they are lost once/);
    assert.doesNotMatch(stderr, /nothing is lost/);
  });

  it('goes on by itself', async () => {
    const recorder = await open();
    disk.fill(0);
    recorder.record({ method: 'GET', path: '/numbered/a', status: 200, note: 'x'.repeat(9000) });
    await assert.rejects(recorder.flush(), { code: 'disk-full' });
    disk.makeRoom();
    while (recorder.stats().written < 1) await sleep(10);
    await recorder.close();
    await assertRecorded(root, ['a'], 0);
  });

  it('a rotation that the disk has no room for does not stop the recorder', async () => {
    const recorder = await open('bestEffort', 8_000_000);
    const names: string[] = [];
    for (let number = 0; number < 20; number += 1) {
      names.push(String(number));
      recorder.record({
        method: 'GET',
        path: `/numbered/${String(number)}`,
        status: 200,
        note: 'x'.repeat(150_000),
      });
      if (number === 6) disk.fill(60);
      if (number === 12) disk.makeRoom();
      await recorder.flush().catch(() => undefined);
      await recorder.rotationSettled();
    }
    await recorder.close();
    assert.equal(recorder.stats().written, 20);
    assert.ok(statSync(join(root, 'logs/api.1.log')).size > 1_048_576);
    await assertRecorded(root, names, 0);
  });
});
