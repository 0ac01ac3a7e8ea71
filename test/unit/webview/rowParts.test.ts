import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowParts } from '../../../src/webview/shared/rowParts.ts';

/** A list of numbers, of which each part holds up to `size`. */
function partOf(length: number, size: number, after: number | undefined) {
  const from = after ?? 0;
  const to = Math.min(length, from + size);
  const rows = Array.from({ length: to - from }, (_, index) => from + index);
  return { rows, next: to < length ? to : null };
}

describe('RowParts', () => {
  it('shows every row wherever a person scrolls, and keeps few parts', () => {
    const steps = fc.array(fc.nat(4000), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(4000), fc.integer({ min: 5, max: 60 }), steps, (length, size, places) => {
        const parts = new RowParts<number, number>();
        for (const place of [0, ...places]) {
          const from = Math.min(place, parts.length);
          const to = from + 30;
          for (let reads = 0; ; reads += 1) {
            const wanted = parts.wanted(from, to);
            if (wanted === undefined) break;
            assert.ok(reads < 1000, 'it never ends');
            parts.add(wanted.after, partOf(length, size, wanted.after), [from, to]);
          }
          for (let index = from; index <= Math.min(to, length - 1); index += 1)
            assert.equal(parts.at(index), index);
          const kept = Array.from({ length }, (_, index) => parts.at(index)).filter(
            (row) => row !== undefined,
          );
          assert.ok(kept.length <= 30 * size);
        }
        assert.equal(parts.isComplete, parts.length === length && parts.wanted(length, length) === undefined);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on behind parts without a row', () => {
    const parts = new RowParts<string, number>();
    parts.add(undefined, { rows: [], next: 5 }, [0, 9]);
    assert.deepEqual(parts.wanted(0, 9), { after: 5 });
    parts.add(5, { rows: ['a'], next: null }, [0, 9]);
    assert.equal(parts.at(0), 'a');
    assert.equal(parts.isComplete, true);
    assert.equal(parts.wanted(0, 9), undefined);
  });

  it('drops the parts behind one that has other rows now', () => {
    const parts = new RowParts<number, number>();
    for (const after of [undefined, 10, 20]) parts.add(after, partOf(100, 10, after), [0, 9]);
    parts.add(10, { rows: [10, 11], next: 12 }, [0, 9]);
    assert.equal(parts.length, 12);
    assert.deepEqual(parts.wanted(0, 12), { after: 12 });
  });

  it('finds a kept row', () => {
    const parts = new RowParts<number, number>();
    parts.add(undefined, partOf(20, 10, undefined), [0, 9]);
    parts.add(10, partOf(20, 10, 10), [0, 9]);
    assert.equal(
      parts.findIndex((row) => row === 13),
      13,
    );
    assert.equal(
      parts.findIndex((row) => row === 99),
      undefined,
    );
  });
});
