import assert from 'node:assert/strict';
import { copyNames } from '../../../src/files/copyNames.ts';
import { parseFileName } from '../../../src/files/fileName.ts';

describe('copyNames', () => {
  const cases: [names: string[], unzipped: boolean, copies: string[]][] = [
    [['api.log', 'api.1.log'], false, ['api.log', 'api.1.log']],
    [['api.log', 'api.log', 'API.log'], false, ['api.log', 'api (2).log', 'API (3).log']],
    [['api.2026-01-01.log.zip'], true, ['api.2026-01-01.log']],
    [
      ['api.2026-01-01.log.zip', 'api.2026-01-01.log.zip'],
      false,
      ['api.2026-01-01.log.zip', 'api.2026-01-01 (2).log.zip'],
    ],
    [['server.log', 'server.log.gz'], true, ['server.log', 'server (2).log']],
    [['notes', 'notes'], false, ['notes', 'notes (2)']],
    [['.env', '.env'], false, ['.env', '.env (2)']],
  ];
  for (const [names, unzipped, copies] of cases)
    it(`${names.join(', ')}${unzipped ? ' unzipped' : ''} become ${copies.join(', ')}`, () => {
      const files = names.map((name) => ({
        name,
        parts: parseFileName(name),
        bytes: 0,
        modified: 0,
        inode: 0,
      }));
      assert.deepEqual(copyNames(files, { unzipped }), copies);
    });
});
