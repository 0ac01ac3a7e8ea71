import assert from 'node:assert/strict';
import { decodeBySevenZip, type SevenZipFailure } from '../../../../src/archive/codec/sevenZip.ts';
import { compressedBy } from '../../../codecs.ts';
import { randomUUID } from 'node:crypto';

describe('an xz file with a larger dictionary than 7-Zip may take', function () {
  this.timeout(60_000);
  const text = Array.from({ length: 300 }, () => randomUUID()).join('\n');
  const made = (...options: string[]): Buffer =>
    compressedBy('xz', text, ...options, '--lzma2=preset=0,dict=768MiB');

  async function decoded(file: Buffer): Promise<{ text: string; failure: SevenZipFailure | undefined }> {
    const pieces: Buffer[] = [];
    const input = {
      bytes: file.length,
      read: (buffer: Int8Array, offset: number, length: number, position: number): number => {
        const part = file.subarray(position, position + length);
        buffer.set(part, offset);
        return part.length;
      },
    };
    const { failure } = await decodeBySevenZip('xz', input, (piece) => {
      pieces.push(Buffer.from(new Uint8Array(piece)));
    });
    return { text: Buffer.concat(pieces).toString(), failure };
  }

  const sound: [what: string, file: () => Buffer, text: string][] = [
    ['one block', () => made(), text],
    ['many blocks', () => made('--block-size=1000'), text],
    ['with a filter before', () => made('--x86'), text],
    ['with sizes in its blocks', () => made('--threads=2', '--block-size=4000'), text],
    [
      'several streams, and zeros',
      () => Buffer.concat([made(), Buffer.alloc(8), made(), Buffer.alloc(4)]),
      text + text,
    ],
    [
      'behind one with a usual dictionary',
      () => Buffer.concat([compressedBy('xz', text), made()]),
      text + text,
    ],
  ];
  for (const [what, file, whole] of sound)
    it(`is read: ${what}`, async () => {
      assert.deepEqual(await decoded(file()), { text: whole, failure: undefined });
    });

  it('is read up to where it is damaged', async () => {
    const file = made();
    const cut = await decoded(file.subarray(0, -100));
    assert.deepEqual(cut.failure, { check: 'cut' });
    assert.ok(cut.text.length > text.length / 2 && text.startsWith(cut.text));
    const trailing = await decoded(Buffer.concat([file, Buffer.from('something')]));
    assert.deepEqual(trailing, { text, failure: { check: 'trailing' } });
  });

  it('is damaged where its own header is', async () => {
    const file = made();
    // The property in the first block's header, which its checksum covers.
    file.writeUInt8(file.readUInt8(16) ^ 1, 16);
    assert.deepEqual(await decoded(file), { text: '', failure: { check: 'header' } });
  });
});
