import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MOST_WAITING, MOST_WAITING_BYTES, SessionQueue } from '../../../../src/sessions/log/sessionQueue.ts';

describe('sessionQueue', () => {
  it('holds so many, in their order, and says once that it is full until it has been empty', () => {
    const step = fc.oneof(
      fc.integer({ min: 0, max: MOST_WAITING_BYTES }).map((bytes) => ({ bytes })),
      fc.integer({ min: 1, max: 700 }).map((count) => ({ count })),
      fc.integer({ min: 1, max: 700 }).map((remove) => ({ remove })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const queue = new SessionQueue<{ bytes: number }>();
        const held: { bytes: number }[] = [];
        let wasFull = false;
        const add = (bytes: number): void => {
          const sum = held.reduce((total, each) => total + each.bytes, bytes);
          const fits = held.length < MOST_WAITING && (held.length === 0 || sum <= MOST_WAITING_BYTES);
          const item = { bytes };
          assert.equal(queue.add(item), fits ? 'added' : wasFull ? 'full' : 'first-full');
          if (fits) held.push(item);
          else wasFull = true;
        };
        for (const each of steps) {
          if ('bytes' in each) add(each.bytes);
          else if ('count' in each) for (let left = each.count; left > 0; left -= 1) add(10);
          else
            for (let left = each.remove; left > 0; left -= 1) {
              queue.removeFirst();
              held.shift();
              if (held.length === 0) wasFull = false;
            }
          assert.deepEqual(queue.items, held);
          assert.equal(
            queue.bytes,
            held.reduce((total, { bytes }) => total + bytes, 0),
          );
        }
      }),
    );
  });
});
