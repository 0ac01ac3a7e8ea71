import assert from 'node:assert/strict';
import { ToldOnce, type RunFailure } from '../../../../src/vscode/maintenance/toldOnce.ts';

const full = (name: string): RunFailure => ({ name, failure: { code: 'disk-full', data: { path: name } } });
const refused = (name: string): RunFailure => ({
  name,
  failure: { code: 'no-permission', data: { path: name, call: 'open' } },
});

describe('ToldOnce', () => {
  const ran = { stopped: false };

  it('tells a failure once, until a run went well', () => {
    const told = new ToldOnce();
    assert.equal(told.failures([full('a')], ran).length, 1);
    for (let hour = 0; hour < 5; hour += 1) assert.deepEqual(told.failures([full('a')], ran), []);
    told.failures([], ran);
    assert.equal(told.failures([full('a')], ran).length, 1);
  });

  it('tells another code and another file', () => {
    const told = new ToldOnce();
    told.failures([full('a')], ran);
    assert.deepEqual(told.failures([full('a'), full('b'), refused('a')], ran), [full('b'), refused('a')]);
  });

  it('takes a run that was stopped for none that went well', () => {
    const told = new ToldOnce();
    told.failures([full('a')], ran);
    told.failures([], { stopped: true });
    assert.deepEqual(told.failures([full('a')], ran), []);
  });

  it('tells tracked files once for each set of them', () => {
    const told = new ToldOnce();
    assert.deepEqual(told.tracked(['logs/a', 'logs/b']), ['logs/a', 'logs/b']);
    assert.deepEqual(told.tracked(['logs/b', 'logs/a']), []);
    assert.deepEqual(told.tracked(['logs/a']), ['logs/a']);
    assert.deepEqual(told.tracked([]), []);
    assert.deepEqual(told.tracked(['logs/a']), []);
  });
});
