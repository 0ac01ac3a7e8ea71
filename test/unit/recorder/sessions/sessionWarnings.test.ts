import assert from 'node:assert/strict';
import { SessionWarnings } from '../../../../src/recorder/sessions/sessionWarnings.ts';
import { Failure } from '../../../../src/base/failure.ts';

describe('sessionWarnings', () => {
  const skip = (reason: 'missing-id' | 'disabled', detail: string): Failure =>
    new Failure('session-skipped', { reason, detail });
  const full = new Failure('disk-full', { path: 'p' });
  const weak = new Failure('password-weak', {});
  const long = new Failure('password-long', {});

  it('are told once for each cause, in words; a failure again once a log was written', () => {
    const warnings = new SessionWarnings();
    const news = (failure: Failure): boolean => warnings.news(failure) !== undefined;
    const all = [
      skip('missing-id', 'userId'),
      skip('missing-id', 'chatId'),
      skip('disabled', ''),
      full,
      weak,
      long,
    ];
    assert.deepEqual(all.map(news), [true, true, true, true, true, true]);
    assert.deepEqual(all.map(news), [false, false, false, false, false, false]);
    warnings.worked();
    assert.deepEqual(all.map(news), [false, false, false, true, false, false]);
    const ofTheQueue = [
      new Failure('session-queue-full', { limit: 500 }),
      new Failure('session-queue-room', { dropped: 3 }),
    ];
    assert.deepEqual([...ofTheQueue, ...ofTheQueue].map(news), [true, true, true, true]);
    assert.match(full.message, /^The disk is full/);
  });
});
