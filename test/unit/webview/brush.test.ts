import assert from 'node:assert/strict';
import { barAt, brushBetween, moveCursor } from '../../../src/webview/shared/brush.ts';

describe('barAt', () => {
  for (const [x, width, bars, expected] of [
    [0, 100, 10, 0],
    [99.9, 100, 10, 9],
    [50, 100, 10, 5],
    [-20, 100, 10, 0],
    [500, 100, 10, 9],
    [5, 0, 10, 9],
    [5, 100, 0, 0],
  ] as const)
    it(`finds bar ${String(expected)} at ${String(x)} of ${String(width)}`, () => {
      assert.equal(barAt(x, width, bars), expected);
    });
});

describe('brushBetween', () => {
  it('goes from left to right', () => {
    assert.deepEqual(brushBetween(7, 2), { from: 2, to: 7 });
  });
});

describe('moveCursor', () => {
  for (const [cursor, key, marks, expected] of [
    [{ at: 3 }, 'ArrowRight', false, { at: 4 }],
    [{ at: 3 }, 'ArrowLeft', false, { at: 2 }],
    [{ at: 0 }, 'ArrowLeft', false, { at: 0 }],
    [{ at: 9 }, 'ArrowRight', false, { at: 9 }],
    [{ at: 3 }, 'ArrowRight', true, { at: 4, anchor: 3 }],
    [{ at: 4, anchor: 3 }, 'ArrowRight', true, { at: 5, anchor: 3 }],
    [{ at: 5, anchor: 3 }, 'ArrowLeft', false, { at: 4 }],
    [{ at: 5 }, 'Home', true, { at: 0, anchor: 5 }],
    [{ at: 5 }, 'End', false, { at: 9 }],
    [{ at: 5 }, 'x', false, undefined],
  ] as const)
    it(`${marks ? 'Shift+' : ''}${key} at ${JSON.stringify(cursor)}`, () => {
      assert.deepEqual(moveCursor(cursor, key, marks, 10), expected);
    });
});
