import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatLogUri, parseLogUri } from '../../../../src/vscode/logs/logUri.ts';

describe('the address of a log document', () => {
  for (const [address, path] of [
    [{ rootPath: '/w', name: 'api.log' }, '/w/logs/api.log'],
    [{ rootPath: '/w', name: 'api.2026-01-01.log.zip' }, '/w/logs/api.2026-01-01.log'],
    [{ rootPath: '/w', name: 'api.1.log', part: { index: 1, count: 6 } }, '/w/logs/api.1 (2 of 6).log'],
    [{ rootPath: '/w', name: 'x.zip', member: 'a/b.log' }, '/w/logs/x/b.log'],
    [{ rootPath: '/w', name: 'x.zip', member: '..\\..\\evil.log' }, '/w/logs/x/evil.log'],
    [
      { rootPath: '/w', folder: 'session_logs/u/c', name: 'm1.zip', member: 'logs.jsonl' },
      '/w/session_logs/u/c/m1/logs.jsonl',
    ],
    [
      { rootPath: '/w', folder: 's', name: 'M.ZIP', member: 'logs.txt', part: { index: 0, count: 3 } },
      '/w/s/M/logs (1 of 3).txt',
    ],
    [{ rootPath: '/c:/w', name: 'server.log.1' }, '/c:/w/logs/server.log.1'],
  ] as const) {
    it(`shows ${path}`, () => {
      assert.equal(formatLogUri(address).path, path);
    });
  }

  it('is read back as it was, whatever the names', () => {
    const part = fc.record({ index: fc.nat(), count: fc.nat() }, { noNullPrototype: true });
    const address = fc.record(
      { rootPath: fc.string(), folder: fc.string(), name: fc.string(), member: fc.string(), part },
      { requiredKeys: ['rootPath', 'name'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(address, (given) => {
        assert.deepEqual(parseLogUri(formatLogUri(given).query), { ...given });
      }),
    );
  });

  for (const query of ['', 'name=api.log', 'root=/w', 'plan']) {
    it(`is not “${query}”`, () => {
      assert.equal(parseLogUri(query), undefined);
    });
  }
});
