import assert from 'node:assert/strict';
import {
  Failure,
  fromFailureMessage,
  fromSystemError,
  hasCode,
  isFailure,
  toFailureMessage,
  type FailureCode,
} from '../../../src/base/failure.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no, open 'x'`), { code, syscall: 'open' });
}

describe('fromSystemError', () => {
  const codes: [errno: string, code: FailureCode][] = [
    ['ENOENT', 'file-missing'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'no-permission'],
    ['EPERM', 'no-permission'],
    ['EROFS', 'no-permission'],
    ['EIO', 'machine-error'],
    ['EMFILE', 'machine-error'],
    ['EXDEV', 'machine-error'],
    ['ELOOP', 'machine-error'],
    ['ENOTDIR', 'machine-error'],
  ];
  for (const [errno, code] of codes)
    it(`${errno} is ${code}, with the path and the cause`, () => {
      const error = systemError(errno);
      const failure = fromSystemError(error, '/x');
      assert.equal(failure.code, code);
      assert.equal((failure.data as { path: string }).path, '/x');
      assert.equal(failure.cause, error);
    });

  const others: [what: string, error: unknown, detail: string][] = [
    ['an error without a code', new TypeError('x is not a function'), 'x is not a function'],
    ['no error at all', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
  ];
  for (const [what, error, detail] of others)
    it(`${what} is unexpected`, () => {
      assert.deepEqual(toFailureMessage(fromSystemError(error, '/x')), {
        code: 'unexpected',
        data: { detail },
      });
    });

  it('returns a failure as it is', () => {
    const failure = new Failure('cancelled', {});
    assert.equal(fromSystemError(failure, '/x'), failure);
  });
});

describe('failures as messages', () => {
  it('come back with code and data', () => {
    const failure = new Failure('member-needed', { name: 'a.zip', members: ['x', 'y'] });
    const back = fromFailureMessage(structuredClone(toFailureMessage(failure)));
    assert.ok(isFailure(back, 'member-needed') && hasCode(back));
    assert.deepEqual(back.data, failure.data);
    assert.equal(isFailure(back, 'cancelled'), false);
  });

  it('of anything else are unexpected', () => {
    assert.equal(toFailureMessage(new RangeError('no')).code, 'unexpected');
    assert.equal(toFailureMessage(Symbol('x')).code, 'unexpected');
    assert.equal(hasCode(new Error('x')), false);
  });
});
