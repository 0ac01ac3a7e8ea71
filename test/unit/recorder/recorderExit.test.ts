import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Holder } from '../files/otherProcess.ts';
import { freshFolders } from '../freshFolders.ts';
import { notedIn, pathsIn } from './recordedLines.ts';
import { runRecording } from './recordingChild.ts';

const fullDisk = `const refuse = () => { throw Object.assign(new Error(), { code: 'ENOSPC', syscall: 'write' }) };
  const full = { write: async () => refuse(), sync: async () => {}, writeNow: refuse, syncNow() {} };`;

describe('recorder, when its process ends', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();

  beforeEach(() => {
    folders.policy({});
  });

  const ends: [name: string, code: number, statements: string][] = [
    ['by process.exit right after record', 7, `process.exit(7);`],
    ['by process.exit in a later turn', 0, `setImmediate(() => process.exit());`],
    ['by an error that nobody caught', 1, `setImmediate(() => { throw new Error('not ours') });`],
    ['by itself, without close', 0, ``],
    ['by itself, closed', 0, `await recorder.close();`],
    ['by process.exit while it is closed', 0, `void recorder.close(); process.exit();`],
    [
      'by process.exit while a write is under way',
      0,
      `void recorder.flush(); setImmediate(() => process.exit());`,
    ],
  ];
  for (const mode of ['bestEffort', 'strict'])
    for (const [name, wanted, statements] of mode === 'strict' ? ends.slice(0, 2) : ends)
      it(`${mode}: ${name}, its lines are there`, async () => {
        const { code, signal } = await runRecording(
          folders.root,
          `const recorder = await open({ mode: '${mode}' }, { time: standing });
          recorder.record({});
          for (let number = 0; number < 3000; number += 1) recorder.record(entryAt(number));
          ${statements}`,
        );
        assert.deepEqual([code, signal], [wanted, null]);
        assert.deepEqual(
          pathsIn(folders.logs).map(Number),
          Array.from({ length: 3000 }, (_, index) => index),
        );
        assert.equal(notedIn(folders.logs), 1);
      });

  it('lives on while somebody waits for a line, though the disk refuses', async () => {
    const { code, stdout } = await runRecording(
      folders.root,
      `${fullDisk}
      const recorder = await open({}, { port: full });
      recorder.on('error', () => {});
      for (let number = 0; number < 3; number += 1)
        await recorder.recordDurably(entryAt(number)).catch(({ code, message }) => { console.log(code, message.length > 20); });
      process.exit();`,
    );
    assert.deepEqual([code, stdout], [0, 'disk-full true\n'.repeat(3)]);
  });

  it('two recorders and one that is closed: the lines of all', async () => {
    await runRecording(
      folders.root,
      `const [a, b, c] = await Promise.all([open(), open(), open()]);
      for (const [name, recorder] of Object.entries({ a, b, c })) recorder.record(entryAt(name));
      await c.close();
      a.record(entryAt('last'));
      process.exit();`,
    );
    assert.deepEqual(pathsIn(folders.logs).sort(), ['a', 'b', 'c', 'last']);
  });

  it('waits for a lock that is soon free, with the lines that an append had taken already', async () => {
    const other = new Holder(folders.logs, 'exclusive');
    await other.says();
    const running = runRecording(
      folders.root,
      `const recorder = await open({}, { time: standing });
      recorder.record(entryAt('first'));
      recorder.flush();
      setTimeout(() => { recorder.record(entryAt('last')); process.exit(); }, 30);`,
    );
    const release = setTimeout(() => void other.release(), 100);
    // Opening the recorder needs the lock for a moment too, so that the program may come late and wait for nothing.
    await running;
    clearTimeout(release);
    await other.kill();
    assert.deepEqual(pathsIn(folders.logs), ['first', 'last']);
  });

  it('does not hang on a disk that refuses', async () => {
    const { code, stderr } = await runRecording(
      folders.root,
      `${fullDisk}
      const recorder = await open({}, { app: inlineApp(), port: full });
      recorder.record(entryAt('a'));`,
    );
    assert.equal(code, 0);
    assert.match(stderr, /WorkspaceLogs: The disk is full/);
    assert.deepEqual(pathsIn(folders.logs), []);
  });

  it('an idle recorder keeps no process alive, one that was never closed either', async () => {
    const { code } = await runRecording(folders.root, `await open(); (await open()).record({});`);
    assert.equal(code, 0);
    assert.ok(!existsSync(join(folders.logs, 'api.log')) || notedIn(folders.logs) <= 1);
  });

  it('a listener that throws ends the process as such errors do, and takes no line with it', async () => {
    const { code, stderr } = await runRecording(
      folders.root,
      `const recorder = await open();
      recorder.on('dropped', () => { throw new Error('the listener’s own') });
      recorder.record({});
      recorder.record(entryAt('a'));
      setInterval(() => {}, 1000);`,
    );
    assert.equal(code, 1);
    assert.match(stderr, /the listener’s own/);
    assert.deepEqual(pathsIn(folders.logs), ['a']);
  });

  it('a listener that throws where somebody catches does not stop the recorder', async () => {
    const { code, stdout } = await runRecording(
      folders.root,
      `process.on('uncaughtException', (error) => { console.log(error.message) });
      const recorder = await open();
      recorder.on('dropped', () => { throw new Error('caught') });
      recorder.record({});
      await new Promise(setImmediate);
      recorder.record(entryAt('a'));
      await recorder.flush();
      await recorder.close();`,
    );
    assert.deepEqual([code, stdout], [0, 'caught\n']);
    assert.deepEqual(pathsIn(folders.logs), ['a']);
  });

  for (const listens of [false, true])
    it(`a failure is ${listens ? 'an event, also one that nobody listens to any more' : 'a warning where nobody listens'}, and no crash; it names no secret`, async () => {
      const { code, stderr } = await runRecording(
        folders.root,
        `${fullDisk}
        const recorder = await open({}, { app: inlineApp(), port: full });
        ${listens ? `recorder.once('error', ({ code }) => { console.error('heard', code) });` : ''}
        for (const turn of [1, 2]) {
          recorder.record(entryAt('login?password=hunter22', { user: 'hunter22', authorization: 'hunter22' }));
          await recorder.flush().catch(() => {});
          full.write = async (_, bytes) => bytes.length;
          await recorder.flush();
          full.write = async () => refuse();
        }
        await recorder.close();`,
      );
      assert.equal(code, 0, stderr);
      assert.equal(stderr.includes('heard disk-full'), listens);
      assert.equal(stderr.match(/\[disk-full\] WorkspaceLogs: The disk is full/g)?.length, listens ? 1 : 2);
      assert.doesNotMatch(stderr, /hunter22/);
    });

  it('memory grows by no more than the queue while the disk stands still', async () => {
    const queueBytes = 8 * 1_048_576;
    const { stdout } = await runRecording(
      folders.root,
      `const stalled = { write: () => new Promise(() => {}), sync: async () => {}, writeNow: () => 0, syncNow() {} };
      const recorder = await open({ queueBytes: ${queueBytes} }, { app: inlineApp(), port: stalled });
      const used = () => { for (let i = 0; i < 4; i += 1) gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external };
      for (let number = 0; number < 1000; number += 1) recorder.record({});
      const before = used();
      let calls = 1000;
      for (let number = 0; number < 200_000; number += 1) {
        recorder.record(entryAt(number, { note: 'é'.repeat(number % 100) }));
        if ((calls += 1) % 1000 === 0) await new Promise(setImmediate);
      }
      const { accepted, filtered, dropped } = recorder.stats();
      console.log(JSON.stringify({ grown: used() - before, queued: recorder.queuedBytes, sum: accepted + filtered + dropped - calls, dropped }));
      process.reallyExit(0);`,
      ['--expose-gc'],
    );
    const { grown, queued, sum, dropped } = JSON.parse(stdout) as Record<string, number>;
    console.log(
      `      grew by ${(grown! / 1e6).toFixed(1)} MB, ${(queued! / 1e6).toFixed(1)} MB in the queue`,
    );
    assert.equal(sum, 0);
    assert.ok(dropped! > 100_000);
    assert.ok(queued! <= queueBytes && queued! > queueBytes - 1000);
    assert.ok(grown! < queueBytes + 3e6, String(grown));
  });
});
