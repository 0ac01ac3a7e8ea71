import assert from 'node:assert/strict';
import { DisposableStore } from '../../../src/base/disposable.ts';

describe('DisposableStore', () => {
  const log: string[] = [];
  const item = (name: string): { dispose(): void } => ({ dispose: () => void log.push(name) });
  beforeEach(() => {
    log.length = 0;
  });

  it('ends what it holds in reverse order, once', () => {
    const store = new DisposableStore();
    store.add(item('a'));
    store.add(item('b'));
    store.dispose();
    store.dispose();
    assert.deepEqual(log, ['b', 'a']);
  });

  it('ends a late addition at once, and returns it', () => {
    const store = new DisposableStore();
    store.dispose();
    const late = item('late');
    assert.equal(store.add(late), late);
    assert.deepEqual(log, ['late']);
  });
});
