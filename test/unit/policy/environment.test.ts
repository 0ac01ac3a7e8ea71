import assert from 'node:assert/strict';
import { readEnvironment } from '../../../src/policy/environment.ts';

describe('readEnvironment', () => {
  it('reads nothing where nothing is set, and blank variables count as that', () => {
    assert.deepEqual(readEnvironment({ PATH: '/bin', SESSION_LOG_ZIP_PASSWORD: 'x' }), {});
    const names = ['STORE_ENABLED', 'RETENTION_DAYS', 'ZIP_COMPRESSION', 'ZIP_COMPRESSLEVEL', 'MAX_LINES'];
    for (const name of names) assert.deepEqual(readEnvironment({ [`SESSION_LOG_${name}`]: ' ' }), {});
  });

  const read: [name: string, text: string, key: string, value: unknown][] = [
    ...['true', 'TRUE', '1', 'Yes', ' on '].map(
      (text) => ['STORE_ENABLED', text, 'enabled', true] as [string, string, string, unknown],
    ),
    ...['false', 'False', '0', 'no', 'OFF'].map(
      (text) => ['STORE_ENABLED', text, 'enabled', false] as [string, string, string, unknown],
    ),
    ['DIR', '/var/log/sessions', 'dir', '/var/log/sessions'],
    ['DIR', 'My Logs', 'dir', 'My Logs'],
    ['DIR', '', 'dir', ''],
    ['DIR', '  ', 'dir', ''],
    ['RETENTION_DAYS', '1', 'retentionDays', 1],
    ['RETENTION_DAYS', '3650', 'retentionDays', 3650],
    ['CLEANUP_INTERVAL_SECONDS', '60', 'cleanupIntervalSeconds', 60],
    ['CLEANUP_INTERVAL_SECONDS', '59', 'cleanupIntervalSeconds', 60],
    ['CLEANUP_INTERVAL_SECONDS', '-5', 'cleanupIntervalSeconds', 60],
    ['CLEANUP_INTERVAL_SECONDS', '604801', 'cleanupIntervalSeconds', 604_800],
    ['ZIP_COMPRESSION', 'LZMA', 'compression', 'lzma'],
    ['ZIP_COMPRESSION', 'stored', 'compression', 'stored'],
    ['ZIP_COMPRESSLEVEL', '0', 'compressLevel', 0],
    ['ZIP_COMPRESSLEVEL', '9', 'compressLevel', 9],
    ['ZIP_COMPRESSLEVEL', 'None', 'compressLevel', null],
    ['ZIP_COMPRESSLEVEL', 'null', 'compressLevel', null],
    ['MAX_LINES', '10000000', 'maxLines', 10_000_000],
  ];
  for (const [name, text, key, value] of read)
    it(`${name}=${text}`, () => {
      assert.deepEqual(readEnvironment({ [`SESSION_LOG_${name}`]: text }), { [key]: value });
    });

  const level = 'SESSION_LOG_ZIP_COMPRESSLEVEL';
  for (const text of ['10', '-1', 'best'])
    it(`ignores the level ${text} where the method has none, and refuses it where it has`, () => {
      assert.deepEqual(readEnvironment({ [level]: text }), {});
      for (const method of ['stored', 'lzma'])
        assert.deepEqual(readEnvironment({ [level]: text, SESSION_LOG_ZIP_COMPRESSION: method }), {
          compression: method,
        });
      for (const method of ['deflated', 'bzip2'])
        assert.throws(() => readEnvironment({ [level]: text, SESSION_LOG_ZIP_COMPRESSION: method }), {
          code: 'environment-invalid',
          data: { name: level, expected: '0–9 | null' },
        });
    });

  const refused: [name: string, text: string, expected: string][] = [
    ['STORE_ENABLED', 'maybe-hunter', 'true | false'],
    ['STORE_ENABLED', 'constructor', 'true | false'],
    ['RETENTION_DAYS', '0', '1–3650'],
    ['RETENTION_DAYS', '3651', '1–3650'],
    ['RETENTION_DAYS', '-1', '1–3650'],
    ['RETENTION_DAYS', '1.5', '1–3650'],
    ['RETENTION_DAYS', '1e2', '1–3650'],
    ['CLEANUP_INTERVAL_SECONDS', 'often', '60–604800'],
    ['ZIP_COMPRESSION', 'zip', 'stored | deflated | bzip2 | lzma'],
    ['MAX_LINES', '0', '1–10000000'],
    ['MAX_LINES', '10000001', '1–10000000'],
  ];
  for (const [short, text, expected] of refused)
    it(`refuses ${short}=${text} without saying it`, () => {
      const name = `SESSION_LOG_${short}`;
      assert.throws(() => readEnvironment({ [name]: text }), {
        code: 'environment-invalid',
        data: { name, expected },
      });
    });
});
