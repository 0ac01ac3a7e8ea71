import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { isFailure } from '../../../src/base/failure.ts';
import { openSearch } from '../../../src/query/session.ts';
import { forgetKnown, usePasswords } from '../../../src/sessions/passwordRing.ts';
import { compressedBy } from '../../codecs.ts';
import { aesZip } from '../archive/aesZip.ts';
import { freshFolders } from '../freshFolders.ts';
import { recordingContext } from '../recording.ts';
import { bytesOf } from '../sessions/sessionSamples.ts';

/** 1 November 2026, noon. */
const clock = { now: Date.UTC(2026, 10, 1, 12), zone: 'utc' } as const;

/** Entries by name, as their lines stand in one log. */
const entries: Readonly<Record<string, string>> = {
  ok: '{"timestamp":"2026-11-01T11:30:00.000Z","workspace_id":"w","user":"ann","method":"GET","path":"/api/users","status":200,"duration_ms":12,"ip":"10.0.0.5"}',
  failed: String.raw`{"timestamp":"2026-11-01T11:31:00.000Z","workspace_id":"w","user":"bob","method":"POST","path":"\/api\/chats","status":"503","duration_ms":2500,"ip":"10.0.0.50","tags":["slow","db"]}`,
  nested:
    '{"timestamp":"2026-11-01T11:32:00Z","user":{"email":"Bob@example.com","id":7},"odd key":1,"a.b":2,"items":[{"n":[1,[20]]},{"n":3}],"none":null}',
  escaped: String.raw`{"timestamp":"2026-10-31T23:59:59.500Z","message":"Line one\nError: \"refused\"","place":"C:\\logs","word":"na\u00efve","st\u0061tus":404}`,
  pino: '{"level":50,"time":1790000000000,"msg":"timeout","id":"8b7f1c1e-62c6-4e9b-8a56-0f3ad5a5b3f1","took":"1.5s","n":5e2,"big":12345678901234567890}',
  stack:
    '2026-11-01 11:33:00.000Z ERROR pool exhausted\n    at Pool.get (pool.js:10:5)\nCaused by: java.net.ConnectException',
  access:
    '10.0.0.7 - eve [01/Nov/2026:11:34:00 +0000] "DELETE /api/users/7?force=1 HTTP/1.1" 500 17 "-" "curl/8"',
};
const names = Object.keys(entries);
const log = names.map((name) => `${entries[name] ?? ''}\n`).join('');
const all = names.join(' ');

/** A query, and the entries that it finds, or what is wrong with it and where. */
const rows: readonly (readonly [query: string, answer: string])[] = [
  ['', all],
  ['timeout', 'pino'],
  ['TIMEOUT', ''],
  ['error', 'escaped stack'],
  ['Error', 'escaped'],
  ['"Error: \\"refused\\""', 'escaped'],
  ['"pool.js:10:5"', 'stack'],
  ['exhausted ConnectException', 'stack'],
  ['naïve', 'escaped'],
  ['NAÏVE', ''],
  ['"C:\\\\logs"', 'escaped'],
  ['/api/users', 'ok access'],
  ['/api/chats', 'failed'],
  ['api/*ts', 'failed'],
  ['10.0.0.5', 'ok failed'],
  ['ip:10.0.0.5', 'ok'],
  ['ip:10.0.0.5*', 'ok failed'],
  ['8b7f1c1e-62c6-4e9b-8a56-0f3ad5a5b3f1', 'pino'],
  ['id:8b7f1c1e-62c6-4e9b-8a56-0f3ad5a5b3f1', 'pino'],
  ['path:/api/*', 'ok failed access'],
  ['path:/api/users', 'ok'],
  ['path:"/api/chats"', 'failed'],
  ['status:>=500', 'failed access'],
  ['status:5xx', 'failed access'],
  ['status:503', 'failed'],
  ['status:404', 'escaped'],
  ['status:[200 TO 404]', 'ok escaped'],
  ['status:{200 TO 404}', ''],
  ['status:200..404', 'ok escaped'],
  ['status:(200 OR 500)', 'ok access'],
  ['method:(POST OR DELETE) -user:eve', 'failed'],
  ['user:bob', 'failed'],
  ['user.email:Bob@example.com', 'nested'],
  ['user.email:bob@example.com', ''],
  ['user.id:7', 'nested'],
  ['"odd key":1', 'nested'],
  ['"a.b":2', 'nested'],
  ['items.n:20', 'nested'],
  ['tags:db', 'failed'],
  ['none:*', ''],
  ['tags:*', 'failed'],
  ['n:500', 'pino'],
  ['big:12345678901234567890', 'pino'],
  ['took:>1s', 'pino'],
  ['duration:>=2s', 'failed'],
  ['duration:<100ms', 'ok'],
  ['level:error', 'pino stack'],
  ['time:>=2026-11-01', 'ok failed nested stack access'],
  ['time:[now-29m TO now-27m]', 'failed nested stack'],
  ['time:2026-11-01T11:30Z', 'ok'],
  ['time:<2026-10-01', 'pino'],
  ['message:~"^Line (one|two)"', 'escaped'],
  ['ip:~"^10\\.0\\.0\\.\\d{2}$"', 'failed'],
  ['message:~"(x+x+)+y"', ''],
  ['NOT status:*', 'nested pino stack'],
  ['-(status:* OR level:*)', 'nested'],
  ['file:*mixed*', all],
  ['status:', 'problem: value-missing 0'],
  ['status:[200 TO', 'problem: range-invalid 7'],
  ['(status:200', 'problem: bracket-open 0'],
  ['"open', 'problem: quote-open 0'],
  ['a AND', 'problem: operand-missing 2'],
  ['path:~"("', 'problem: pattern-invalid 6'],
];

/** The same text, as it lies in a folder. */
const copies: Readonly<
  Record<string, (put: (name: string, bytes: Uint8Array | string) => void, folder: string) => void>
> = {
  plain: (put) => {
    put('mixed.log', log);
  },
  zipped: (put, folder) => {
    put('mixed.log', log);
    execFileSync('zip', ['-q', '-m', 'mixed.log.zip', 'mixed.log'], { cwd: folder });
  },
  gz: (put) => {
    put('mixed.log.1.gz', gzipSync(log));
  },
  zst: (put) => {
    put('mixed.log.1.zst', compressedBy('zstd', log));
  },
  encrypted: (put) => {
    put('mixed.zip', aesZip([{ name: 'mixed.log', text: log }], { password: 'right one' }));
  },
};

describe('the queries of a list', () => {
  const folders = freshFolders();
  afterEach(forgetKnown);

  async function answer(query: string): Promise<string> {
    try {
      const search = await openSearch(
        { root: folders.root, query, clock },
        recordingContext(folders).context,
      );
      const page = await search.page({ order: 'newest', limit: 100 });
      assert.deepEqual([page.unreadable, page.locked, page.gone], [[], [], []]);
      const found = new Set(page.entries.map(({ raw }) => raw));
      return names.filter((name) => found.has(entries[name] ?? '')).join(' ');
    } catch (error) {
      if (!isFailure(error, 'query-invalid')) throw error;
      return `problem: ${error.data.problems.map(({ code, from }) => `${code} ${String(from)}`).join(', ')}`;
    }
  }

  for (const [copy, make] of Object.entries(copies))
    it(`answer alike: ${copy}`, async () => {
      make((name, bytes) => folders.put(`logs/${name}`, bytes), folders.logs);
      if (copy === 'encrypted') usePasswords({ passwords: [bytesOf('right one')] });
      const answers: (readonly [string, string])[] = [];
      for (const [query] of rows) answers.push([query, await answer(query)]);
      assert.deepEqual(answers, rows);
    });
});
