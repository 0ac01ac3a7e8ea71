import assert from 'node:assert/strict';
import { threadId } from 'node:worker_threads';
import { Failure, isFailure, type FailureCode } from '../../../src/base/failure.ts';
import { inlineRunner, workerRunner, type JobRunner } from '../../../src/base/job.ts';
import { exampleJobs, type ExampleJobs } from './exampleJobs.ts';

type Runner = JobRunner<ExampleJobs, string>;

const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);

const worker = new URL('exampleJobs.ts', import.meta.url);
const environment = { HANDED_IN: 'yes', UNSET: undefined };
const runners: [where: string, make: () => Runner][] = [
  ['here', () => inlineRunner<ExampleJobs, string>(exampleJobs, environment)],
  ['in a worker', () => workerRunner<ExampleJobs, string>(worker, environment)],
];

for (const [where, make] of runners)
  describe(`a job run ${where}`, () => {
    let runner: Runner;
    beforeEach(() => {
      runner = make();
    });
    afterEach(() => {
      runner.dispose();
    });

    it('returns its output', async () => {
      assert.equal(await runner.run('echo', 'text'), 'text');
    });

    it('runs where it should', async () => {
      assert.equal((await runner.run('where', undefined)) === threadId, where === 'here');
    });

    it('is given the environment that was handed in, and no other', async () => {
      assert.equal(await runner.run('variable', 'HANDED_IN'), 'yes');
      for (const name of ['UNSET', 'PATH']) assert.equal(await runner.run('variable', name), undefined);
    });

    it('tells its reports in their order, before its output', async () => {
      const told: string[] = [];
      told.push(await runner.run('tell', 3, { onReport: (report) => told.push(report) }));
      assert.deepEqual(told, ['1 of 3', '2 of 3', '3 of 3', 'told']);
    });

    it('fails with the code and data of its failure', async () => {
      await assert.rejects(runner.run('refuse', undefined), (error) => {
        assert.ok(isFailure(error, 'member-needed'));
        assert.deepEqual(error.data, { name: 'a.zip', members: ['x'] });
        return true;
      });
    });

    it('is cancelled by its signal', async () => {
      const controller = new AbortController();
      const running = runner.run('untilCancelled', undefined, {
        signal: controller.signal,
        onReport: () => {
          controller.abort();
        },
      });
      await assert.rejects(running, failsWith('cancelled'));
      assert.equal(await runner.run('echo', 'still there'), 'still there');
    });

    it('fails when there is no such job', async () => {
      await assert.rejects(runner.run('nothing' as 'echo', ''), failsWith('unexpected'));
    });

    it('hands bytes over, whole or as a part of a buffer', async () => {
      const { bytes } = await runner.run('bytes', 3);
      assert.deepEqual([...bytes], [7, 7, 7]);
      assert.deepEqual([...(await runner.run('partOfBuffer', undefined)).bytes], [7, 7, 7, 7]);
      assert.equal(Buffer.from((await runner.run('pooled', undefined)).bytes).toString(), 'abc');
    });
  });

describe('workerRunner', () => {
  let runner: Runner;
  beforeEach(() => {
    runner = workerRunner<ExampleJobs, string>(new URL('exampleJobs.ts', import.meta.url));
  });
  afterEach(() => {
    runner.dispose();
  });

  const unexpected: [job: 'stumble' | 'untellable', what: string][] = [
    ['stumble', 'throws an error without a code'],
    ['untellable', 'returns what cannot cross the thread'],
  ];
  for (const [job, what] of unexpected)
    it(`answers for a job that ${what}`, async () => {
      await assert.rejects(runner.run(job, undefined), failsWith('unexpected'));
      assert.equal(await runner.run('echo', 'still there'), 'still there');
    });

  it('fails what was under way when the worker ends, and starts another for the next job', async () => {
    const under = [runner.run('untilCancelled', undefined), runner.run('die', 7)];
    for (const job of under) await assert.rejects(job, failsWith('worker-lost'));
    assert.equal(await runner.run('echo', 'again'), 'again');
  });

  it('fails what was under way when the worker throws outside of a job', async () => {
    await assert.rejects(runner.run('crash', undefined), (error) => {
      assert.ok(isFailure(error, 'worker-lost'));
      assert.equal(error.data.detail, 'outside of any job');
      return true;
    });
    assert.equal(await runner.run('echo', 'again'), 'again');
  });

  it('fails when its file cannot be loaded', async () => {
    const lost = workerRunner<ExampleJobs, string>(new URL('nothing.ts', import.meta.url));
    await assert.rejects(lost.run('echo', ''), failsWith('worker-lost'));
  });

  it('does not start a job that was cancelled before', async () => {
    await assert.rejects(runner.run('echo', '', { signal: AbortSignal.abort() }), failsWith('cancelled'));
  });

  it('cancels one job and not its neighbours', async () => {
    const controller = new AbortController();
    const first = runner.run('untilCancelled', undefined, { signal: controller.signal });
    const second = runner.run('untilCancelled', undefined, {
      onReport: () => {
        controller.abort();
      },
    });
    await assert.rejects(first, failsWith('cancelled'));
    assert.equal(await Promise.race([second, runner.run('echo', 'second still runs')]), 'second still runs');
    runner.dispose();
    await assert.rejects(second, failsWith('cancelled'));
  });

  it('cancels all when disposed, twice without harm, and can be used again', async () => {
    const running = runner.run('untilCancelled', undefined);
    runner.dispose();
    runner.dispose();
    await assert.rejects(running, (error) => error instanceof Failure && error.code === 'cancelled');
    assert.equal(await runner.run('echo', 'again'), 'again');
  });

  it('keeps one worker for all jobs', async () => {
    const threads = await Promise.all([1, 2, 3].map(async () => runner.run('where', undefined)));
    assert.equal(new Set(threads).size, 1);
  });
});
