import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { App } from '../../../../src/jobs/jobs.ts';
import { startCleanUp, type CleanUpRules } from '../../../../src/recorder/sessions/sessionWorkspace.ts';
import { Failure, toFailureMessage } from '../../../../src/base/failure.ts';
import { defaultPolicy } from '../../../../src/policy/policy.ts';

describe('sessionCleanUp', () => {
  let asked: object[];
  let result: () => Promise<object>;
  let told: string[];
  let rules: CleanUpRules | undefined;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    asked = [];
    told = [];
    result = () => Promise.resolve({ failed: [] });
    const settings = { ...defaultPolicy.sessions, enabled: true, cleanupIntervalSeconds: 60 };
    rules = { settings, fromEnvironment: { retentionDays: 3 }, accept: true };
  });
  afterEach(() => {
    mock.timers.reset();
  });

  const start = (): void => {
    const run = (_name: string, input: object): Promise<object> => {
      asked.push(input);
      return result();
    };
    const app = { run, dispose: () => undefined } as unknown as App;
    startCleanUp(
      app,
      '/r',
      () => rules,
      (failure) => told.push(failure.code),
    );
  };
  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    await new Promise(setImmediate);
  };

  it('runs 5 s after it was started, and then in the policy’s interval', async () => {
    start();
    await pass(4999);
    assert.equal(asked.length, 0);
    await pass(1);
    assert.deepEqual(asked[0], { root: '/r', fromEnvironment: { retentionDays: 3 }, accept: true });
    await pass(59_999);
    assert.equal(asked.length, 1);
    await pass(1);
    assert.equal(asked.length, 2);
  });

  it('rests while storage is disabled, or there is no policy', async () => {
    start();
    const { settings } = rules!;
    rules = { settings: { ...settings, enabled: false } };
    await pass(5000);
    rules = undefined;
    await pass(60_000);
    assert.equal(asked.length, 0);
    rules = { settings };
    await pass(3_600_000);
    assert.equal(asked.length, 1);
  });

  it('tells what failed, but not that another one is at work, and goes on', async () => {
    start();
    result = () => Promise.reject(new Failure('maintenance-busy', { path: 'p' }));
    await pass(5000);
    result = () => Promise.reject(new Failure('disk-full', { path: 'p' }));
    await pass(60_000);
    const failure = toFailureMessage(new Failure('no-permission', { path: 'p', call: 'unlink' }));
    result = () => Promise.resolve({ failed: [{ name: 'a.zip', failure }] });
    await pass(60_000);
    assert.deepEqual(told, ['disk-full', 'no-permission']);
  });
});
