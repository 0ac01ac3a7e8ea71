import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MOST_WAITING, MOST_WAITING_BYTES, SessionQueue } from '../../../../src/sessions/log/sessionQueue.ts';

describe('sessionQueue', () => {
  it('holds so many, in their order, and says once that it is full, and how many it refused once it has room again', () => {
    const step = fc.oneof(
      fc.integer({ min: 0, max: MOST_WAITING_BYTES }).map((bytes) => ({ bytes })),
      fc.integer({ min: 1, max: 700 }).map((count) => ({ count })),
      fc.integer({ min: 1, max: 700 }).map((remove) => ({ remove })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const queue = new SessionQueue<{ bytes: number }>();
        const held: { bytes: number }[] = [];
        let refused = 0;
        const add = (bytes: number): void => {
          const sum = held.reduce((total, each) => total + each.bytes, bytes);
          const fits = held.length < MOST_WAITING && (held.length === 0 || sum <= MOST_WAITING_BYTES);
          const item = { bytes };
          assert.equal(queue.add(item), fits ? 'added' : refused > 0 ? 'full' : 'first-full');
          if (fits) held.push(item);
          else refused += 1;
        };
        for (const each of steps) {
          if ('bytes' in each) add(each.bytes);
          else if ('count' in each) for (let left = each.count; left > 0; left -= 1) add(10);
          else
            for (let left = each.remove; left > 0; left -= 1) {
              held.shift();
              const sum = held.reduce((total, each) => total + each.bytes, 0);
              const isRoomy =
                held.length === 0 || (held.length <= MOST_WAITING / 2 && sum <= MOST_WAITING_BYTES / 2);
              assert.equal(queue.removeFirst(), isRoomy ? refused : 0);
              if (isRoomy) refused = 0;
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
