import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { aesZip } from '../archive/aesZip.ts';
import { builtProgram } from '../builtProgram.ts';
import { commandLine, type Answer } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { startedPrograms } from '../startedProgram.ts';

describe('query on the command line', function () {
  this.timeout(60_000);
  const folders = freshFolders();
  const start = startedPrograms();

  const first = entryLine('2026-01-01T00:00:00.000Z', { n: 1, status: 200, big: 1 }).replace(
    '"big":1',
    '"big":12345678901234567890',
  );
  const second = entryLine('2026-01-01T00:01:00.000Z', { n: 2, status: 503, path: '/api/x', user: 'ann' });
  const text = '2026-01-01 00:02:00.000Z ERROR pool\n    at Pool (pool.js:1)\n';
  beforeEach(() => {
    folders.put('logs/api.log', first + second);
    folders.put('logs/app.log', text);
  });

  async function query(...words: string[]): Promise<Answer> {
    const before = onDisk(folders.root);
    const answer = await commandLineHere(['query', ...words], { cwd: folders.root });
    assert.deepEqual(onDisk(folders.root), before);
    return answer;
  }

  it('prints entries as they stand in the logs, the newest first', async () => {
    assert.deepEqual(await query(''), { code: 0, stdout: text + second + first, stderr: '' });
    assert.equal((await query('', '--order', 'oldest')).stdout, first + second + text);
    assert.equal((await query('', '--limit', '1')).stdout, text);
    assert.equal((await query('status:>=500 path:/api/*')).stdout, second);
    assert.equal((await query('--', '-status:200')).stdout, text + second);
    assert.equal((await query('', '--file', 'app*')).stdout, text);
  });

  it('prints each entry as JSON, as exactly as it was written', async () => {
    const { stdout } = await query('', '--json');
    const lines = stdout.trimEnd().split('\n');
    assert.equal(
      lines[2],
      `{"time":"2026-01-01T00:00:00.000Z","file":"logs/api.log","offset":0,"format":"api","entry":${first.trimEnd()}}`,
    );
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      time: '2026-01-01T00:02:00.000Z',
      file: 'logs/app.log',
      offset: 0,
      format: 'text',
      entry: text.trimEnd(),
    });
    folders.put('logs/app.log', 'no time at all\n');
    assert.match(
      (await query('"no time"', '--json')).stdout,
      /^\{"time":null,.*"entry":"no time at all"\}\n$/,
    );
  });

  it('prints fields, a count and a histogram', async () => {
    assert.equal(
      (await query('status:*', '--fields', 'status,user,"odd key"')).stdout,
      '503\tann\t\n200\tanonymous\t\n',
    );
    assert.equal(
      (await query('n:2', '--fields', 'time,n,missing', '--json')).stdout,
      '{"time":"2026-01-01T00:01:00.000Z","file":"logs/api.log","n":2,"missing":null}\n',
    );
    assert.equal((await query('', '--count')).stdout, '3\n');
    assert.equal((await query('status:*', '--count', '--json')).stdout, '{"count":2}\n');
    assert.equal(
      (await query('', '--histogram', 'minute', '--json')).stdout,
      [
        '{"time":"2026-01-01T00:00:00.000Z","total":1,"classes":{"2xx":1}}\n',
        '{"time":"2026-01-01T00:01:00.000Z","total":1,"classes":{"5xx":1}}\n',
        '{"time":"2026-01-01T00:02:00.000Z","total":1,"classes":{}}\n',
      ].join(''),
    );
    assert.equal(
      (await query('', '--histogram', 'day')).stdout,
      '2026-01-01T00:00:00.000Z  3  2xx=1  5xx=1\n',
    );
  });

  it('takes times as ages, as in a query, and in ISO 8601', async () => {
    const recent = entryLine(new Date(Date.now() - 1_800_000).toISOString(), { n: 3 });
    appendFileSync(join(folders.logs, 'api.log'), recent);
    for (const [words, stdout] of [
      [['--since', '1h'], recent],
      [['--since', 'now-2h'], recent],
      [['--since', '1ms'], ''],
      [['--until', '1h', '--file', 'api.log'], second + first],
      [['--since', '2026-01-01T00:01:00Z', '--until', '2026-01-01T00:01:00Z'], second],
      [['--until', '2026-01-01', '--file', 'api.log'], second + first],
    ] as const)
      assert.equal((await query('', ...words)).stdout, stdout, words.join(' '));
  });

  it('exits 1 if nothing is found, and 2 for a wrong query with its place', async () => {
    assert.deepEqual(await query('nothing'), { code: 1, stdout: '', stderr: '' });
    assert.deepEqual(await query('nothing', '--count'), { code: 1, stdout: '0\n', stderr: '' });
    const { code, stdout, stderr } = await query('a status:');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^workspace-logs: The query has an error at character 3: “status:” needs a value/);
    for (const words of [
      ['x', '--since', 'yesterday'],
      ['x', '--limit', '0'],
      ['x', '--limit', '1e3'],
      ['x', '--order', 'random'],
      ['x', '--histogram', 'week'],
      ['x', '--fields', ','],
      ['x', '--fields', 'a b'],
      ['x', '--count', '--histogram', 'day'],
      ['x', '--follow', '--count'],
      ['x', '--file', '(a|b)'],
      ['x', 'y'],
      [],
    ]) {
      const answer = await query(...words);
      assert.deepEqual([answer.code, answer.stdout], [2, ''], words.join(' '));
      assert.match(answer.stderr, /^workspace-logs: [^\n]+\n$/);
    }
  });

  it('names what was not searched', async () => {
    folders.put('logs/locked.zip', aesZip([{ name: 'a.log', text: second }], { password: 'right one' }));
    const locked = await query('n:2');
    assert.deepEqual([locked.code, locked.stdout], [0, second]);
    assert.match(locked.stderr, /^workspace-logs: logs\/locked\.zip is encrypted[^\n]+--password-stdin\.\n$/);
    const opened = await commandLineHere(['query', 'n:2', '--password-stdin'], {
      cwd: folders.root,
      input: 'right one\n',
    });
    assert.deepEqual(opened, { code: 0, stdout: second + second, stderr: '' });
    const whole = gzipSync(second.repeat(9));
    folders.put('logs/cut.log.1.gz', whole.subarray(0, whole.length - 9));
    const damaged = await query('n:1');
    assert.deepEqual([damaged.code, damaged.stdout], [1, first]);
    assert.match(damaged.stderr, /logs\/cut\.log\.1\.gz was not searched, or not to its end: /);
  });

  it('answers queries that would take other engines for ever', async () => {
    folders.put('logs/x.log', `2026-01-01T00:00:00Z ${'x'.repeat(100_000)}\n`);
    assert.equal((await query('message:~"(x+x+)+y"')).code, 1);
    const many = Array.from({ length: 200 }, (_, number) => `word${String(number)}`).join(' OR ');
    assert.equal((await query(many)).code, 1);
    assert.equal((await query(`${many} OR more`)).code, 2);
    for (const brackets of ['('.repeat(4096), '('.repeat(2048) + ')'.repeat(2048), ')'.repeat(4096)])
      assert.equal((await query(brackets)).code, 2);
    assert.equal((await query('x'.repeat(4097))).code, 2);
  });

  it('follows until it is stopped', async () => {
    const program = await start([
      ...[join(builtProgram(), 'cli.js'), 'query', 'n:2', '--follow', '--json'],
      ...['--workspace', folders.root],
    ]);
    assert.equal((JSON.parse(program.firstLine) as { entry: { n: number } }).entry.n, 2);
    assert.equal(await program.stop(), 0);
  });

  it('runs as a program', async () => {
    const answer = await commandLine(['query', 'status:5xx', '--json'], { cwd: folders.root });
    assert.deepEqual([answer.code, answer.stderr], [0, '']);
    assert.equal((JSON.parse(answer.stdout) as { entry: { n: number } }).entry.n, 2);
  });
});
