import assert from 'node:assert/strict';
import type { UniversalValues } from '../../../../src/query/language/predicate.ts';
import { readAll } from './readAll.ts';

interface Row {
  readonly line: string;
  /** ISO 8601, in UTC. */
  readonly time: string;
  readonly marks?: string;
  /** The universal fields, without time, file and format. */
  readonly universal: UniversalValues;
  /** Some of the format's own fields. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Lines as the programs write them, by format. The assumed zone is two hours ahead of UTC. */
const formats: Readonly<Record<string, readonly Row[]>> = {
  api: [
    {
      line: '{"timestamp": "2026-02-14T18:22:36Z", "workspace_id": "abc123", "user": "alice", "method": "POST", "path": "/api/deployments?dry=1", "status": 503, "duration_ms": 900}',
      time: '2026-02-14T18:22:36.000Z',
      universal: {
        user: 'alice',
        method: 'POST',
        path: ['/api/deployments', '/api/deployments?dry=1'],
        status: 503,
        duration: 900,
      },
      fields: { workspace_id: 'abc123' },
    },
    {
      line: '{"timestamp":1771093356123,"workspace_id":null,"user":"anonymous","method":"GET","path":"/","status":200,"duration_ms":0}',
      time: '2026-02-14T18:22:36.123Z',
      universal: { user: 'anonymous', method: 'GET', path: ['/'], status: 200, duration: 0 },
    },
  ],
  audit: [
    {
      line: '{"id":"1","user_id":"admin1","action":"plan_created","entity_type":"plan","entity_id":"p","description":"Created","changes":null,"audit_metadata":null,"created_at":1738368000}',
      time: '2025-02-01T00:00:00.000Z',
      universal: { user: 'admin1', message: 'Created' },
    },
  ],
  openwebui: [
    {
      line: String.raw`{"id": "0b9d", "timestamp": 1767249885, "user": {"id": "u-7", "email": "a@example.com", "role": "admin", "name": "Alice \u00c4"}, "audit_level": "REQUEST_RESPONSE", "verb": "POST", "request_uri": "http://chat.example.test/api/v1/x?next=%2F", "response_status_code": 200, "source_ip": null, "user_agent": null, "request_object": "{}", "response_object": "true", "extra": {}}`,
      time: '2026-01-01T06:44:45.000Z',
      universal: {
        user: ['a@example.com', 'u-7', 'Alice Ä'],
        method: 'POST',
        path: ['/api/v1/x', '/api/v1/x?next=%2F', 'http://chat.example.test/api/v1/x?next=%2F'],
        status: 200,
      },
    },
  ],
  pino: [
    {
      line: '{"level":50,"time":1790000000123,"pid":7,"hostname":"web","req":{"method":"GET","url":"/x"},"res":{"statusCode":500},"responseTime":12,"msg":"failed"}',
      time: '2026-09-21T14:13:20.123Z',
      universal: {
        level: ['error', 50],
        method: 'GET',
        path: ['/x'],
        status: 500,
        duration: 12,
        message: 'failed',
      },
      fields: { pid: 7 },
    },
    {
      line: '{"level":"warn","time":1790000000123,"msg":"names"}',
      time: '2026-09-21T14:13:20.123Z',
      universal: { level: ['warn'], message: 'names' },
    },
  ],
  bunyan: [
    {
      line: '{"name":"app","hostname":"web","pid":7,"level":30,"msg":"hello","time":"2026-01-31T10:00:00.123Z","v":0}',
      time: '2026-01-31T10:00:00.123Z',
      universal: { level: ['info', 30], message: 'hello' },
    },
  ],
  winston: [
    {
      line: '{"level":"error","message":"refused","service":"api","timestamp":"2026-01-31T10:00:00.123Z"}',
      time: '2026-01-31T10:00:00.123Z',
      universal: { level: ['error'], message: 'refused' },
    },
    {
      line: '{"level":"info","message":"no time"}',
      time: '2026-11-30T12:00:00.000Z',
      marks: 'time-assumed',
      universal: { level: ['info'], message: 'no time' },
    },
  ],
  json: [
    {
      line: '{"@timestamp":"2026-01-31T10:00:00,5+01:00","log.level":"WARN","message":"ecs","http":{"request":{"method":"PUT"},"response":{"status_code":"404"}},"url":{"path":"/a"},"event":{"duration":2500000},"user":{"name":"ann"}}',
      time: '2026-01-31T09:00:00.500Z',
      universal: {
        level: ['warn', 'WARN'],
        message: 'ecs',
        method: 'PUT',
        status: 404,
        path: ['/a'],
        duration: 2.5,
        user: ['ann'],
      },
    },
    ...[
      '1790000000',
      '1790000000000',
      '1790000000000000',
      '1790000000000000000',
      '"1790000000"',
      '1790000000.0',
    ].map((ts) => ({ line: `{"ts":${ts}}`, time: '2026-09-21T14:13:20.000Z', universal: {} })),
    {
      line: '{"time":"2026-01-31 10:00:00","time":"2026-01-31 11:00:00"}',
      time: '2026-01-31T09:00:00.000Z',
      marks: 'zone-assumed',
      universal: {},
      fields: { time: '2026-01-31 11:00:00' },
    },
    {
      line: '{"time":31,"elapsed":"1.5s"}',
      time: '2026-11-30T12:00:00.000Z',
      marks: 'time-assumed',
      universal: { duration: 1500 },
    },
    {
      line: '{"time":"9999-12-31T23:59:59Z","request_time":"0.250","uri":"/y?z"}',
      time: '9999-12-31T23:59:59.000Z',
      universal: { duration: 250, path: ['/y', '/y?z'] },
    },
    { line: '{"time":"1970-01-01T00:00:00Z"}', time: '1970-01-01T00:00:00.000Z', universal: {} },
    { line: '{"time":"2016-12-31T23:59:60Z"}', time: '2017-01-01T00:00:00.000Z', universal: {} },
    {
      line: '{"time":"2026-02-30T00:00:00Z","ts":"2026-02-28T00:00:00Z"}',
      time: '2026-02-28T00:00:00.000Z',
      universal: {},
    },
    {
      line: '{"t":"2026-01-31T10:00:00Z","\\u006cevel":"fatal","a":5e2,"b":-0,"c":12345678901234567890}',
      time: '2026-01-31T10:00:00.000Z',
      universal: { level: ['fatal'] },
    },
  ],
  docker: [
    {
      line: String.raw`{"log":"{\"level\":\"error\",\"msg\":\"a \\\"b\\\"\",\"ts\":5}\n","stream":"stderr","time":"2026-01-31T10:00:00.123456789Z"}`,
      time: '2026-01-31T10:00:00.123Z',
      universal: { level: ['error'], message: 'a "b"' },
      fields: { stream: 'stderr', msg: 'a "b"', ts: 5 },
    },
    {
      line: String.raw`{"log":"10.0.0.1 - - [31/Jan/2026:10:00:00 +0000] \"GET /x HTTP/1.1\" 404 5\n","stream":"stdout","time":"2026-01-31T10:00:01Z"}`,
      time: '2026-01-31T10:00:01.000Z',
      universal: { status: 404, method: 'GET', path: ['/x'] },
    },
    {
      line: String.raw`{"log":"plain\r\n","stream":"stdout","time":"2026-01-31T10:00:01Z"}`,
      time: '2026-01-31T10:00:01.000Z',
      universal: { message: 'plain' },
    },
  ],
  cri: [
    {
      line: '2026-01-31T10:00:00.123456789+02:00 stdout F {"level":"info","msg":"hello"}',
      time: '2026-01-31T08:00:00.123Z',
      universal: { level: ['info'], message: 'hello' },
      fields: { stream: 'stdout', msg: 'hello' },
    },
    { line: '2026-01-31T10:00:00Z stderr F ', time: '2026-01-31T10:00:00.000Z', universal: { message: '' } },
  ],
  combined: [
    {
      line: '10.0.0.5 - alice [10/Oct/2026:13:55:36 +0200] "GET /x?y=1 HTTP/1.1" 200 2326 "http://example.test/" "Mozilla/5.0 (\\"x\\")"',
      time: '2026-10-10T11:55:36.000Z',
      universal: { status: 200, method: 'GET', path: ['/x', '/x?y=1'], user: 'alice' },
      fields: { ip: '10.0.0.5', bytes: 2326, user_agent: 'Mozilla/5.0 ("x")', protocol: 'HTTP/1.1' },
    },
    {
      line: String.raw`2001:db8::1 - two words [10/Oct/2026:13:55:36 +0000] "\x16\x03\x01" 400 - "-" "-" 0.005`,
      time: '2026-10-10T13:55:36.000Z',
      universal: { status: 400, user: 'two words' },
      fields: { request: '\u0016\u0003\u0001', rest: '0.005' },
    },
    {
      line: 'www.example.test:443 10.0.0.5 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/2.0" 304 0 "-" "curl/8"',
      time: '2026-10-10T13:55:36.000Z',
      universal: { status: 304, method: 'GET', path: ['/'] },
      fields: { host: 'www.example.test:443' },
    },
    {
      line: `10.0.0.5 - ${'long'.repeat(20)} [10/Oct/2026:13:55:36 +0000] "GET /ä HTTP/1.1" 200 1 "-" "-"`,
      time: '2026-10-10T13:55:36.000Z',
      universal: { status: 200, method: 'GET', path: ['/ä'], user: 'long'.repeat(20) },
    },
  ],
  common: [
    {
      line: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',
      time: '2000-10-10T20:55:36.000Z',
      universal: { status: 200, method: 'GET', path: ['/apache_pb.gif'], user: 'frank' },
    },
  ],
  'nginx-error': [
    {
      line: '2026/01/31 10:00:00 [error] 31#32: *5 open() "/srv/x" failed (2: No such file or directory), client: 10.0.0.5, server: example.test, request: "GET /x?a=1 HTTP/1.1", upstream: "http://127.0.0.1:3000/x", host: "example.test", referrer: "http://a, b/"',
      time: '2026-01-31T08:00:00.000Z',
      marks: 'zone-assumed',
      universal: {
        level: ['error'],
        message: 'open() "/srv/x" failed (2: No such file or directory)',
        method: 'GET',
        path: ['/x', '/x?a=1'],
      },
      fields: { pid: '31', connection: '5', client: '10.0.0.5', referrer: 'http://a, b/' },
    },
    {
      line: '2026/01/31 10:00:00 [notice] 1#1: start worker processes',
      time: '2026-01-31T08:00:00.000Z',
      marks: 'zone-assumed',
      universal: { level: ['info', 'notice'], message: 'start worker processes' },
    },
  ],
  logfmt: [
    {
      line: 'time=2026-01-31T10:00:00Z level=warning msg="a \\"b\\"\\nc" method=GET path=/x status=503 duration=12.5ms user=ann empty=',
      time: '2026-01-31T10:00:00.000Z',
      universal: {
        level: ['warn', 'warning'],
        message: 'a "b"\nc',
        method: 'GET',
        path: ['/x'],
        status: 503,
        duration: 12.5,
        user: 'ann',
      },
      fields: { empty: '' },
    },
    {
      line: 'at=info method=GET path="/y" host=example.test status=200 bytes=5 __proto__=1',
      time: '2026-11-30T12:00:00.000Z',
      marks: 'time-assumed',
      universal: { method: 'GET', path: ['/y'], status: 200 },
      fields: { ['__proto__']: '1' },
    },
    {
      line: 'ts=1790000000.25 lvl=dbug msg=short elapsed=250µs',
      time: '2026-09-21T14:13:20.250Z',
      universal: { level: ['debug', 'dbug'], message: 'short', duration: 0.25 },
    },
  ],
  syslog5424: [
    {
      line: String.raw`<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Appli\"c\]ation"][x@1] An application event`,
      time: '2003-10-11T22:14:15.003Z',
      universal: { level: ['info', 'notice', 5], message: 'An application event' },
      fields: {
        facility: 20,
        app: 'evntslog',
        data: { 'exampleSDID@32473': { iut: '3', eventSource: 'Appli"c]ation' }, 'x@1': {} },
      },
    },
    {
      line: "<34>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time.",
      time: '2003-08-24T12:14:15.000Z',
      universal: { level: ['fatal', 'crit', 2], message: "%% It's time." },
      fields: { pid: '8710', host: '192.0.2.1' },
    },
    {
      line: '<0>1 - - - - - -',
      time: '2026-11-30T12:00:00.000Z',
      marks: 'time-assumed',
      universal: { level: ['fatal', 'emerg', 0], message: '' },
    },
  ],
  syslog3164: [
    {
      line: "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
      time: '2026-10-11T20:14:15.000Z',
      marks: 'year-assumed zone-assumed',
      universal: { level: ['fatal', 'crit', 2], message: "'su root' failed for lonvick on /dev/pts/8" },
      fields: { host: 'mymachine', app: 'su', facility: 4 },
    },
    {
      line: 'Dec  9 08:00:00 host CRON[123]: (root) CMD (true)',
      time: '2025-12-09T06:00:00.000Z',
      marks: 'year-assumed zone-assumed',
      universal: { message: '(root) CMD (true)' },
      fields: { app: 'CRON', pid: '123' },
    },
    {
      line: '2026-01-31T10:00:00.123456+01:00 host systemd[1]: Started x.',
      time: '2026-01-31T09:00:00.123Z',
      universal: { message: 'Started x.' },
      fields: { app: 'systemd' },
    },
    {
      line: 'Jan 31 08:00:00.5 host app[7]: ERROR: bad',
      time: '2026-01-31T06:00:00.500Z',
      marks: 'year-assumed zone-assumed',
      universal: { level: ['error', 'ERROR'], message: 'ERROR: bad' },
    },
    {
      line: 'Feb 29 08:00:00 host kernel: leap',
      time: '2024-02-29T06:00:00.000Z',
      marks: 'year-assumed zone-assumed',
      universal: { message: 'leap' },
    },
  ],
  python: [
    ...[
      '2026-01-31 10:00:00,123 - app.db - WARNING - slow',
      '2026-01-31 10:00:00,123 WARNING app.db: slow',
      '2026-01-31 10:00:00,123 app.db WARNING slow',
      '2026-01-31 10:00:00,123 [WARNING] app.db: slow',
      '[2026-01-31 10:00:00,123] WARNING in app.db: slow',
      '2026-01-31 10:00:00,123 77 WARNING app.db: slow',
    ].map((line) => ({
      line,
      time: '2026-01-31T08:00:00.123Z',
      marks: 'zone-assumed',
      universal: {
        level: ['warn', 'WARNING', 'warning'],
        message: line.includes(' 77 ') ? 'app.db: slow' : 'slow',
      },
      fields: line.includes(' 77 ') ? { pid: '77' } : { logger: 'app.db' },
    })),
    {
      line: '[2026-01-31 10:00:00 +0000] [7] [INFO] Starting gunicorn',
      time: '2026-01-31T10:00:00.000Z',
      universal: { level: ['info', 'INFO'], message: 'Starting gunicorn' },
      fields: { pid: '7' },
    },
    {
      line: '[2026-01-31 10:00:00,123: ERROR/MainProcess] Task failed',
      time: '2026-01-31T08:00:00.123Z',
      marks: 'zone-assumed',
      universal: { level: ['error', 'ERROR'], message: 'Task failed' },
      fields: { process: 'MainProcess' },
    },
    {
      line: 'CRITICAL:root:no time',
      time: '2026-11-30T12:00:00.000Z',
      marks: 'time-assumed',
      universal: { level: ['fatal', 'CRITICAL', 'critical'], message: 'no time' },
    },
  ],
  loguru: [
    {
      line: '2026-01-31 10:00:00.123 | INFO     | __main__:<module>:5 - hello - world',
      time: '2026-01-31T08:00:00.123Z',
      marks: 'zone-assumed',
      universal: { level: ['info', 'INFO'], message: 'hello - world' },
      fields: { logger: '__main__', function: '<module>', line: '5' },
    },
  ],
  logback: [
    {
      line: '2026-01-31 10:00:00.123 [main] WARN  c.e.App - slow',
      time: '2026-01-31T08:00:00.123Z',
      marks: 'zone-assumed',
      universal: { level: ['warn', 'WARN'], message: 'slow' },
      fields: { thread: 'main', logger: 'c.e.App' },
    },
    {
      line: '09:15:30.250 [http-nio-1] INFO  com.example.App -- started',
      time: '2026-11-30T07:15:30.250Z',
      marks: 'year-assumed zone-assumed',
      universal: { level: ['info', 'INFO'], message: 'started' },
    },
    {
      line: '23:15:30.250 [main] INFO  com.example.App - yesterday',
      time: '2026-11-29T21:15:30.250Z',
      marks: 'year-assumed zone-assumed',
      universal: { level: ['info', 'INFO'], message: 'yesterday' },
    },
    {
      line: '2026-01-31T10:00:00.123Z  INFO 123 --- [app] [           main] c.example.App                            : Started',
      time: '2026-01-31T10:00:00.123Z',
      universal: { level: ['info', 'INFO'], message: 'Started' },
      fields: { pid: '123', app: 'app', thread: 'main', logger: 'c.example.App' },
    },
    {
      line: '31-Jan-2026 10:00:00.123 ERROR [main] org.apache.catalina.startup.Catalina.start Server failed',
      time: '2026-01-31T08:00:00.123Z',
      marks: 'zone-assumed',
      universal: { level: ['error', 'ERROR'], message: 'Server failed' },
    },
  ],
  session: [
    {
      line: '2026-01-01 06:44:31,491 [DEBUG] [user=u-7f3c] payload: {',
      time: '2026-01-01T04:44:31.491Z',
      marks: 'zone-assumed',
      universal: { level: ['debug', 'DEBUG'], user: 'u-7f3c', message: 'payload: {' },
    },
    {
      line: '{"ts":"2026-01-01T06:44:31.491Z","level":"INFO","logger":"demo.pipe","request_id":"r","user_id":"u","session_id":"s","chat_id":"c","message_id":"m","message":"Session\u2028start"}',
      time: '2026-01-01T06:44:31.491Z',
      universal: { level: ['info', 'INFO'], user: 'u', message: 'Session\u2028start' },
    },
  ],
  text: [
    ...[
      ['2026-01-31T10:00:00Z one', '2026-01-31T10:00:00.000Z', ''],
      ['[2026-01-31 10:00:00.5 +0100] one', '2026-01-31T09:00:00.500Z', ''],
      ['2026-01-31 10:00:00-08 one', '2026-01-31T18:00:00.000Z', ''],
      ['2026-01-31 10:00 one', '2026-01-31T08:00:00.000Z', 'zone-assumed'],
      ['2026/01/31 10:00:00 one', '2026-01-31T08:00:00.000Z', 'zone-assumed'],
      ['1:M 31 Jan 2026 10:00:00.123 * one', '2026-01-31T08:00:00.123Z', 'zone-assumed'],
      ['Jan 31, 2026 10:00:00 PM one', '2026-01-31T20:00:00.000Z', 'zone-assumed'],
      ['Sat, 31 Jan 2026 10:00:00 GMT one', '2026-01-31T10:00:00.000Z', ''],
      ['[Sat Jan 31 10:00:00.123456 2026] one', '2026-01-31T08:00:00.123Z', 'zone-assumed'],
      ['[Nest] 7  - 01/31/2026, 9:00:00 AM     LOG one', '2026-01-31T07:00:00.000Z', 'zone-assumed'],
      [
        'I0131 10:00:00.123456       1 main.go:5] one',
        '2026-01-31T08:00:00.123Z',
        'year-assumed zone-assumed',
      ],
      ['Jan 31 10:00:00 one', '2026-01-31T08:00:00.000Z', 'year-assumed zone-assumed'],
      ['10:00:00 one', '2026-11-30T08:00:00.000Z', 'year-assumed zone-assumed'],
      ['one', '2026-11-30T12:00:00.000Z', 'time-assumed'],
      ['2026-13-31 10:00:00 one', '2026-11-30T12:00:00.000Z', 'time-assumed'],
      ['2026-01-31 25:00:00 one', '2026-11-30T12:00:00.000Z', 'time-assumed'],
      [`${'x'.repeat(64)}2026-01-31 10:00:00 one`, '2026-11-30T12:00:00.000Z', 'time-assumed'],
      ['key=value and more', '2026-11-30T12:00:00.000Z', 'time-assumed'],
      ['[{"time":"x"}]', '2026-11-30T12:00:00.000Z', 'time-assumed'],
    ].map(([line = '', time = '', marks = '']) => ({ line, time, marks, universal: {} })),
    {
      line: 'W0131 10:00:00.123456       1 main.go:5] slow',
      time: '2026-01-31T08:00:00.123Z',
      marks: 'year-assumed zone-assumed',
      universal: { level: ['warn'], message: '1 main.go:5] slow' },
    },
    {
      line: 'Start-Date: 2026-01-31  10:00:00',
      time: '2026-01-31T08:00:00.000Z',
      marks: 'zone-assumed',
      universal: { message: 'Start-Date: 2026-01-31  10:00:00' },
    },
    {
      line: '2026-01-31 10:00:00.123 UTC [7] ann@db ERROR:  relation "x" does not exist',
      time: '2026-01-31T10:00:00.123Z',
      universal: { level: ['error', 'ERROR'], message: '[7] ann@db ERROR:  relation "x" does not exist' },
    },
    {
      line: '2026-01-31T10:00:00Z warn: simple',
      time: '2026-01-31T10:00:00.000Z',
      universal: { level: ['warn'], message: 'warn: simple' },
    },
    {
      line: '2026-01-31T10:00:00Z  WARN tracing: no error: x',
      time: '2026-01-31T10:00:00.000Z',
      universal: { level: ['warn', 'WARN'], message: 'WARN tracing: no error: x' },
    },
    {
      line: '[Sat Jan 31 10:00:00.123456 2026] [core:error] [pid 1] AH00126: Invalid URI',
      time: '2026-01-31T08:00:00.123Z',
      marks: 'zone-assumed',
      universal: { level: ['error'], message: '[core:error] [pid 1] AH00126: Invalid URI' },
    },
  ],
};

describe('the formats of lines', () => {
  for (const [format, rows] of Object.entries(formats))
    for (const { line, time, marks = '', universal, fields = {} } of rows)
      it(`reads ${format}: ${line}`, () => {
        const { format: chosen, entries } = readAll(`${line}\n`);
        const [entry] = entries;
        assert.equal(entries.length, 1);
        assert.ok(entry);
        const { time: read, file, format: named, ...others } = entry.universal;
        assert.deepEqual(
          {
            chosen,
            format: entry.format,
            named,
            file,
            raw: entry.raw,
            time: new Date(Number(read)).toISOString(),
            marks: [...entry.marks].sort().join(' '),
          },
          { chosen: format, format, named: format, file: 'logs/app.log', raw: line, time, marks },
        );
        const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
        if (Object.keys(universal).length > 0 || format !== 'text') assert.deepEqual(given, universal);
        for (const [key, value] of Object.entries(fields)) assert.deepEqual(entry.fields[key], value, key);
      });
});
