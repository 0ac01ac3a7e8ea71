import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrailReport } from '../../../src/audit/outputs/outputs.ts';
import { trailJobs, type TrailJobs } from '../../../src/audit/trail.ts';
import { inlineRunner } from '../../../src/base/job.ts';
import { forwardOn, forwardOnce, type Forwarding } from '../../../src/forward/forward.ts';
import { statusOf } from '../../../src/forward/forwardStatus.ts';
import type { Target } from '../../../src/forward/targets.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { freshFolders } from '../freshFolders.ts';
import { startReceiver, type Receiver } from './receivers.ts';

describe('forwarding', () => {
  const folders = freshFolders();
  let receiver: Receiver;
  let number = 0;

  beforeEach(async () => {
    receiver = await startReceiver();
    number = 0;
  });
  afterEach(() => receiver.close());

  /** A workspace whose owner switched forwarding on here. */
  async function manage(forwarding: object = { entries: true }): Promise<void> {
    folders.policy({ rotation: { maxFileMB: 1, keepPlain: 1 }, forwarding });
    await inlineApp(folders.environment).run('acceptPolicy', { root: folders.root });
  }

  function forwarding(change: Partial<Target> = {}, signal = new AbortController().signal): Forwarding {
    const target: Target = {
      name: 'store',
      type: 'clickhouse',
      url: new URL(receiver.url),
      kinds: ['entries', 'audit', 'usage'],
      credentials: undefined,
      ca: undefined,
      table: 'events',
      ...change,
    };
    const { environment, root } = folders;
    const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, environment);
    return { root, target, environment, trail, signal, patience: 200 };
  }

  const active = (): string => join(folders.logs, 'api.log');
  function write(count: number, padding = ''): void {
    for (let each = 0; each < count; each += 1) {
      number += 1;
      const time = new Date(1_700_000_000_000 + number).toISOString();
      appendFileSync(
        active(),
        `${JSON.stringify({ timestamp: time, method: 'POST', path: `/api/items/${String(number)}`, status: 200, user: 'alice@example.com', padding })}\n`,
      );
    }
  }
  /** The entries that the receiver has, by the ms in which they happened; once each. */
  const received = (): number[] => [
    ...new Set(receiver.rows().map(({ time }) => (time as number) - 1_700_000_000_000)),
  ];
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  it('sends what is there, then what came since, once', async () => {
    await manage();
    write(3);
    assert.deepEqual(await forwardOnce(forwarding()), { kind: 'done', rejected: 0 });
    write(2);
    await forwardOnce(forwarding());
    await forwardOnce(forwarding());
    assert.deepEqual(
      receiver.rows().map(({ time }) => (time as number) - 1_700_000_000_000),
      upTo(5),
    );
  });

  it('sends nothing that names a person', async () => {
    await manage();
    write(1);
    await forwardOnce(forwarding());
    assert.doesNotMatch(receiver.text(), /alice|example\.com|items\/1/);
    assert.match(receiver.text(), /"user_hash":"[0-9a-f]{64}"/);
  });

  it('sends nothing while no switch is on, and nothing that was not accepted here', async () => {
    await manage({});
    write(1);
    await forwardOnce(forwarding());
    // The policy comes from elsewhere: it was not saved on this machine.
    folders.policy({ forwarding: { entries: true, redactContent: false } });
    await forwardOnce(forwarding());
    assert.equal(receiver.requests.length, 0);
    await inlineApp(folders.environment).run('acceptPolicy', { root: folders.root });
    await forwardOnce(forwarding());
    assert.equal(receiver.rows().length, 1);
  });

  it('goes on through rotation and zips', async () => {
    await manage();
    const app = inlineApp(folders.environment);
    for (let round = 0; round < 4; round += 1) {
      write(3);
      if (round % 2 === 0) await forwardOnce(forwarding());
      write(2, 'x'.repeat(600_000));
      await app.run('runMaintenance', { root: folders.root });
    }
    write(1);
    await forwardOnce(forwarding());
    assert.deepEqual(received(), upTo(21));
  });

  it('counts what retention deleted before it was sent', async () => {
    await manage();
    const app = inlineApp(folders.environment);
    write(2);
    await forwardOnce(forwarding());
    write(3);
    write(2, 'x'.repeat(600_000));
    await app.run('runMaintenance', { root: folders.root });
    write(4);
    // In ten years all but the active file has expired.
    await app.run('runMaintenance', { root: folders.root, now: Date.parse('2036-01-01T00:00:00Z') });
    await forwardOnce(forwarding());
    const status = await statusOf(forwarding());
    assert.deepEqual(received(), [1, 2, 8, 9, 10, 11]);
    assert.deepEqual([status.sent, status.missed, status.waiting], [6, 5, 0]);
  });

  it('leaves out lines that are no events, and counts them', async () => {
    await manage();
    write(1);
    appendFileSync(active(), '{"timestamp":"2026-\n[1]\nwords\n');
    write(1);
    await forwardOnce(forwarding());
    const status = await statusOf(forwarding());
    assert.deepEqual([status.sent, status.rejected, status.waiting], [2, 3, 0]);
  });

  it('does not send the last line before it is whole', async () => {
    await manage();
    write(1);
    const line = readFileSync(active(), 'utf8').replace('001Z', '002Z').trimEnd();
    appendFileSync(active(), line.slice(0, 40));
    await forwardOnce(forwarding());
    assert.deepEqual(received(), [1]);
    appendFileSync(active(), `${line.slice(40)}\n`);
    await forwardOnce(forwarding());
    assert.deepEqual(received(), [1, 2]);
  });

  it('begins at the oldest log where its own is gone', async () => {
    await manage();
    write(2);
    await forwardOnce(forwarding());
    rmSync(active());
    write(2);
    await forwardOnce(forwarding());
    assert.deepEqual(received(), upTo(4));
  });

  it('says in one call that a receiver is down, and sends all of it in the next', async () => {
    await manage();
    write(1500);
    receiver.answer = () => ({ status: 503 });
    const first = await forwardOnce(forwarding());
    assert.equal(first.kind, 'waiting');
    assert.match((await statusOf(forwarding())).lastError ?? '', /HTTP 503/);
    receiver.answer = undefined;
    assert.deepEqual(await forwardOnce(forwarding()), { kind: 'done', rejected: 0 });
    assert.deepEqual(received(), upTo(1500));
    assert.equal((await statusOf(forwarding())).lastError, null);
  });

  const troubles: [string, Receiver['answer'], RegExp][] = [
    ['hangs', () => 'hang', /did not answer in time/],
    ['closes the connection', () => 'close', /ECONNRESET|closed|hang up/],
    ['answers by half', () => 'half', /aborted|ECONNRESET|closed/],
    ['answers garbage', () => 'garbage', /HPE_|Parse Error/],
    [
      'redirects elsewhere',
      () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } }),
      /HTTP 302/,
    ],
    ['is busy', () => ({ status: 429, headers: { 'retry-after': '1' } }), /HTTP 429/],
    ['fails', () => ({ status: 500, body: 'DB::Exception: password=hunter2hunter2' }), /HTTP 500: DB/],
  ];
  for (const [what, answer, detail] of troubles)
    it(`loses nothing at a receiver that ${what}`, async () => {
      await manage();
      write(2);
      receiver.answer = answer;
      const result = await forwardOnce(forwarding());
      assert.equal(result.kind, 'waiting');
      assert.match(result.detail, detail);
      assert.doesNotMatch(JSON.stringify(result), /hunter2/);
      receiver.answer = undefined;
      await forwardOnce(forwarding());
      assert.deepEqual(received(), [1, 2]);
    });

  it('leaves out the one record that a receiver refuses, and counts it', async () => {
    await manage();
    write(40);
    receiver.answer = (body) => ({ status: body.includes('"time":1700000000013') ? 400 : 200 });
    assert.deepEqual(await forwardOnce(forwarding()), { kind: 'done', rejected: 1 });
    assert.deepEqual(
      received(),
      upTo(40).filter((each) => each !== 13),
    );
    const status = await statusOf(forwarding());
    assert.deepEqual([status.sent, status.rejected, status.waiting], [39, 1, 0]);
  });

  it('stops where the credentials are refused, until the target is changed', async () => {
    await manage();
    write(1);
    receiver.answer = () => ({ status: 401 });
    const wrong = forwarding({ credentials: 'ada:wrong' });
    assert.equal((await forwardOnce(wrong)).kind, 'waiting');
    const asked = receiver.requests.length;
    receiver.answer = undefined;
    assert.equal((await forwardOnce(wrong)).kind, 'waiting');
    assert.equal(receiver.requests.length, asked);
    assert.equal((await forwardOnce(forwarding({ credentials: 'ada:right' }))).kind, 'done');
    assert.deepEqual(received(), [1]);
  });

  it('sends the trail in tree order, with each checkpoint', async () => {
    await manage({ audit: true });
    const app = inlineApp(folders.environment);
    const send = forwarding();
    for (const days of [10, 11, 12])
      await app.run('savePolicy', {
        root: folders.root,
        edits: [{ key: 'retention.maxAge', value: { days } }],
      });
    await send.trail.run('sealTrail', { root: folders.root });
    await forwardOnce(send);
    const events = receiver.rows().map(({ event }) => JSON.parse(event as string) as Record<string, unknown>);
    const numbers = events.flatMap(({ seq }) => (typeof seq === 'number' ? [seq] : []));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    assert.ok(numbers.length >= 3);
    assert.match(String(events.at(-1)?.checkpoint), /^workspace-logs\/[0-9a-f]{16}\n/);
    await forwardOnce(send);
    assert.equal(receiver.rows().length, events.length);
  });

  it('is done by one sender only', async () => {
    await manage();
    write(1);
    let entered: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    receiver.answer = async () => {
      entered();
      await held;
      return { status: 200 };
    };
    const first = forwardOnce({ ...forwarding(), patience: 60_000 });
    await inside;
    assert.deepEqual(await forwardOnce(forwarding()), { kind: 'busy' });
    release();
    assert.deepEqual(await first, { kind: 'done', rejected: 0 });
  });

  it('follows what comes, until it is stopped', async () => {
    await manage();
    write(1);
    const stop = new AbortController();
    const running = forwardOn(forwarding({}, stop.signal));
    await receiver.has(() => received().length === 1);
    write(2);
    await receiver.has(() => received().length === 3);
    stop.abort();
    await running;
    assert.deepEqual(received(), upTo(3));
  });

  it('keeps the state when it cannot be read, and begins anew', async () => {
    await manage();
    write(1);
    await forwardOnce(forwarding());
    const { environment } = folders;
    const [file] = (await import('node:fs')).globSync(
      `${environment.XDG_STATE_HOME ?? ''}/**/forward-store.json`,
    );
    writeFileSync(file!, '{"cursors": 7}');
    await forwardOnce(forwarding());
    assert.deepEqual(received(), [1]);
    assert.equal(receiver.rows().length, 2);
    assert.equal(new Set(receiver.rows().map(({ id }) => id)).size, 1);
  });
});
