import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { size } from '../../chance.ts';
import { recordedIn, type RecordedLine } from '../recorder/recordedLines.ts';
import { until } from '../files/faultyDisk.ts';
import { builtProgram } from '../builtProgram.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

const line = (extra: object = {}): string =>
  `${JSON.stringify({ method: 'GET', path: '/a', status: 200, ...extra })}\n`;
const INVALID =
  'workspace-logs: A line is no JSON object with method, path and status, and is not recorded.\n';
const LONG = 'workspace-logs: A line is longer than 16 MB, and is not recorded.\n';
const MB = 1_048_576;

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('record', function () {
  this.timeout(180_000);
  this.slow(2000);
  const folders = freshFolders();

  beforeEach(() => {
    folders.policy({});
  });

  function start(...words: string[]): { child: ChildProcessWithoutNullStreams; answer: Promise<Answer> } {
    const program = join(builtProgram(), 'cli.js');
    const child = spawn(process.execPath, [program, 'record', '--workspace', folders.root, ...words]);
    // A program that ends without reading closes the pipe.
    child.stdin.on('error', () => undefined);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const answer = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(
      ([code, stdout, stderr]) => ({ code, stdout, stderr }),
    );
    return { child, answer };
  }

  async function record(input: string | Buffer, ...words: string[]): Promise<Answer> {
    const { child, answer } = start(...words);
    child.stdin.end(input);
    return answer;
  }

  const lines = (): RecordedLine[] => recordedIn(folders.logs) as RecordedLine[];

  for (const keepPlain of [5, 1])
    it(`an old import behind new entries does not make them expire (keepPlain ${String(keepPlain)})`, async () => {
      folders.policy({ rotation: { maxFileMB: 1, keepPlain } });
      const path = `/${'x'.repeat(500)}`;
      const input =
        line({ path }).repeat(5000) +
        line({ path, timestamp: '2024-03-01T00:00:00Z' }).repeat(3000) +
        line({ path, timestamp: 0 });
      const answer = await record(input);
      assert.deepEqual([answer.code, answer.stderr], [0, '']);
      // The recorder ends without waiting for maintenance, so run it to its end.
      const { code } = await new Promise<Answer>((resolve, reject) => {
        const program = join(builtProgram(), 'cli.js');
        const child = spawn(process.execPath, [program, 'maintain', '--workspace', folders.root]);
        child.once('error', reject);
        child.once('close', (ended) => {
          resolve({ code: ended, stdout: '', stderr: '' });
        });
      });
      assert.equal(code, 0);
      const zips = readdirSync(folders.logs).filter((name) => name.endsWith('.zip'));
      const zipped = zips.map((name) =>
        execFileSync('unzip', ['-p', join(folders.logs, name)], { maxBuffer: 64 * MB }),
      );
      const inZips = zipped
        .join('')
        .split('\n')
        .filter((text) => text !== '').length;
      assert.equal(lines().length + inZips, 8001);
    });

  it('fills in what is missing, and the workspace is always this one', async () => {
    const before = Date.now();
    const given = {
      user: 'ada',
      timestamp: '2026-01-02T03:04:05Z',
      workspace_id: 'other',
      duration_ms: 7,
      extra: [1],
    };
    const answer = await record(line() + line(given));
    assert.deepEqual(answer, {
      code: 0,
      stdout: '2 entries recorded, 0 filtered, 0 dropped, 0 invalid.\n',
      stderr: '',
    });
    const [first, second] = lines();
    const time = Date.parse(String(first!.timestamp));
    assert.ok(time >= before && time <= Date.now());
    const basic = { workspace_id: 'test', method: 'GET', path: '/a', status: 200 };
    assert.deepEqual(first, { timestamp: first!.timestamp, ...basic, user: 'anonymous', duration_ms: null });
    assert.deepEqual(second, { ...basic, ...given, workspace_id: 'test' });
  });

  it('keeps long whole numbers as they are written, and reads a status that was written as text', async () => {
    const input = line({ status: '404', chat: { id: 'LONG' }, ids: ['LONG', 7], time_ns: 'LONG' });
    const long = '12345678901234567890';
    const { code } = await record(
      input.replaceAll('"LONG"', long) +
        `{"timestamp":1796078400123456789,"method":"GET","path":"/a","status":200}\n`,
    );
    assert.equal(code, 0);
    const written = readFileSync(join(folders.logs, 'api.log'), 'utf8').split('\n');
    assert.match(
      written[0]!,
      new RegExp(`"status":404,.*"chat":{"id":${long}},"ids":\\[${long},7\\],"time_ns":${long}`),
    );
    assert.match(written[1]!, /"timestamp":"2026-11-30T22:40:00\.123/);
  });

  it('one entry in words', async () => {
    assert.equal((await record(line())).stdout, '1 entry recorded, 0 filtered, 0 dropped, 0 invalid.\n');
  });

  const bad: [name: string, text: string | Buffer][] = [
    ['no JSON', 'GET /a 200\n'],
    ['broken JSON', '{"method":"GET"\n'],
    ['a list', '[{"method":"GET","path":"/a","status":200}]\n'],
    ['a number', '42\n'],
    ['null', 'null\n'],
    ['a text', '"GET"\n'],
    ['no method', line({ method: undefined })],
    ['no path', line({ path: undefined })],
    ['no status', line({ status: undefined })],
    ['a status in words', line({ status: 'ok' })],
    ['blanks', '   \n'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
  ];
  it(`lines that are no entries: ${bad.map(([name]) => name).join(', ')}`, async () => {
    const input = bad.flatMap(([, wrong]) => [Buffer.from(wrong), Buffer.from(line())]);
    const { code, stdout, stderr } = await record(Buffer.concat(input), '--json');
    assert.deepEqual(JSON.parse(stdout), {
      written: bad.length,
      filtered: 0,
      dropped: 0,
      invalid: bad.length,
    });
    assert.deepEqual([code, stderr, lines().length], [0, INVALID, bad.length]);
  });

  for (const end of ['', `\n${line()}`])
    it(`a line of 20 MB ${end === '' ? 'without an end' : 'before another one'}`, async () => {
      const input = line() + line({ note: 'x'.repeat(20 * MB) }).trimEnd() + end;
      const { code, stdout, stderr } = await record(input, '--json');
      const written = end === '' ? 1 : 2;
      assert.deepEqual(JSON.parse(stdout), { written, filtered: 0, dropped: 0, invalid: 1 });
      assert.deepEqual([code, stderr, lines().length], [0, LONG, written]);
    });

  it('names a line that is too long and one that is no entry', async () => {
    const input = 'x\n' + line({ note: 'x'.repeat(17 * MB) }) + 'x\n' + line();
    const { stdout, stderr } = await record(input, '--json');
    assert.deepEqual(JSON.parse(stdout), { written: 1, filtered: 0, dropped: 0, invalid: 3 });
    assert.equal(stderr, INVALID + LONG);
  });

  it('invalid lines are all counted, and told once', async () => {
    const { stdout, stderr } = await record('x\n'.repeat(500) + line() + 'y', '--json');
    assert.deepEqual(JSON.parse(stdout), { written: 1, filtered: 0, dropped: 0, invalid: 501 });
    assert.equal(stderr, INVALID);
  });

  const inputs: [name: string, input: string | Buffer, written: number][] = [
    ['nothing', '', 0],
    ['empty lines', '\n\n\r\n', 0],
    ['no line end at the end', line() + line().trimEnd(), 2],
    ['a byte order mark in front', `\ufeff${line()}`, 1],
    ['Windows line ends', line().replace('\n', '\r\n').repeat(3), 3],
    ['a long line', line({ path: `/${'x'.repeat(3 * MB)}` }), 1],
    ['a line of 9 MB', line({ note: 'x'.repeat(9 * MB) }), 1],
    // More than 16 MB, but fewer letters.
    [
      'a line of millions of wide letters',
      line({ note: '\u20ac'.repeat(size(6_000_000, 15_000_000)) }) + line(),
      2,
    ],
    ['a text with a byte that is no UTF-8', Buffer.from(line({ user: '\u00ff' }), 'latin1'), 1],
  ];
  for (const [name, input, written] of inputs)
    it(`reads ${name}`, async () => {
      const { code, stdout, stderr } = await record(input, '--json');
      assert.deepEqual(
        [code, stderr, JSON.parse(stdout)],
        [0, '', { written, filtered: 0, dropped: 0, invalid: 0 }],
      );
      assert.equal(lines().length, written);
      for (const entry of lines()) assert.equal(typeof entry, 'object');
    });

  it('a character that is cut in two by the pipe is one', async () => {
    const { child, answer } = start('--json');
    const bytes = Buffer.from(line({ user: 'Zoë' }));
    const middle = bytes.indexOf(0xc3) + 1;
    child.stdin.write(bytes.subarray(0, middle));
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.stdin.end(bytes.subarray(middle));
    assert.equal((await answer).code, 0);
    assert.deepEqual(
      lines().map(({ user }) => user),
      ['Zoë'],
    );
  });

  it('what the policy does not want is filtered', async () => {
    folders.policy({ recording: { log: ['writes'] } });
    const { stdout } = await record(line() + line({ method: 'PUT' }), '--json');
    assert.deepEqual(JSON.parse(stdout), { written: 1, filtered: 1, dropped: 0, invalid: 0 });
    folders.policy({ recording: { level: 'NONE' } });
    const answer = await record(line() + 'x\n', '--json');
    assert.deepEqual(JSON.parse(answer.stdout), { written: 0, filtered: 1, dropped: 0, invalid: 1 });
    assert.equal(lines().length, 1);
  });

  it('secrets are masked', async () => {
    const secret = `s${Math.random().toString(36).slice(2)}x`;
    folders.policy({ recording: { level: 'REQUEST_RESPONSE' } });
    const entry = {
      path: `/a?token=${secret}`,
      password: secret,
      request_object: { nested: [{ api_key: secret }] },
    };
    await record(line({ ...entry, user_agent: `x Authorization: Bearer ${secret}` }));
    assert.equal(lines().length, 1);
    assert.ok(!JSON.stringify(lines()).includes(secret));
  });

  it('--mode strict and --mode bestEffort', async () => {
    for (const mode of ['strict', 'bestEffort']) assert.equal((await record(line(), '--mode', mode)).code, 0);
    assert.equal(lines().length, 2);
  });

  const refused: [name: string, code: number, says: RegExp, words: string[], place: () => void][] = [
    ['an unknown mode', 2, /“quick” is no mode/, ['--mode', 'quick'], () => undefined],
    ['an unknown option', 2, /--quick/, ['--quick'], () => undefined],
    ['a workspace without a policy', 1, /is not managed|has no policy/i, [], () => undefined],
    [
      'a policy of a newer version',
      1,
      /newer version/,
      [],
      () => {
        folders.policy({ version: 2 });
      },
    ],
    ['a damaged policy', 1, /.+/, [], () => folders.put('.workspace-logs.json', '{')],
    [
      'a folder that is a file',
      1,
      /.+/,
      [],
      () => {
        folders.policy({});
        folders.put('logs', '');
      },
    ],
  ];
  for (const [name, wanted, says, words, place] of refused)
    it(`${name}: exit code ${String(wanted)}, one sentence, and nothing is made`, async () => {
      if (wanted !== 2) rmSync(join(folders.root, '.workspace-logs.json'));
      place();
      const before = readdirSync(folders.root);
      const { code, stdout, stderr } = await record(line(), ...words);
      assert.deepEqual([code, stdout], [wanted, ''], stderr);
      assert.match(stderr, /^workspace-logs: [^\n]+\n$/);
      assert.match(stderr, says);
      assert.deepEqual(readdirSync(folders.root), before);
    });

  it('what could not be recorded makes it exit 3', async () => {
    const { child, answer } = start('--json');
    child.stdin.write(line());
    await until(() => existsSync(join(folders.root, 'logs', 'api.log')) && lines().length === 1);
    rmSync(join(folders.logs, 'api.log'));
    mkdirSync(join(folders.logs, 'api.log'));
    child.stdin.end(line() + line());
    const { code, stdout, stderr } = await answer;
    assert.deepEqual(JSON.parse(stdout), { written: 1, filtered: 0, dropped: 2, invalid: 0 });
    assert.equal(code, 3);
    assert.match(stderr, /^workspace-logs: [^\n]*api\.log[^\n]*\n$/);
  });

  const running = async (child: ChildProcessWithoutNullStreams): Promise<void> => {
    child.stdin.write(line({ path: '/first' }));
    await until(() => existsSync(join(folders.root, 'logs', 'api.log')) && lines().length === 1);
  };

  it('SIGINT once: it goes on until the program in front of the pipe ends', async () => {
    const { child, answer } = start('--json');
    await running(child);
    child.kill('SIGINT');
    child.stdin.write(line({ path: '/second' }));
    await until(() => lines().length === 2);
    child.stdin.end(line({ path: '/third' }));
    const { code, stdout } = await answer;
    assert.deepEqual([code, JSON.parse(stdout)], [0, { written: 3, filtered: 0, dropped: 0, invalid: 0 }]);
    assert.deepEqual(
      lines().map(({ path }) => path),
      ['/first', '/second', '/third'],
    );
  });

  for (const signals of [['SIGTERM'], ['SIGINT', 'SIGINT']] as const)
    it(`${signals.join(' twice, ')} ends it with what was read written`, async () => {
      const { child, answer } = start('--json');
      await running(child);
      for (const signal of signals) {
        // One that comes while the same one still waits to be taken is lost.
        await until(() => /^ShdPnd:\s0+$/m.test(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8')));
        child.kill(signal);
      }
      const { code, stdout, stderr } = await answer;
      assert.deepEqual(
        [code, stderr, JSON.parse(stdout)],
        [0, '', { written: 1, filtered: 0, dropped: 0, invalid: 0 }],
      );
      assert.deepEqual(
        lines().map(({ path }) => path),
        ['/first'],
      );
    });

  it('rotates what is too large, and leaves the folder in order', async () => {
    folders.policy({ rotation: { maxFileMB: 1, keepPlain: 1 } });
    const input = Array.from({ length: 20_000 }, (_, index) =>
      entryLine(new Date().toISOString(), { path: `/${index}` }),
    );
    const { code, stdout } = await record(input.join(''), '--json');
    assert.deepEqual(
      [code, JSON.parse(stdout)],
      [0, { written: 20_000, filtered: 0, dropped: 0, invalid: 0 }],
    );
    const names = readdirSync(folders.logs).filter((name) => !/^(\.|audit\.db)/.test(name));
    assert.ok(names.filter((name) => name.endsWith('.zip')).length >= 1, names.join());
    assert.equal(names.filter((name) => name.endsWith('.log')).length, 1, names.join());
  });
});
