import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOf, LineBuffer } from '../../../src/masking/lineBuffer.ts';

/** What was written of lines, and then taken out. */
function written(write: (out: LineBuffer) => void, capacity = 16): string {
  const out = new LineBuffer(capacity);
  write(out);
  out.finish();
  return Buffer.from(out.take()).toString();
}

describe('lineBuffer', () => {
  for (const number of [0, 7, 9, 10, 99, 100, 499, 1000, 20_000, 99_999_999, 100_000_000, 2 ** 53 - 1])
    it(`writes ${String(number)}`, () => {
      assert.equal(
        written((out) => {
          out.number(number);
        }),
        String(number),
      );
    });

  it('writes any whole number, text and bytes, however small it was made', () => {
    const piece = fc.oneof(fc.nat({ max: 2 ** 31 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 64 }), (pieces, capacity) => {
        const text = written((out) => {
          for (const [index, value] of pieces.entries()) {
            if (typeof value === 'number') out.number(value);
            else if (index % 2 === 0) out.text(value);
            else out.raw(bytesOf(value));
          }
        }, capacity);
        assert.equal(text, pieces.map((value) => String(value).toWellFormed()).join(''));
      }),
    );
  });

  it('loses the line under way, and no other', () => {
    const text = written((out) => {
      out.ascii('one');
      out.finish();
      out.ascii('two');
      assert.ok(out.isBegun);
      out.undo();
      assert.ok(!out.isBegun);
    });
    assert.equal(text, 'one');
  });

  it('what was taken out stays as it is while the next is written, until it is given back', () => {
    const out = new LineBuffer(64);
    const fill = (letter: string): Uint8Array => {
      out.ascii(letter.repeat(62));
      assert.ok(out.isFull);
      out.finish();
      return out.take();
    };
    const first = fill('a');
    const second = fill('b');
    assert.equal(Buffer.from(first).toString(), 'a'.repeat(62));
    out.recycle(first);
    // The buffer in use was made before; the one after it is the one that was given back.
    fill('c');
    fill('d');
    assert.equal(Buffer.from(second).toString(), 'b'.repeat(62));
    assert.notEqual(Buffer.from(first).toString(), 'a'.repeat(62));
  });

  it('takes back only memory of its own size', () => {
    const out = new LineBuffer(64);
    out.recycle(new Uint8Array(8));
    out.recycle(new Uint8Array(4096));
    out.ascii('a'.repeat(62));
    out.finish();
    out.take();
    assert.equal(out.bytes.length, 64);
  });
});
