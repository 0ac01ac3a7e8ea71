import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Failure, toFailureMessage } from '../../../src/base/failure.ts';
import type { App } from '../../../src/jobs/jobs.ts';
import { rotationFollower, type RotationFollower } from '../../../src/recorder/rotationFollower.ts';

interface Job {
  readonly name: string;
  readonly signal: AbortSignal;
  done(output: unknown): void;
  fail(error: unknown): void;
}

describe('rotationFollower', () => {
  let jobs: Job[];
  let rotated: string[];
  let failures: string[];
  let disposed: number;
  let follower: RotationFollower;

  beforeEach(() => {
    [jobs, rotated, failures, disposed] = [[], [], [], 0];
    const app = {
      run: (name: string, _input: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise((resolve, reject) => {
          jobs.push({ name, signal, done: resolve, fail: reject });
        }),
      dispose: () => (disposed += 1),
    } as unknown as App;
    follower = rotationFollower(app, '/workspace', {
      acceptPolicy: false,
      onRotated: ({ to }) => rotated.push(to),
      onFailure: ({ code }) => failures.push(code),
    });
  });

  const step = (to: string): object => ({ kind: 'rotate', name: 'api.log', to });
  const names = (): string[] => jobs.map(({ name }) => name);

  it('rotates once, however often it is asked meanwhile, and then keeps order', async () => {
    for (let times = 0; times < 5; times += 1) follower.rotate(100);
    assert.deepEqual(names(), ['rotateActive']);
    jobs[0]!.done(step('api.1.log'));
    await turn();
    assert.deepEqual([names(), rotated], [['rotateActive', 'runMaintenance'], ['api.1.log']]);
  });

  it('rotates audit.log beside the API log: in logs/ as a family, elsewhere by a job of its own', async () => {
    const file = { folder: '/workspace/logs', name: 'audit.log', isOwn: true, limitBytes: 1, keepPlain: 1 };
    follower.rotate(100);
    for (let times = 0; times < 3; times += 1) follower.rotateAudit(file);
    jobs[1]!.done({ kind: 'rotate', name: 'audit.log', to: 'audit.1.log' });
    await turn();
    follower.rotateAudit({ ...file, isOwn: false });
    assert.deepEqual(names(), ['rotateActive', 'rotateActive', 'runMaintenance', 'rotateElsewhere']);
    assert.deepEqual(rotated, ['audit.1.log']);
  });

  it('rotates while maintenance runs; one more run follows, however many rotations there were', async () => {
    for (const number of [1, 2, 3]) {
      follower.rotate(100);
      jobs.at(-1)!.done(step(`api.${String(number)}.log`));
      await turn();
    }
    assert.deepEqual(names(), ['rotateActive', 'runMaintenance', 'rotateActive', 'rotateActive']);
    jobs[1]!.done({ failed: [] });
    await turn();
    assert.deepEqual(names().slice(4), ['runMaintenance']);
    jobs[4]!.done({ failed: [] });
    await turn();
    assert.equal(jobs.length, 5);
  });

  it('runs maintenance soon after it is asked to, then hourly, without any rotation', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      follower.maintainSoon();
      mock.timers.tick(2000);
      // Another change of the policy does not put the run off.
      follower.maintainSoon();
      assert.deepEqual(names(), []);
      mock.timers.tick(1000);
      assert.deepEqual(names(), ['runMaintenance']);
      jobs[0]!.done({ failed: [] });
      await turn();
      mock.timers.tick(3_599_999);
      assert.equal(jobs.length, 1);
      mock.timers.tick(1);
      assert.equal(jobs.length, 2);
      jobs[1]!.fail(new Failure('not-managed', { path: '' }));
      await turn();
      follower.maintainSoon();
      mock.timers.tick(3000);
      assert.equal(jobs.length, 3);
      jobs[2]!.done({ failed: [] });
      await follower.close();
      mock.timers.tick(4_000_000);
      assert.deepEqual([jobs.length, failures], [3, []]);
    } finally {
      mock.timers.reset();
    }
  });

  const refusals: [name: string, refuse: (job: Job) => void][] = [
    [
      'was refused',
      (job) => {
        job.done('held-open');
      },
    ],
    [
      'failed',
      (job) => {
        job.fail(new Failure('logs-missing', { path: '' }));
      },
    ],
  ];
  for (const [name, refuse] of refusals)
    it(`a rotation that ${name} is not asked for with every batch`, async () => {
      follower.rotate(100);
      refuse(jobs[0]!);
      await turn();
      follower.rotate(100);
      assert.equal(jobs.length, 1);
    });

  it('asks again at once where another process was faster', async () => {
    follower.rotate(100);
    jobs[0]!.done(undefined);
    await turn();
    follower.rotate(100);
    assert.deepEqual([names(), rotated], [['rotateActive', 'rotateActive'], []]);
  });

  it('settled resolves when a rotation has ended, with or without one', async () => {
    await follower.settled();
    follower.rotate(100);
    const settled = follower.settled().then(() => rotated.length);
    jobs[0]!.done(step('api.1.log'));
    assert.equal(await settled, 1);
  });

  it('tells what failed, but not that another run is under way', async () => {
    follower.rotate(100);
    jobs[0]!.done(step('api.1.log'));
    await turn();
    jobs[1]!.fail(new Failure('maintenance-busy', { path: '' }));
    await turn();
    assert.deepEqual(failures, []);
    follower.rotate(100);
    jobs[2]!.done(step('api.2.log'));
    await turn();
    const failed = [{ name: 'x', failure: toFailureMessage(new Failure('disk-full', { path: '' })) }];
    jobs[3]!.done({ failed });
    await turn();
    follower.rotate(100);
    jobs[4]!.fail(new Error('what'));
    await turn();
    assert.deepEqual(failures, ['disk-full', 'unexpected']);
  });

  it('close ends what is under way and starts nothing more', async () => {
    follower.rotate(100);
    jobs[0]!.done(step('api.1.log'));
    await turn();
    follower.rotate(100);
    const closing = follower.close();
    assert.ok(jobs.every(({ signal }) => signal.aborted));
    assert.equal(disposed, 0);
    jobs[2]!.done(step('api.2.log'));
    jobs[1]!.fail(new Failure('cancelled', {}));
    await closing;
    assert.deepEqual([names().length, rotated, failures, disposed], [3, ['api.1.log', 'api.2.log'], [], 1]);
    follower.rotate(100);
    assert.equal(jobs.length, 3);
  });
});
