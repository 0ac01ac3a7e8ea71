import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../../../src/base/failure.ts';
import { syslogOf } from '../../../src/forward/encode.ts';
import { readTargets, targetsOf, type Target } from '../../../src/forward/targets.ts';
import { describe as sentence } from '../../../src/words/failures.ts';
import { freshFolders } from '../freshFolders.ts';

describe('the file of the targets', () => {
  const folders = freshFolders();
  const secret = (): string => join(folders.root, 'secret');

  function put(value: unknown, mode = 0o600): string {
    const path = folders.put('targets.json', typeof value === 'string' ? value : JSON.stringify(value));
    chmodSync(path, mode);
    return path;
  }
  const read = (value: unknown, mode?: number): readonly Target[] => {
    const path = put(value, mode);
    return targetsOf(readTargets(path), path, { TOKEN: 'from-the-environment' });
  };

  it('gives each target its defaults, and reads its credentials', () => {
    writeFileSync(secret(), 'ada:word\n', { mode: 0o600 });
    const targets = read({
      otel: { type: 'otlp', url: 'https://collector.example:4318', credentials: { env: 'TOKEN' } },
      lang: { type: 'langfuse', url: 'http://localhost:3000' },
      store: {
        type: 'clickhouse',
        url: 'http://[::1]:8123',
        credentials: { file: secret() },
        table: 'logs.events',
      },
      siem: { type: 'syslog', url: 'syslog+tls://siem.example', kinds: ['audit'] },
    });
    assert.deepEqual(
      targets.map(({ name, kinds, credentials, table }) => [name, kinds.join(), credentials, table]),
      [
        ['otel', 'entries,audit,usage', 'from-the-environment', 'workspace_logs'],
        ['lang', 'usage', undefined, 'workspace_logs'],
        ['store', 'entries,audit,usage', 'ada:word', 'logs.events'],
        ['siem', 'audit', undefined, 'workspace_logs'],
      ],
    );
  });

  const url = 'https://a.example';
  const wrong: [what: string, value: unknown, why: string, at: string, mode?: number][] = [
    ['readable by others', {}, 'readable', '', 0o640],
    ['no JSON', '{', 'no-json', ''],
    ['a list', [], 'invalid', ''],
    ['a name with a slash', { '../a': { type: 'otlp', url } }, 'invalid', '../a'],
    ['an unknown type', { a: { type: 'loki', url } }, 'invalid', 'a.type'],
    ['an unknown key', { a: { type: 'otlp', url, password: 'x' } }, 'invalid', 'a'],
    ['an unknown kind', { a: { type: 'otlp', url, kinds: ['sessions'] } }, 'invalid', 'a.kinds.0'],
    ['no kind', { a: { type: 'otlp', url, kinds: [] } }, 'invalid', 'a.kinds'],
    ['no address', { a: { type: 'otlp', url: 'collector' } }, 'invalid', 'a.url'],
    ['another scheme', { a: { type: 'otlp', url: 'file:///etc/passwd' } }, 'invalid', 'a.url'],
    [
      'a password in the address',
      { a: { type: 'otlp', url: 'https://ada:hunter2@a.example' } },
      'password-in-url',
      'a.url',
    ],
    [
      'a receiver elsewhere in clear',
      { a: { type: 'otlp', url: 'http://a.example' } },
      'not-encrypted',
      'a.url',
    ],
    [
      'a name that looks like this machine',
      { a: { type: 'otlp', url: 'http://127.0.0.1.a.example' } },
      'not-encrypted',
      'a.url',
    ],
    [
      'datagrams elsewhere',
      { a: { type: 'syslog', url: 'syslog+udp://a.example' } },
      'not-encrypted',
      'a.url',
    ],
    ['a table with a quote', { a: { type: 'clickhouse', url, table: 'a; DROP' } }, 'invalid', 'a.table'],
    [
      'a variable that is not set',
      { a: { type: 'otlp', url, credentials: { env: 'NONE' } } },
      'missing',
      'a.credentials',
    ],
  ];
  for (const [what, value, why, at, mode] of wrong)
    it(`is refused with ${what}, and no value is repeated`, () => {
      assert.throws(
        () => read(value, mode),
        (error: unknown) => {
          assert.ok(isFailure(error, 'targets-unusable'));
          assert.deepEqual([error.data.why, error.data.at], [why, at]);
          assert.doesNotMatch(sentence(error), /hunter2|passwd|DROP/);
          return true;
        },
      );
    });

  it('is refused with credentials that others may read', () => {
    writeFileSync(secret(), 'ada:word', { mode: 0o644 });
    assert.throws(() => read({ a: { type: 'otlp', url, credentials: { file: secret() } } }), {
      code: 'targets-unusable',
    });
  });
});

describe('a message of syslog', () => {
  it('escapes what would end a value, and stays one line', () => {
    const text = syslogOf(
      {
        kind: 'audit',
        uid: 'a'.repeat(32),
        time: 0,
        event: {
          action: 'quote " bracket ] back \\ line\n end',
          list: ['a', 'b'],
          'odd key': 'x',
          deep: { status: 7 },
        },
      },
      { workspace: 'shop', instance: 'i' },
    );
    const [header, ...rest] = text.split(' [');
    assert.equal(header, '<110>1 1970-01-01T00:00:00.000Z - workspace-logs - audit');
    assert.match(
      rest.join(' ['),
      /action="quote \\" bracket \\] back \\\\ line {2}end" list="a,b" deep\.status="7"\] \{/,
    );
    assert.doesNotMatch(text, /\n|odd key=/);
  });
});
