import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { size } from '../../chance.ts';
import { commandLine, type Answer, type Circumstances } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

const PASSWORD = 'häuser violet Anvil 42 tuba';
const WORDS = ['session', 'write', '--user', 'u', '--chat', 'c', '--message', 'm', '--session', 's'];
const PATH = 'session_logs/u/c/m.zip';
const withPassword = { SESSION_LOG_ZIP_PASSWORD: PASSWORD };

type Line = Record<string, unknown>;
interface Opened {
  readonly meta: { readonly ids: object; readonly dropped_lines?: number };
  readonly members: Readonly<Record<string, string>>;
  readonly bound: boolean;
}

describe('session write', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();

  beforeEach(() => {
    folders.policy({ sessions: { enabled: true, compression: 'deflated' } });
  });

  /** Asserts in every case that no password is printed. */
  async function run(
    words: readonly string[],
    { env = {}, ...circumstances }: Circumstances,
    call: typeof commandLine = commandLineHere,
  ): Promise<Answer> {
    const answer = await call(words, {
      cwd: folders.root,
      env: { ...withPassword, ...env },
      ...circumstances,
    });
    for (const text of [answer.stdout, answer.stderr]) assert.doesNotMatch(text, /violet/);
    assert.match(answer.stderr, /^(?:workspace-logs: [^\n]+\n)*$/);
    return answer;
  }

  async function write(input: string | Uint8Array, more: string[] = [], env = {}): Promise<Answer> {
    return run([...WORDS, ...more], { input, env });
  }

  async function open(path = PATH, env = {}): Promise<Opened> {
    const { code, stdout, stderr } = await run(['session', 'open', path, '--json'], { env });
    assert.deepEqual([code, stderr], [0, '']);
    const opened = JSON.parse(stdout) as Opened;
    assert.equal(opened.bound, true);
    return opened;
  }

  async function linesIn(path = PATH): Promise<Line[]> {
    const { members } = await open(path);
    const text = members['logs.jsonl'] ?? '';
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  }

  it('prints the path of the archive, which then opens', async () => {
    // Started, for streams and exit codes; so is what is skipped for empty input.
    assert.deepEqual(await run(WORDS, { input: 'text\n' }, commandLine), {
      code: 0,
      stdout: `${PATH}\n`,
      stderr: '',
    });
    assert.deepEqual((await open()).meta.ids, {
      user_id: 'u',
      session_id: 's',
      chat_id: 'c',
      message_id: 'm',
    });
    assert.deepEqual(await write('text\n', ['--json', '--request', 'r']), {
      code: 0,
      stdout: '{"path":"session_logs/u/c/m.r.zip"}\n',
      stderr: '',
    });
    const listing = execFileSync('7zz', ['l', '-slt', join(folders.root, PATH)]).toString();
    assert.equal(listing.match(/Encrypted = \+/g)?.length, 3);
  });

  for (const compression of ['stored', 'deflated', 'bzip2', 'lzma'])
    it(`writes what 7-Zip takes, with a password beyond ASCII: ${compression}`, async () => {
      const { code } = await write('text\n', [], { SESSION_LOG_ZIP_COMPRESSION: compression });
      assert.equal(code, 0);
      execFileSync('7zz', ['t', `-p${PASSWORD}`, join(folders.root, PATH)]);
      const { members } = await open();
      assert.match(members['meta.json'] ?? '', new RegExp(`"method": "${compression}"`));
    });

  describe('lines', () => {
    it('of text, and of JSON with their own values', async () => {
      const own = {
        ts: '2026-01-02T03:04:05.678Z',
        level: 'error',
        message: 'failed',
        logger: 'x.y',
        exception: { text: 'E\n at z' },
        user_id: 'somebody else',
        count: 3,
      };
      const begin = Date.now();
      await write(`plain {"a":1}\n${JSON.stringify(own)}\n[1]\n{"torn\n{"ts":"never","message":{"a":1}}\n`);
      const [plain, json, array, torn, odd] = await linesIn();
      assert.deepEqual([plain?.level, plain?.message, plain?.logger], ['INFO', 'plain {"a":1}', 'app']);
      const { ts, message, logger, exception, count } = own;
      assert.deepEqual({ ...json, ts, message, logger, exception, count }, json);
      assert.deepEqual([json?.level, json?.user_id], ['ERROR', 'u']);
      assert.deepEqual([array?.message, torn?.message, odd?.message], ['[1]', '{"torn', '{"a":1}']);
      const time = Date.parse(String(odd?.ts));
      assert.ok(begin <= time && time <= Date.now(), String(odd?.ts));
    });

    it('are masked', async () => {
      const secret = ['hunter', '2', 'hunter'].join('');
      folders.policy({
        sessions: { enabled: true, compression: 'stored' },
        masking: { extraKeys: ['colour'] },
      });
      await write(`password=${secret}\n${JSON.stringify({ message: 'x', colour: secret })}\n`);
      const { members } = await open();
      assert.doesNotMatch(JSON.stringify(members), /hunter/);
    });

    const inputs: [what: string, input: string | Uint8Array, messages: string[]][] = [
      ['with line ends of Windows and a mark at the beginning', '\ufeffa\r\nb\r\n', ['a', 'b']],
      ['without a last line end', 'a\nb', ['a', 'b']],
      ['that are empty', '\n\na\n\n', ['a']],
      ['with separators of Unicode', 'a\u2028b\u2029c\u0085d\n', ['a\u2028b\u2029c\u0085d']],
      ['that are no UTF-8', Uint8Array.of(0x61, 0xff, 0xc3, 0x0a, 0x62), ['a\ufffd\ufffd', 'b']],
      ['of 10 MB', `${'x'.repeat(10_000_000)}\nb\n`, ['x'.repeat(10_000_000), 'b']],
    ];
    for (const [what, input, messages] of inputs)
      it(what, async () => {
        assert.equal((await write(input)).code, 0);
        assert.deepEqual(
          (await linesIn()).map(({ message }) => message),
          messages,
        );
      });

    it('of more than 16 MB are told', async () => {
      const { code, stderr } = await write(`a\n${'x'.repeat(17_000_000)}\nb\n`);
      assert.deepEqual(
        [code, stderr],
        [0, 'workspace-logs: 1 line is longer than 16 MB and is not in the archive.\n'],
      );
      assert.equal((await linesIn()).length, 2);
    });

    it('a great many, of which the newest are kept', async () => {
      const given = size(40_000, 1_000_000);
      const input = Array.from({ length: given }, (_, number) => `line ${String(number)}`).join('\n');
      assert.equal((await write(input, [], { SESSION_LOG_MAX_LINES: '100' })).code, 0);
      const lines = await linesIn();
      assert.deepEqual(
        [lines.length, lines[0]?.message, lines[99]?.message],
        [100, `line ${String(given - 100)}`, `line ${String(given - 1)}`],
      );
      assert.equal((await open()).meta.dropped_lines, given - 100);
    });
  });

  describe('skips', () => {
    const skips: [
      what: string,
      words: string[],
      env: object,
      policy: object | undefined,
      reason: string,
      sentence: RegExp,
    ][] = [
      ['no policy', WORDS, {}, undefined, 'not-managed', /has no policy/],
      ['storage that is off', WORDS, {}, {}, 'disabled', /switched off/],
      [
        'storage that the environment switches off',
        WORDS,
        { SESSION_LOG_STORE_ENABLED: 'off' },
        { enabled: true },
        'disabled',
        /switched off/,
      ],
      ['an empty id', [...WORDS, '--user', ''], {}, { enabled: true }, 'missing-id', /“userId” is missing/],
      [
        'no id of a session',
        WORDS.slice(0, -2),
        {},
        { enabled: true },
        'missing-id',
        /“sessionId” is missing/,
      ],
      ['no folder', WORDS, { SESSION_LOG_DIR: ' ' }, { enabled: true }, 'no-directory', /no folder is named/],
      [
        'no password',
        WORDS,
        { SESSION_LOG_ZIP_PASSWORD: '' },
        { enabled: true },
        'no-password',
        /no password/,
      ],
    ];
    for (const [what, words, env, sessions, reason, sentence] of skips)
      it(what, async () => {
        if (sessions === undefined) rmSync(join(folders.root, '.workspace-logs.json'));
        else folders.policy({ sessions });
        const before = onDisk(folders.root);
        for (const json of [true, false]) {
          const answer = await run(json ? [...words, '--json'] : words, { input: 'text\n', env: { ...env } });
          assert.equal(answer.code, 1);
          assert.equal(answer.stdout, json ? `{"skipped":"${reason}"}\n` : '');
          assert.match(answer.stderr, sentence);
        }
        assert.deepEqual(onDisk(folders.root), before);
      });

    it('empty input', async () => {
      const answer = await run([...WORDS, '--json'], {}, commandLine);
      assert.deepEqual([answer.code, answer.stdout], [1, '{"skipped":"no-lines"}\n']);
      assert.match(answer.stderr, /nothing was logged/);
    });
  });

  it('refuses what it cannot take, before it reads a line', async () => {
    const before = onDisk(folders.root);
    const refused: [words: string[], env: object, code: number, sentence: RegExp][] = [
      [WORDS.slice(0, 2), {}, 2, /needs --user, --chat and --message/],
      [[...WORDS, '--password-stdin'], {}, 2, /Standard input of session write holds the lines/],
      [[...WORDS, '--password', 'violet'], {}, 2, /can be read by others/],
      [[...WORDS, 'more'], {}, 2, /Write session write/],
      [WORDS, { SESSION_LOG_MAX_LINES: 'many' }, 1, /SESSION_LOG_MAX_LINES must be 1–10000000/],
    ];
    for (const [words, env, code, sentence] of refused) {
      const answer = await run(words, { input: 'text\n', env: { ...env } });
      assert.equal(answer.code, code);
      assert.match(answer.stderr, sentence);
      assert.doesNotMatch(answer.stderr, /many/);
    }
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('takes the password of a file before that of the environment, and tells a weak one once', async () => {
    const file = join(folders.state, 'password');
    writeFileSync(file, 'abc\n');
    const { code, stderr } = await write('text\n', ['--password-file', file]);
    assert.equal(code, 0);
    assert.match(stderr, /^workspace-logs: The password is weak: [^\n]+\n$/);
    await open(PATH, { SESSION_LOG_ZIP_PASSWORD: 'abc' });
  });

  it('says so where it may not write', async function () {
    folders.put('session_logs/x', '');
    execFileSync('chmod', ['-R', 'a+rX', join(folders.root, '..')]);
    const state = join(folders.root, 'state');
    mkdirSync(state);
    chmodSync(state, 0o777);
    const answer = await run(
      WORDS,
      { input: 'text\n', uid: 65_534, env: { XDG_STATE_HOME: state } },
      commandLine,
    );
    assert.equal(answer.code, 3);
    assert.match(answer.stderr, /session_logs/);
  });
});

describe('SESSION_LOG_* on the command line', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();
  const run = (words: string[], env: Record<string, string>, input = ''): Promise<Answer> =>
    commandLineHere(words, { cwd: folders.root, input, env: { ...withPassword, ...env } });

  it('hold over the policy where it is printed, and are never saved', async () => {
    folders.policy({ sessions: { maxLines: 5 } });
    const env = { SESSION_LOG_MAX_LINES: '7', SESSION_LOG_STORE_ENABLED: 'yes', SESSION_LOG_DIR: '/else' };
    const printed = await run(['policy', '--json', '--set', 'rotation.keepPlain=3'], env);
    const { sessions } = JSON.parse(printed.stdout) as { sessions: Record<string, unknown> };
    assert.deepEqual([sessions.maxLines, sessions.enabled, sessions.dir], [7, true, '/else']);
    const plain = await run(['policy', '--json'], {});
    const saved = JSON.parse(plain.stdout) as { sessions: Record<string, unknown>; rotation: object };
    assert.deepEqual([saved.sessions.maxLines, saved.sessions.enabled], [5, false]);
    assert.deepEqual(saved.rotation, { maxFileMB: 20, keepPlain: 3 });
    const refused = await run(['policy', '--set', 'rotation.keepPlain=4'], {
      SESSION_LOG_RETENTION_DAYS: 'x',
    });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /SESSION_LOG_RETENTION_DAYS must be 1–3650/);
    assert.match((await run(['policy', '--json'], {})).stdout, /"keepPlain":3/);
  });

  it('name the folder where archives are written, found, opened and printed from', async () => {
    folders.policy({});
    mkdirSync(join(folders.root, 'inside'));
    for (const [dir, shown] of [
      [join(folders.state, 'sessions'), join(folders.state, 'sessions/u/c/m.zip')],
      ['inside', 'inside/u/c/m.zip'],
      ['.', 'u/c/m.zip'],
    ] as const) {
      const env = {
        SESSION_LOG_DIR: dir,
        SESSION_LOG_STORE_ENABLED: '1',
        SESSION_LOG_ZIP_COMPRESSION: 'stored',
      };
      assert.equal((await run(WORDS, env, 'text\n')).stdout, `${shown}\n`);
      assert.equal((await run(['session', 'find', 'u'], env)).stdout.split('\n').includes(shown), true);
      assert.match((await run(['session', 'open', shown, '--json'], env)).stdout, /"bound":true/);
      const printed = await run(['cat', shown], env);
      assert.match(printed.stdout, /"message":"text"\}\n$/);
      // An invalid variable does not stop `cat`.
      assert.equal((await run(['cat', shown], { ...env, SESSION_LOG_MAX_LINES: 'x' })).code, 0);
      assert.equal((await run(['cat', shown], {})).code, 1);
      assert.equal((await run(['cat', shown], { SESSION_LOG_DIR: join(folders.state, 'other') })).code, 1);
    }
  });

  it('lead cat through no link below the folder', async () => {
    folders.policy({});
    const dir = join(folders.state, 'sessions');
    const env = {
      SESSION_LOG_DIR: dir,
      SESSION_LOG_STORE_ENABLED: '1',
      SESSION_LOG_ZIP_COMPRESSION: 'stored',
    };
    await run(WORDS, env, 'text\n');
    execFileSync('ln', ['-s', 'u', join(dir, 'v')]);
    const answer = await run(['cat', join(dir, 'v/c/m.zip')], env);
    assert.deepEqual([answer.code, answer.stdout], [1, '']);
    execFileSync('ln', ['-s', dir, join(folders.state, 'link')]);
    const linked = join(folders.state, 'link');
    assert.equal(
      (await run(['cat', join(linked, 'u/c/m.zip')], { ...env, SESSION_LOG_DIR: linked })).code,
      1,
    );
  });
});
