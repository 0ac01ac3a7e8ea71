import assert from 'node:assert/strict';
import { createInflateRaw, deflateRawSync } from 'node:zlib';
import { discard } from '../../../../src/archive/codec/memory.ts';
import { logOf } from '../../entryLines.ts';

describe('discard', () => {
  it('gives the memory back', () => {
    const piece = Buffer.alloc(1000, 'x');
    const { buffer } = piece;
    discard(piece);
    assert.deepEqual([buffer.byteLength, piece.length], [0, 0]);
  });

  it('but not what others use', () => {
    const whole = Buffer.alloc(1000, 'x');
    discard(whole.subarray(0, 999));
    discard(Buffer.from('from the pool'));
    assert.equal(whole.toString(), 'x'.repeat(1000));
  });

  it('what zlib decodes goes on', async () => {
    const log = logOf(1_000_000, '2026-01-01T00:00:00Z');
    const decoder = createInflateRaw({ chunkSize: 4096 });
    decoder.end(deflateRawSync(log));
    let bytes = 0;
    for await (const piece of decoder as AsyncIterable<Buffer>) {
      assert.ok(piece.equals(log.subarray(bytes, (bytes += piece.length))));
      discard(piece);
    }
    assert.equal(bytes, log.length);
  });
});
