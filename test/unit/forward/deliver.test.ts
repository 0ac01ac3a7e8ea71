import assert from 'node:assert/strict';
import {
  answerOf,
  deliver,
  waitBefore,
  type Answer,
  type Outcome,
  type Sendable,
} from '../../../src/forward/deliver.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');

describe('what a receiver’s status means', () => {
  const rows: [status: number, retryAfter: string | undefined, kind: Answer['kind'], after?: number][] = [
    [200, undefined, 'taken'],
    [202, undefined, 'taken'],
    [204, undefined, 'taken'],
    [301, undefined, 'again'],
    [307, undefined, 'again'],
    [400, undefined, 'refused'],
    [401, undefined, 'stopped'],
    [403, undefined, 'stopped'],
    [404, undefined, 'again'],
    [408, undefined, 'again'],
    [413, undefined, 'refused'],
    [422, undefined, 'refused'],
    [429, undefined, 'again'],
    [429, '7', 'again', 7000],
    [429, '0', 'again', 0],
    [429, 'Sun, 01 Mar 2026 00:02:00 GMT', 'again', 120_000],
    [429, 'Sat, 28 Feb 2026 00:00:00 GMT', 'again', 0],
    [429, 'soon', 'again'],
    [429, '-5', 'again'],
    [429, '999999999', 'again', 3_600_000],
    [500, undefined, 'again'],
    [502, undefined, 'again'],
    [503, '3', 'again', 3000],
    [504, undefined, 'again'],
  ];
  for (const [status, retryAfter, kind, after] of rows)
    it(`${String(status)} with Retry-After ${retryAfter ?? 'missing'} is “${kind}”`, () => {
      const answer = answerOf(status, retryAfter, 'words', NOW);
      assert.equal(answer.kind, kind);
      assert.equal(answer.kind === 'again' ? answer.after : undefined, after);
    });
});

describe('how long a sender waits', () => {
  it('twice as long after each failure, up to a minute, less up to a half', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => waitBefore(failures, undefined, 0));
    assert.deepEqual(longest, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    const shortest = [1, 7, 1000].map((failures) => waitBefore(failures, undefined, 1));
    assert.deepEqual(shortest, [500, 30_000, 30_000]);
  });

  it('never shorter than the receiver says', () => {
    assert.equal(waitBefore(1, 120_000, 0.5), 120_000);
    assert.equal(waitBefore(7, 10, 0), 60_000);
  });
});

describe('deliver', () => {
  const events = (count: number): Sendable[] =>
    Array.from({ length: count }, (_, index) => ({
      kind: 'entry',
      uid: String(index),
      time: index,
      event: { index },
    }));

  /** Sends, and keeps what the receiver took, what was settled and how often it was asked. */
  async function run(
    count: number,
    answer: (part: readonly Sendable[], call: number) => Answer,
  ): Promise<{ taken: string[]; outcomes: Outcome[]; calls: number; failures: number[] }> {
    const seen = { taken: [] as string[], outcomes: [] as Outcome[], calls: 0, failures: [] as number[] };
    await deliver(events(count), {
      send(part) {
        seen.calls += 1;
        const given = answer(part, seen.calls);
        if (given.kind === 'taken') seen.taken.push(...part.map(({ uid }) => uid));
        return Promise.resolve(given);
      },
      settle: (outcome) => void seen.outcomes.push(outcome),
      wait(_, failures) {
        seen.failures.push(failures);
        return Promise.resolve();
      },
    });
    return seen;
  }

  const uids = (count: number, without: readonly number[] = []): string[] =>
    Array.from({ length: count }, (_, index) => index)
      .filter((index) => !without.includes(index))
      .map(String);

  it('sends nothing for no events', async () => {
    assert.equal((await run(0, () => ({ kind: 'taken', rejected: 0 }))).calls, 0);
  });

  it('sends a batch again until it is taken', async () => {
    const seen = await run(3, (_, call) =>
      call < 4 ? { kind: 'again', detail: 'HTTP 503' } : { kind: 'taken', rejected: 0 },
    );
    assert.deepEqual(seen.taken, uids(3));
    assert.deepEqual(seen.failures, [1, 2, 3]);
  });

  for (const bad of [[0], [999], [0, 999], [500, 501], [1, 2, 3]])
    it(`halves until the records ${bad.join()} of 1,000 are alone, and leaves them out, in order`, async () => {
      const seen = await run(1000, (part) =>
        part.some(({ uid }) => bad.includes(Number(uid)))
          ? { kind: 'refused', detail: 'HTTP 400' }
          : { kind: 'taken', rejected: 0 },
      );
      assert.deepEqual(seen.taken, uids(1000, bad));
      assert.equal(seen.outcomes.filter(({ kind }) => kind === 'skipped').length, bad.length);
      const counted = seen.outcomes.reduce((sum, each) => sum + (each.kind === 'sent' ? each.events : 1), 0);
      assert.equal(counted, 1000);
      // Each bad record costs two requests for each halving.
      assert.ok(seen.calls <= 1 + bad.length * 2 * 10, String(seen.calls));
    });

  it('settles in the order of the events, so that each outcome moves the cursor on', async () => {
    const seen = await run(4, (part) =>
      part.some(({ uid }) => uid === '1')
        ? { kind: 'refused', detail: 'no' }
        : { kind: 'taken', rejected: 0 },
    );
    assert.deepEqual(
      seen.outcomes.map((each) => (each.kind === 'sent' ? each.events : each.kind)),
      [1, 'skipped', 2],
    );
  });

  it('counts no more rejected records than it sent', async () => {
    const { outcomes } = await run(2, () => ({ kind: 'taken', rejected: 9, detail: 'bad' }));
    assert.deepEqual(outcomes, [{ kind: 'sent', events: 2, rejected: 2, detail: 'bad' }]);
  });

  it('ends where waiting is given up', async () => {
    const gaveUp = new Error('gave up');
    await assert.rejects(
      deliver(events(1), {
        send: () => Promise.resolve({ kind: 'stopped', detail: 'HTTP 401' }),
        settle: () => assert.fail('settled'),
        wait: () => Promise.reject(gaveUp),
      }),
      gaveUp,
    );
  });
});
