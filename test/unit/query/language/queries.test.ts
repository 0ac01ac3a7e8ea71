import assert from 'node:assert/strict';
import type { Clock } from '../../../../src/query/language/bounds.ts';
import { parseQuery } from '../../../../src/query/language/parse.ts';
import {
  compileQuery,
  type QueriedEntry,
  type UniversalValues,
} from '../../../../src/query/language/predicate.ts';

/** 1 November 2026, noon. */
const clock: Clock = { now: Date.UTC(2026, 10, 1, 12), zone: 'utc' };

function jsonEntry(raw: string, universal: UniversalValues = {}): QueriedEntry {
  return { raw, fields: JSON.parse(raw) as Record<string, unknown>, universal };
}

function at(time: string, others: UniversalValues = {}): UniversalValues {
  return { time: Date.parse(time), format: 'json', file: 'logs/app.log', ...others };
}

/** The entries by name; a query is answered by the names of those that match. */
const entries: Readonly<Record<string, QueriedEntry>> = {
  /** As our own API log has it. */
  api: jsonEntry(
    '{"timestamp":"2026-11-01T11:30:00Z","method":"GET","path":"/api/users","status":200,"ip":"10.0.0.5","user":"ann","duration_ms":12}',
    at('2026-11-01T11:30:00Z', { method: 'GET', path: '/api/users', status: 200, user: 'ann', duration: 12 }),
  ),
  /** A failed request, with a status in quotes and a nested user. */
  failed: jsonEntry(
    String.raw`{"path":"\/api\/chats","status":"503","user":{"email":"Bob@example.com","id":7},"tags":["slow","db"],"odd key":1,"a.b":2,"message":"Line one\nError: \"refused\""}`,
    at('2026-10-31T23:59:59.500Z', {
      path: '/api/chats',
      status: 503,
      message: 'Line one\nError: "refused"',
      duration: 2500,
    }),
  ),
  /** pino: the level is a number there. */
  pino: jsonEntry(
    '{"level":50,"time":1790000000000,"msg":"timeout","id":"8b7f1c1e-62c6-4e9b-8a56-0f3ad5a5b3f1","took":"1.5s","n":500,"ok":true,"none":null,"items":[{"name":"x","n":[1,[20]]},{"name":"y"}],"empty":[]}',
    at('2026-10-01T08:00:00Z', { level: 'error', message: 'timeout', format: 'pino' }),
  ),
  /** A line of text, without JSON. */
  text: {
    raw: '[Main] std::map failed at 10:05:00 for http://host/x?y=1 --force C:\\logs',
    fields: {
      message: 'std::map failed',
      seen: '2026-09-01T10:00:00Z',
      version: '1.10',
      big: '12345678901234567890',
    },
    universal: {
      format: 'text',
      file: 'logs/old/b c.log',
      message: 'std::map failed',
      level: ['warn', 'WARNING'],
    },
  },
};

const all = Object.keys(entries).join(' ');

/** A query, and the names of the entries that match. */
const rows: readonly (readonly [string, string])[] = [
  ['', all],
  ['   ', all],
  // Words and phrases
  ['timeout', 'pino'],
  ['TIMEOUT', ''],
  ['Timeout', ''],
  ['main', 'text'],
  ['Main', 'text'],
  ['mAIN', ''],
  ['seen', ''],
  ['"std::map failed"', 'text'],
  ['"STD::map failed"', ''],
  ['[main]', 'text'],
  ['std::map', 'text'],
  ['http://host/x', 'text'],
  ['10:05:00', 'text'],
  ['--force', 'text'],
  ['-"--force"', 'api failed pino'],
  [String.raw`C:\\\\logs`, ''],
  [String.raw`"C:\\logs"`, 'text'],
  ['"status\\":200"', 'api'],
  // Escapes of JSON are read: a slash, a line feed, a quotation mark
  ['/api/', 'api failed'],
  ['"one\nerror"', 'failed'],
  [String.raw`"\"refused\""`, 'failed'],
  ['"odd key"', 'failed'],
  // Wildcards
  ['std*failed', 'text'],
  ['failed*std', ''],
  ['t?meout', 'pino'],
  [String.raw`x\?y`, 'text'],
  [String.raw`std\*`, ''],
  ['path:/api/*', 'api failed'],
  ['path:/api', ''],
  ['path:*/users', 'api'],
  ['path:/api/????s', 'api failed'],
  ['path:/api/u*e?s', 'api'],
  ['path:"/api/*"', ''],
  // Fields
  ['status:200', 'api'],
  ['status:"200"', 'api'],
  ['status:2e2', 'api'],
  ['status:20?', 'api'],
  ['"status":503', 'failed'],
  ['status:5xx', 'failed'],
  ['"status":5xx', 'failed'],
  ['n:5xx', 'pino'],
  ['status:"5xx"', ''],
  ['status:(200 OR 503)', 'api failed'],
  ['status:(-200)', 'failed pino text'],
  ['status:(>=200 <300)', 'api'],
  ['status:((200 OR 503) NOT 200)', 'failed'],
  ['user:ann', 'api'],
  ['user:Ann', ''],
  ['user.email:Bob@example.com', 'failed'],
  ['user.email:bob@example.com', ''],
  ['user.id:7', 'failed'],
  ['"odd key":1', 'failed'],
  ['odd\\ key:1', 'failed'],
  ['"a.b":2', 'failed'],
  ['a.b:2', ''],
  ['tags:db', 'failed'],
  ['tags:(db slow)', 'failed'],
  ['items.name:y', 'pino'],
  ['items.n:20', 'pino'],
  ['ip:10.0.0.5', 'api'],
  ['id:8b7f1c1e-62c6-4e9b-8a56-0f3ad5a5b3f1', 'pino'],
  ['ok:true', 'pino'],
  ['none:null', 'pino'],
  ['version:1.1', ''],
  ['version:1.10', 'text'],
  ['big:12345678901234567891', ''],
  ['constructor:*', ''],
  ['__proto__:*', ''],
  // A universal field, and the key of that name
  ['level:error', 'pino'],
  ['level:50', ''],
  // Each spelling of a universal field matches
  ['level:warn', 'text'],
  ['level:WARNING', 'text'],
  ['level:Warning', ''],
  ['"level":50', 'pino'],
  ['format:pino', 'pino'],
  ['file:"logs/old/b c.log"', 'text'],
  ['file:*old*', 'text'],
  // Existence
  ['tags:*', 'failed'],
  ['none:*', ''],
  ['empty:*', ''],
  ['user:*', 'api failed'],
  ['missing:*', ''],
  ['NOT missing:x', all],
  ['-missing:>5', all],
  // Comparisons and ranges
  ['status:>=500', 'failed'],
  ['status:>503', ''],
  ['status:<=200', 'api'],
  ['status:<200', ''],
  ['n:[500 TO 501]', 'pino'],
  ['n:{500 TO 501}', ''],
  ['n:[500 TO 501}', 'pino'],
  ['n:{499 TO 500]', 'pino'],
  ['n:[500 TO *]', 'pino'],
  ['n:400..500', 'pino'],
  ['n:5e2..1e3', 'pino'],
  ['n:-1..1', ''],
  ['path:/a/../b', ''],
  ['items.n:[2 TO 19]', ''],
  ['big:>=1e19', 'text'],
  // Durations
  ['duration:>1s', 'failed'],
  ['duration:12ms', 'api'],
  ['duration:2.5s', 'failed'],
  ['duration:[10ms TO 1m]', 'api failed'],
  ['duration:<0.1h', 'api failed'],
  ['took:>=1500ms', 'pino'],
  ['took:>1500ms', ''],
  ['took:>1', ''],
  // Times
  ['time:>=now-1h', 'api'],
  ['time:<now-1h', 'failed pino'],
  ['time:today', 'api'],
  [`time:${String(Date.parse('2026-11-01T11:30:00Z'))}`, 'api'],
  ['time:>=today', 'api'],
  ['time:<today', 'failed pino'],
  ['time:2026-10-31', 'failed'],
  ['time:2026-10', 'failed pino'],
  ['time:<=2026-10-31', 'failed pino'],
  ['time:>2026-10-31', 'api'],
  ['time:>=2026-10-31T23:59:59Z', 'api failed'],
  ['time:>2026-10-31T23:59:59Z', 'api'],
  ['time:"2026-10-31 23:59"', 'failed'],
  ['time:2026-10-01..2026-10-31', 'failed pino'],
  ['time:[2026-10-01 TO 2026-10-31}', 'pino'],
  ['time:2026-11-01T12:30:00+01:00', 'api'],
  ['time:now-36h..now', 'api failed'],
  ['time:2026-1?-01T*', 'api pino'],
  ['seen:<2026-10-01', 'text'],
  ['seen:2026-09-01T10:00:00Z', 'text'],
  // Regular expressions
  ['path:~"^/api/[a-z]+$"', 'api failed'],
  [String.raw`message:~"\"refused\"$"`, 'failed'],
  [String.raw`ip:~"^\d+\.0\."`, 'api'],
  ['status:~"^5"', 'failed'],
  ['message:~"(x+x+)+y"', ''],
  ['path:~/api', ''],
  // Not, and, or
  ['-status:200', 'failed pino text'],
  ['NOT status:200 NOT level:error', 'failed text'],
  ['NOT NOT timeout', 'pino'],
  ['-(timeout OR main)', 'api failed'],
  ['NOT(timeout OR main)', 'api failed'],
  ['status:200 OR level:error tags:db', 'api'],
  ['(status:200 OR status:503) AND tags:db', 'failed'],
  ['status:200 AND user:ann OR timeout', 'api pino'],
  ['not timeout', ''],
  ['"NOT" OR timeout', 'pino'],
  ['- main', 'text'],
  ['(x+x+)+y', ''],
  ['{"level":50', 'pino'],
];

describe('a query', () => {
  for (const [query, names] of rows)
    it(`${JSON.stringify(query)} matches ${names === '' ? 'nothing' : names}`, async () => {
      const parsed = parseQuery(query);
      assert.deepEqual(parsed.problems, []);
      const { matches, problems } = await compileQuery(parsed.query, clock);
      assert.deepEqual(problems, []);
      const matching = Object.entries(entries).filter(([, entry]) => matches(entry));
      assert.equal(matching.map(([name]) => name).join(' '), names);
    });

  it('takes a nesting deeper than the stack', async () => {
    const depth = 200_000;
    const entry = jsonEntry(`{"a":${'['.repeat(depth)}"\\u0078yz"${']'.repeat(depth)}}`);
    for (const query of ['a:xyz', 'xyz', 'a:*']) {
      const { matches } = await compileQuery(parseQuery(query).query, clock);
      assert.ok(matches(entry), query);
    }
  });

  it('reports a regular expression that RE2 refuses, with its place', async () => {
    const { query } = parseQuery(String.raw`a path:~"(x" OR path:~"(?<=a)(b)\1"`);
    const { matches, problems } = await compileQuery(query, clock);
    assert.deepEqual(problems, [
      { from: 8, to: 12, code: 'pattern-invalid' },
      { from: 22, to: 35, code: 'pattern-invalid' },
    ]);
    assert.ok(!matches(entries.api!));
  });
});
