import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { App } from '../../../../src/jobs/jobs.ts';
import { SessionWriter, type WaitingSession } from '../../../../src/recorder/sessions/sessionWriter.ts';
import type { WriteSessionInput, WrittenSession } from '../../../../src/sessions/writeSession.ts';
import { Failure } from '../../../../src/base/failure.ts';
import { MOST_WAITING } from '../../../../src/sessions/log/sessionQueue.ts';

/** A request to the worker, and a function that answers it when the test chooses. */
interface Asked {
  readonly input: WriteSessionInput;
  readonly answer: (written: WrittenSession | Failure) => Promise<void>;
}

describe('sessionWriter', () => {
  let asked: Asked[];
  let told: Failure[];
  let writer: SessionWriter;

  beforeEach(() => {
    asked = [];
    told = [];
    const run = (_name: string, input: WriteSessionInput): Promise<WrittenSession> =>
      new Promise((resolve, reject) => {
        const answer = async (written: WrittenSession | Failure): Promise<void> => {
          if (written instanceof Failure) reject(written);
          else resolve(written);
          await turn();
        };
        asked.push({ input, answer });
      });
    writer = new SessionWriter({ run, dispose: () => undefined } as unknown as App);
  });

  const session = (messageId: string): WaitingSession => {
    const ids = { userId: 'u', chatId: 'c', messageId };
    const log = { ids, chunks: [], droppedLines: 0, completedAt: 0 };
    const password = Buffer.from('x');
    return { input: { root: '/r', log, password }, bytes: 1, tell: (failure) => told.push(failure) };
  };
  const order = (): string[] => asked.map(({ input }) => input.log.ids.messageId);
  const codes = (): string[] => told.map(({ code }) => code);
  const done = { path: 'x.zip' };

  it('gives the worker one after the other, in a later turn, and wipes each password', async () => {
    const first = session('a');
    assert.equal(writer.add(first), true);
    writer.add(session('b'));
    for (let step = 0; step < 20; step += 1) await Promise.resolve();
    assert.deepEqual(order(), []);
    await turn();
    await turn();
    assert.deepEqual(order(), ['a']);
    assert.deepEqual([...first.input.password!], [120]);
    const flushed = writer.flush();
    await asked[0]!.answer(done);
    assert.deepEqual([...first.input.password!], [0]);
    assert.deepEqual(order(), ['a', 'b']);
    await asked[1]!.answer({ skipped: 'disabled', detail: '' });
    await flushed;
    assert.deepEqual(writer.stats(), { completed: 2, written: 1, skipped: 1, dropped: 0 });
    assert.deepEqual(codes(), ['session-skipped']);
  });

  it('drops what finds the queue full, and says so when it begins, and how many once it has room again', async () => {
    for (const round of [1, 2]) {
      for (let number = 0; number < MOST_WAITING + 3; number += 1)
        assert.equal(writer.add(session('a')), number < MOST_WAITING);
      assert.deepEqual(told.at(-1)!.data, { limit: MOST_WAITING });
      assert.deepEqual([told.at(-1)!.code, told.length], ['session-queue-full', 2 * round - 1]);
      const flushed = writer.flush();
      for (let number = 0; number < MOST_WAITING; number += 1) {
        while (asked.length === 0) await turn();
        await asked.shift()!.answer(done);
      }
      await flushed;
      assert.equal(writer.stats().dropped, 3 * round);
      assert.deepEqual(told.at(-1)!.data, { dropped: 3 });
      assert.deepEqual([told.at(-1)!.code, told.length], ['session-queue-room', 2 * round]);
    }
  });

  it('writes again what a lost worker had, once', async () => {
    writer.add(session('a'));
    writer.add(session('b'));
    const flushed = writer.flush();
    await turn();
    const lost = new Failure('worker-lost', { detail: 'x' });
    await asked[0]!.answer(lost);
    assert.deepEqual([order(), codes()], [['a', 'a'], []]);
    await asked[1]!.answer(lost);
    assert.deepEqual([order(), codes()], [['a', 'a', 'b'], ['worker-lost']]);
    await asked[2]!.answer(done);
    await flushed;
    assert.deepEqual(writer.stats(), { completed: 2, written: 1, skipped: 0, dropped: 1 });
  });

  for (const [failure, isKept] of [
    [new Failure('disk-full', { path: 'p' }), true],
    [new Failure('machine-error', { path: 'p', call: 'open', errno: 'EMFILE' }), true],
    [new Failure('machine-error', { path: 'p', call: 'open', errno: 'EIO' }), false],
    [new Failure('no-permission', { path: 'p', call: 'open' }), false],
    [new Failure('unexpected', { detail: 'x' }), false],
  ] as const)
    it(`${isKept ? 'keeps' : 'drops'} what fails with ${JSON.stringify(failure.data)} (${failure.code})`, async () => {
      writer.add(session('a'));
      const flushed = writer.flush();
      await turn();
      await Promise.all([
        asked[0]!.answer(failure),
        isKept ? assert.rejects(flushed, { code: failure.code }) : flushed,
      ]);
      assert.deepEqual(codes(), [failure.code]);
      assert.equal(writer.stats().dropped, isKept ? 0 : 1);
      // New logs do not cause more writes to the refused disk; a caller that waits does.
      writer.add(session('b'));
      await turn();
      await turn();
      assert.deepEqual(order(), isKept ? ['a'] : ['a', 'b']);
      const again = writer.flush();
      await turn();
      for (const index of isKept ? [1, 2] : [1]) await asked[index]!.answer(done);
      await again;
      assert.equal(writer.stats().written, isKept ? 2 : 1);
    });

  it('tries a full disk again by itself', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      writer.add(session('a'));
      await turn();
      await turn();
      await asked[0]!.answer(new Failure('disk-full', { path: 'p' }));
      mock.timers.tick(999);
      await turn();
      assert.equal(asked.length, 1);
      mock.timers.tick(1);
      await turn();
      assert.equal(asked.length, 2);
    } finally {
      mock.timers.reset();
    }
    await asked[1]!.answer(done);
    assert.equal(writer.stats().written, 1);
  });
});
