import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineRing, MOST_LOG_BYTES } from '../../../../src/sessions/log/lineRing.ts';

function linesOf(chunks: readonly Uint8Array[]): string[] {
  const text = Buffer.concat(chunks).toString();
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

describe('lineRing', () => {
  it('keeps the newest lines and counts the others', () => {
    const line = fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 1, max: 200 }))
      .map(([text, times]) => text.replaceAll('\n', '').repeat(times));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 40_000 }),
        (lines, maxLines, maxBytes) => {
          const ring = new LineRing({ maxLines, maxBytes });
          for (const each of lines) ring.add(`${each}\n`);
          const kept = lines.slice(-maxLines);
          while (kept.length > 1 && Buffer.byteLength(kept.join('\n')) + 1 > maxBytes) kept.shift();
          assert.equal(ring.lines, kept.length);
          assert.equal(ring.dropped, lines.length - kept.length);
          const chunks = ring.take();
          assert.deepEqual(linesOf(chunks), kept);
          for (const chunk of chunks) {
            assert.equal(chunk.at(-1), 10);
            assert.ok(chunk.length * 2 >= chunk.buffer.byteLength);
          }
          assert.equal(new Set(chunks.map(({ buffer }) => buffer)).size, chunks.length);
        },
      ),
    );
  });

  it('hands over buffers that can be transferred', () => {
    const ring = new LineRing({ maxLines: 1000 });
    for (let number = 0; number < 3000; number += 1) ring.add(`line ${String(number)}\n`);
    const chunks = ring.take();
    const moved = structuredClone(chunks, { transfer: chunks.map(({ buffer }) => buffer) });
    const wanted = Array.from({ length: 1000 }, (_, index) => `line ${String(2000 + index)}`);
    assert.deepEqual(linesOf(moved), wanted);
    assert.equal(ring.dropped, 2000);
  });

  it('starts small', () => {
    const ring = new LineRing({ maxLines: 10 });
    ring.add('a\n');
    assert.equal(ring.take()[0]!.buffer.byteLength, 2);
  });

  it('keeps one line that is longer than all may be, alone', () => {
    const ring = new LineRing({ maxLines: 10, maxBytes: 100 });
    for (const line of ['a', 'b'.repeat(200), 'c'.repeat(300)]) ring.add(`${line}\n`);
    assert.deepEqual([ring.lines, ring.dropped], [1, 2]);
    ring.add('d\n');
    assert.deepEqual(linesOf(ring.take()), ['d']);
  });

  it('takes a million lines in little time and memory', function () {
    this.timeout(20_000);
    const ring = new LineRing({ maxLines: 20_000 });
    const line = `${'x'.repeat(299)}\n`;
    for (let number = 0; number < 1_000_000; number += 1) ring.add(line);
    assert.deepEqual([ring.lines, ring.dropped], [20_000, 980_000]);
    const held = ring.take().reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    assert.ok(held < 7e6, String(held));
  });

  it('holds at most 64 MB of lines', function () {
    this.timeout(20_000);
    const ring = new LineRing({ maxLines: 10_000_000 });
    const line = `${'x'.repeat(2 ** 20 - 1)}\n`;
    for (let number = 0; number < 100; number += 1) ring.add(line);
    assert.deepEqual([ring.lines, ring.dropped], [64, 36]);
    const held = ring.take().reduce((sum, { length }) => sum + length, 0);
    assert.equal(held, MOST_LOG_BYTES);
  });
});
