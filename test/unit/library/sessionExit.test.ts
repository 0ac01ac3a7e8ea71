import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { builtProgram } from '../builtProgram.ts';
import { freshFolders } from '../freshFolders.ts';
import { messagesIn, PASSWORD, zipsIn } from './writtenSessions.ts';

const library = pathToFileURL(join(builtProgram(), 'index.js')).href;

describe('openSession, when its process ends', function () {
  this.timeout(300_000);
  this.slow(8000);
  const folders = freshFolders();

  beforeEach(() => {
    folders.policy({ sessions: { enabled: true } });
  });

  /**
   * The wait of a process at its end depends on its clock. With this clock it has all the time it needs: on a busy
   * machine a worker takes very long to start.
   */
  const standstill = `const stopped = Date.now(); Date.now = () => stopped;`;

  const place = (): string => join(folders.root, 'session_logs');

  /** Runs statements where `write(name, lines)` completes a log. */
  async function run(statements: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const program = `
      import { readdirSync } from 'node:fs';
      import { flushSessions, openSession, sessionStats } from ${JSON.stringify(library)};
      const PLACE = ${JSON.stringify(place())};
      const options = { workspace: ${JSON.stringify(folders.root)}, password: ${JSON.stringify(PASSWORD)} };
      const write = (name, lines = 1) => {
        const log = openSession({ userId: 'u', sessionId: 's', chatId: 'c', messageId: name }, options);
        for (let number = 0; number < lines; number += 1) log.log('info', name);
        return log.complete();
      };
      ${statements}`;
    // The program is a file: workers inherit Node's options, and would not start with `--input-type`.
    const file = join(folders.state, 'program.mjs');
    writeFileSync(file, program);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, stdout, stderr };
  }

  const ends: [name: string, code: number, statements: string][] = [
    ['by process.exit right after complete, its worker never started', 7, `process.exit(7);`],
    [
      'by process.exit while one is being written',
      0,
      `process.once('worker', (worker) => worker.once('online', () => setTimeout(() => { write('m4'); process.exit(); }, 5)));`,
    ],
    [
      'by process.exit while the answer of one is on its way',
      0,
      `flushSessions().then(() => { write('m4'); setImmediate(() => setImmediate(() => {
        while (!readdirSync(PLACE, { recursive: true }).some((name) => name.endsWith('m4.zip')))
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        process.exit();
      })); });`,
    ],
    [
      'by an error that nobody caught',
      1,
      `setImmediate(() => { write('m4'); throw new Error('not ours'); });`,
    ],
    ['by a promise that nobody caught', 1, `write('m4'); Promise.reject(new Error('not ours'));`],
    ['by itself', 0, `write('m4');`],
  ];
  for (const [name, wanted, statements] of ends)
    it(`${name}: each log is an archive, once`, async () => {
      const { code, stderr } = await run(
        `${standstill} for (const name of ['m1', 'm2', 'm3']) write(name); ${statements}`,
      );
      assert.equal(code, wanted, stderr);
      const all = statements.includes('m4') ? ['m1', 'm2', 'm3', 'm4'] : ['m1', 'm2', 'm3'];
      assert.deepEqual(await messagesIn(place()), all);
      assert.doesNotMatch(stderr, /WorkspaceLogs/);
    });

  it('keeps no process alive that has written everything', async () => {
    const { code, stdout } = await run(
      `write('m1'); await flushSessions(); console.log(JSON.stringify(sessionStats()));`,
    );
    assert.deepEqual([code, stdout], [0, '{"completed":1,"written":1,"skipped":0,"dropped":0}\n']);
  });

  it('says what could not be written in time, and does not wait any longer', async () => {
    const { code, stderr, stdout } = await run(
      // A worker that answers nothing, as on a disk that stands still.
      `import { Worker } from 'node:worker_threads';
      Worker.prototype.postMessage = () => {};
      write('m1'); write('m2');
      // Its clock advances only by the time that it waits.
      const began = Date.now();
      let now = began;
      Date.now = () => now;
      Atomics.wait = (array, index, value, ms) => { now += ms; return 'timed-out'; };
      process.on('exit', () => { console.log(now - began); });
      process.exit(3);`,
    );
    assert.equal(code, 3);
    assert.match(stderr, /^WorkspaceLogs: The process ended before 2 session logs were written\./m);
    assert.equal(stdout, '5000\n');
    assert.deepEqual(await messagesIn(place()), []);
  });

  it('leaves none out: what a slow codec does not get done in time is told', async () => {
    folders.policy({ sessions: { enabled: true, compression: 'bzip2', compressLevel: 9 } });
    const { stderr } = await run(
      // By a clock that runs twenty times as fast, so that time is up after a quarter of a second.
      `const { now } = Date; const began = now(); Date.now = () => began + 20 * (now() - began);
      for (let number = 0; number < 60; number += 1) write('m' + number, 1000); process.exit();`,
    );
    const lost = Number(/ended before (\d+) session log/.exec(stderr)?.[1] ?? 0);
    const found = zipsIn(place()).length + lost;
    // The worker may finish its current log while the process reports the number.
    assert.ok(found === 60 || (lost > 0 && found === 61), `${String(found)} ${stderr}`);
  });

  it('says at the end, too, why one is skipped', async () => {
    folders.put('session_logs', 'a file');
    const { stderr } = await run(`${standstill} write('m1'); write('m2'); process.exit();`);
    assert.equal(
      stderr.match(/^WorkspaceLogs: No session archive is written or changed: .* is no folder/gm)?.length,
      1,
    );
  });

  it('counts as lost what fails at the end, also where that was told before', async () => {
    const { stderr } = await run(
      `import { writeFileSync } from 'node:fs';
      ${standstill}
      for (const name of ['m1', 'm2', 'm3']) write(name);
      writeFileSync(POLICY, '{');
      process.exit();`.replace('POLICY', JSON.stringify(join(folders.root, '.workspace-logs.json'))),
    );
    assert.equal(stderr.match(/^WorkspaceLogs: .* is not valid JSON/gm)?.length, 1, stderr);
    assert.match(stderr, /^WorkspaceLogs: The process ended before 3 session logs were written\./m);
  });

  /**
   * Statements that kill the first workers. The workers get no log: a worker that runs while this thread is blocked
   * would write its log before it is killed.
   */
  const killFirst = (count: number): string => `
    import { Worker } from 'node:worker_threads';
    const { postMessage } = Worker.prototype;
    const killed = new Set();
    Worker.prototype.postMessage = function (...words) {
      if (!killed.has(this) && killed.size < ${String(count)}) {
        killed.add(this);
        this.once('online', () => this.terminate());
      }
      if (!killed.has(this)) postMessage.apply(this, words);
    };
    process.on('exit', () => { if (killed.size < ${String(count)}) console.error('too few workers'); });`;

  it('writes again what a worker had that was killed', async () => {
    const { code, stdout, stderr } = await run(
      `${killFirst(1)}
      for (const name of ['m1', 'm2', 'm3']) write(name);
      await flushSessions();
      console.log(JSON.stringify(sessionStats()));`,
    );
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, '{"completed":3,"written":3,"skipped":0,"dropped":0}\n');
    assert.deepEqual(await messagesIn(place()), ['m1', 'm2', 'm3']);
  });

  it('gives a log up that loses two workers, and goes on', async () => {
    const { stdout, stderr } = await run(
      `${killFirst(2)}
      for (const name of ['m1', 'm2']) write(name);
      await flushSessions();
      console.log(JSON.stringify(sessionStats()));`,
    );
    assert.equal(stdout, '{"completed":2,"written":1,"skipped":0,"dropped":1}\n');
    assert.match(stderr, /\[worker-lost\] WorkspaceLogs: The background worker ended/);
    assert.doesNotMatch(stderr, /too few workers/);
    assert.deepEqual(await messagesIn(place()), ['m2']);
  });
});
