import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { partCount, slicePart } from '../../../src/reading/readLog.ts';
import { sha256 } from '../onDisk.ts';

const MB = 1_048_576;
const NEWLINE = 0x0a;

/** A text as a source, read in pieces of 1 MB. */
function sourceOf(text: Buffer): Parameters<typeof slicePart>[0] {
  return {
    bytes: text.length,
    async *read(from, to) {
      for (let at = from; at < to; at += MB) yield text.subarray(at, Math.min(to, at + MB));
    },
  };
}

async function partsOf(text: Buffer): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let part = 0; part < partCount(text.length); part += 1)
    parts.push(await slicePart(sourceOf(text), part));
  return parts;
}

/** What holds for the parts of any text; at a cut no character is torn, unless it was before. */
async function check(text: Buffer): Promise<Uint8Array[]> {
  const parts = await partsOf(text);
  assert.equal(sha256(Buffer.concat(parts)), sha256(text));
  for (const part of parts) assert.ok(part.length <= 20 * MB, String(part.length));
  return parts;
}

/** A text made of runs: a line or bytes, again and again for so many bytes. */
function textOf(runs: readonly { unit: Buffer; length: number }[]): Buffer {
  return Buffer.concat(runs.map(({ unit, length }) => Buffer.alloc(length, unit)));
}

describe('partCount', () => {
  const counts: [bytes: number, parts: number][] = [
    [0, 1],
    [1, 1],
    [10 * MB + 1, 1],
    [20 * MB, 1],
    [20 * MB + 1, 5],
    [30 * MB, 6],
    [120 * MB, 24],
  ];
  for (const [bytes, parts] of counts)
    it(`${String(bytes)} bytes: ${String(parts)}`, () => {
      assert.equal(partCount(bytes), parts);
    });
});

describe('slicePart', function () {
  this.timeout(180_000);

  const line = Buffer.from(`{"timestamp":"2026-01-01T00:00:00Z","path":"/é😀"}\n`);
  const x = (length: number): { unit: Buffer; length: number } => ({ unit: Buffer.from('x'), length });
  const end = { unit: Buffer.from('\n'), length: 1 };
  const texts: [what: string, text: () => Buffer, lengths: number[]][] = [
    ['nothing', () => Buffer.alloc(0), [0]],
    ['a short text', () => Buffer.from('a\nb'), [3]],
    ['20 MB of lines are one part', () => Buffer.alloc(20 * MB, line), [20 * MB]],
    ['20 MB without a line end, too', () => Buffer.alloc(20 * MB, 'x'), [20 * MB]],
    [
      'a line end just before the cut',
      () => textOf([x(5 * MB - 1), end, x(20 * MB - 1), end]),
      [5 * MB, 6 * MB, 5 * MB, 5 * MB, 4 * MB],
    ],
    [
      'a line end just behind the cut',
      () => textOf([x(5 * MB), end, x(16 * MB)]),
      [5 * MB + 1, 6 * MB - 1, 5 * MB, 5 * MB, 1],
    ],
    ['line ends alone', () => Buffer.alloc(20 * MB + 5, '\n'), [5 * MB, 5 * MB, 5 * MB, 5 * MB, 5]],
    ['one line', () => Buffer.alloc(24 * MB, 'x'), [6 * MB, 5 * MB, 5 * MB, 5 * MB, 3 * MB]],
    [
      'a line that ends just within reach',
      () => textOf([x(6 * MB - 1), end, x(15 * MB)]),
      [6 * MB, 5 * MB, 5 * MB, 5 * MB, 0],
    ],
    [
      'a line that ends just out of reach',
      () => textOf([x(6 * MB), end, x(15 * MB)]),
      [6 * MB, 5 * MB, 5 * MB, 5 * MB, 1],
    ],
  ];
  for (const [what, text, lengths] of texts)
    it(what, async () => {
      const parts = await check(text());
      assert.deepEqual(
        parts.map((part) => part.length),
        lengths,
      );
    });

  it('cuts lines at their ends', async () => {
    const parts = await check(Buffer.alloc(45 * MB, line));
    for (const part of parts.slice(0, -1)) assert.equal(part.at(-1), NEWLINE);
  });

  for (const shift of [0, 1, 2, 3])
    it(`tears no character of a long line (${String(shift)} bytes in)`, async () => {
      const text = textOf([
        { unit: Buffer.from('x'), length: shift },
        { unit: Buffer.from('😀'), length: 44 * MB },
      ]);
      for (const part of await check(text)) {
        const decoded = new TextDecoder('utf-8', { fatal: true });
        decoded.decode(part);
      }
    });

  it('loses nothing of what is no UTF-8', async () => {
    await check(Buffer.alloc(45 * MB, 0x80));
    await check(Buffer.alloc(45 * MB, Buffer.from([0x80, 0x81, 0xff])));
  });

  it('returns bytes of their own, so that they can change threads', async () => {
    const text = Buffer.from('a\nb\n');
    const part = await slicePart(sourceOf(text), 0);
    assert.equal(part.buffer.byteLength, part.byteLength);
    text.fill(0);
    assert.equal(Buffer.from(part).toString(), 'a\nb\n');
  });

  it('the parts of any text are the text', async () => {
    const units = ['\n', 'x', line.toString(), 'é', '😀', 'no end ', '\r\n'].map((unit) => Buffer.from(unit));
    const unit = fc.constantFrom(...units, Buffer.from([0x80]), Buffer.from([0xf0, 0x9f]));
    const length = fc.oneof(
      fc.integer({ min: 0, max: 25 * MB }),
      fc.constantFrom(10 * MB - 1, 10 * MB, 10 * MB + 1, MB - 1, MB, MB + 1),
    );
    const runs = fc.array(fc.record({ unit, length }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(runs, async (made) => {
        await check(textOf(made));
      }),
      { numRuns: 8 },
    );
  });
});
