import assert from 'node:assert/strict';
import { compressionOf, plainNameOf } from '../../../src/files/logFile.ts';
import { parseFileName } from '../../../src/files/fileName.ts';

describe('compression', () => {
  const names: [name: string, compression: string, plain: string][] = [
    ['api.log', '', 'api.log'],
    ['api.1.log', '', 'api.1.log'],
    ['api.2026-01-01.2.log.zip', 'zip', 'api.2026-01-01.2.log'],
    ['api.2026-01-01.log.zip.tmp-0123456789abcdef', '', 'api.2026-01-01.log.zip.tmp-0123456789abcdef'],
    ['server.log.2.gz', 'gz', 'server.log.2'],
    ['server.log-20260101.zst', 'zst', 'server.log-20260101'],
    ['notes.zip', 'zip', 'notes'],
    ['.zip', 'zip', '.zip'],
  ];
  for (const [name, compression, plain] of names)
    it(`${name} unzipped is ${plain}`, () => {
      const parts = parseFileName(name);
      assert.deepEqual([compressionOf(parts), plainNameOf({ name, parts })], [compression, plain]);
    });
});
