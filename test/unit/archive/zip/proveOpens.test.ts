import assert from 'node:assert/strict';
import { proveOpens } from '../../../../src/archive/zip/reencrypt.ts';
import { zipOf } from '../../../e2e/zipOf.ts';
import { bytesOf } from '../../sessions/sessionSamples.ts';
import { aesZip } from '../aesZip.ts';

const members = [
  { name: 'meta.json', text: '{}' },
  { name: 'logs.jsonl', text: 'x'.repeat(1000) },
  { name: 'empty', text: '' },
];

describe('proveOpens', () => {
  const zip = aesZip(members, { password: 'right' });
  const inPieces = (bytes: Buffer, length: number): Buffer[] =>
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
      bytes.subarray(index * length, (index + 1) * length),
    );
  const refused = { code: 'unexpected', data: { detail: 'm.zip would not open with the new password' } };

  for (const length of [1, 7, 100, 100_000])
    it(`is content with a zip in pieces of ${String(length)} bytes`, async () => {
      await proveOpens('m.zip', inPieces(zip, length), bytesOf('right'));
    });

  it('refuses another password', async () => {
    await assert.rejects(proveOpens('m.zip', [zip], bytesOf('wrong')), refused);
  });

  it('refuses every changed byte of what is encrypted', async () => {
    const last = zip.indexOf('PK\x01\x02');
    const first = 30 + 'meta.json'.length + 11;
    for (const at of [first, first + 16, first + 18, last - 1, last - 11, last - 28]) {
      const changed = Buffer.from(zip);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await assert.rejects(proveOpens('m.zip', [changed], bytesOf('right')), refused, String(at));
    }
  });

  it('refuses a zip that ends too early, or is not encrypted', async () => {
    await assert.rejects(proveOpens('m.zip', [zip.subarray(0, -1)], bytesOf('right')), refused);
    await assert.rejects(proveOpens('m.zip', [await zipOf('a', 'b')], bytesOf('right')), refused);
  });

  it('can be cancelled', async () => {
    await assert.rejects(proveOpens('m.zip', [zip], bytesOf('right'), AbortSignal.abort()), {
      code: 'cancelled',
    });
  });
});
