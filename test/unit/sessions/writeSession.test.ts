import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { OpenedArchive } from '../../../src/sessions/openArchive.ts';
import type { WriteSessionInput, WrittenSession } from '../../../src/sessions/writeSession.ts';
import type { RequestIds } from '../../../src/sessions/log/sessionLog.ts';
import { bundledProgram } from '../../bundledProgram.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { bytesOf } from './sessionSamples.ts';

const PASSWORD = 'right one é';
const ids: RequestIds = { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm', requestId: 'r' };
const LINES = `${JSON.stringify({ ts: '2026-01-31T11:22:33.044Z', level: 'INFO', user_id: 'u', message: 'text' })}\n`;
const completedAt = Date.UTC(2026, 0, 31, 12);

describe('writeSession', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const at = (...parts: string[]): string => join(folders.root, ...parts);

  beforeEach(() => {
    folders.policy({ sessions: { enabled: true, compression: 'deflated' } });
  });

  afterEach(() => app.run('forgetPasswords', {}));

  interface Given extends Partial<Omit<WriteSessionInput, 'log'>> {
    readonly ids?: Partial<RequestIds>;
    readonly lines?: string;
    readonly droppedLines?: number;
  }

  function write({
    ids: others,
    lines = LINES,
    droppedLines = 0,
    ...input
  }: Given = {}): Promise<WrittenSession> {
    const chunks = [new TextEncoder().encode(lines)];
    const log = { ids: { ...ids, ...others }, chunks, droppedLines, completedAt };
    return app.run('writeSession', { root: folders.root, password: bytesOf(PASSWORD), log, ...input });
  }

  async function open(written: WrittenSession, password = PASSWORD): Promise<OpenedArchive> {
    assert.ok('path' in written, JSON.stringify(written));
    await app.run('usePasswords', { passwords: [bytesOf(password)] });
    const opened = await app.run('openArchive', { path: join(folders.root, written.path) });
    assert.deepEqual([opened.bound, opened.refused], [true, []]);
    return opened;
  }

  const policies: [sessions: object, members: string[]][] = [
    [{ compression: 'stored', format: 'jsonl' }, ['meta.json', 'logs.jsonl']],
    [{ compression: 'deflated', format: 'text' }, ['meta.json', 'logs.txt']],
    [{ compression: 'deflated', compressLevel: 0, format: 'both' }, ['meta.json', 'logs.txt', 'logs.jsonl']],
    [{ compression: 'bzip2', compressLevel: 0, format: 'both' }, ['meta.json', 'logs.txt', 'logs.jsonl']],
    [{ compression: 'bzip2', compressLevel: 9 }, ['meta.json', 'logs.txt', 'logs.jsonl']],
    [{ compression: 'lzma', compressLevel: 5, format: 'both' }, ['meta.json', 'logs.txt', 'logs.jsonl']],
    [{}, ['meta.json', 'logs.txt', 'logs.jsonl']],
  ];
  for (const [sessions, names] of policies)
    it(`makes an archive that we and 7-Zip open: ${JSON.stringify(sessions)}`, async () => {
      folders.policy({ sessions: { enabled: true, ...sessions } });
      const written = await write({ droppedLines: 3 });
      assert.deepEqual(written, { path: 'session_logs/u/c/m.zip' });
      const { meta, members } = await open(written);
      assert.deepEqual(Object.keys(members), names);
      if (names.includes('logs.jsonl')) assert.equal(members['logs.jsonl'], LINES);
      if (names.includes('logs.txt'))
        assert.match(members['logs.txt'] ?? '', /,044 \[INFO\] \[user=u\] text\n$/);
      assert.equal(meta?.created_at, '2026-01-31T12:00:00.000000+00:00');
      assert.deepEqual([meta.request_id, meta.dropped_lines], ['r', 3]);
      execFileSync('7zz', ['t', `-p${PASSWORD}`, at('session_logs/u/c/m.zip')]);
      const isPrivate = ([path, what]: [string, string]): boolean =>
        !path.startsWith('session_logs') || /^(?:folder 700|file 600 \w+)$/.test(what);
      assert.deepEqual(
        Object.entries(onDisk(folders.root)).filter((entry) => !isPrivate(entry)),
        [],
      );
    });

  it('masks ids by the policy’s keys, too', async () => {
    folders.policy({
      sessions: { enabled: true, compression: 'stored' },
      masking: { extraKeys: ['colour'] },
    });
    const { members } = await open(await write({ ids: { sessionId: 'colour=green-apples' } }));
    assert.doesNotMatch(members['meta.json'] ?? '', /green-apples/);
  });

  describe('names', () => {
    it('go on where they are taken, and nothing is overwritten', async () => {
      const paths = [];
      for (let round = 0; round < 4; round += 1) paths.push(await write());
      paths.push(await write({ ids: { requestId: null, messageId: 'n' } }));
      paths.push(await write({ ids: { requestId: null, messageId: 'n' } }));
      assert.deepEqual(
        paths.map((written) => 'path' in written && written.path.slice('session_logs/u/c/'.length)),
        ['m.zip', 'm.r.zip', 'm.r.2.zip', 'm.r.3.zip', 'n.zip', 'n.2.zip'],
      );
    });

    it('have at most 255 characters, with all that stands behind them', async () => {
      const long = {
        userId: 'U'.repeat(300),
        chatId: 'C'.repeat(300),
        messageId: 'M'.repeat(300),
        requestId: 'R'.repeat(300),
      };
      for (let round = 0; round < 3; round += 1) assert.ok('path' in (await write({ ids: long })));
    });

    it('lead nowhere else', async () => {
      // The first archive has its folder remembered.
      await write();
      const before = onDisk(folders.state);
      for (const id of ['..', '../..', '/etc', '', 'a/../../b', 'C:\\x', 'NUL', '\0', '😀', 'a\nb']) {
        const written = await write({ ids: { userId: `${id}.`, chatId: `${id}.`, messageId: `${id}.` } });
        assert.ok('path' in written);
        assert.match(written.path, /^session_logs\/[\w~.]+\/[\w~.]+\/[\w~.]+\.zip$/);
        assert.ok(existsSync(at(written.path)));
      }
      assert.deepEqual(onDisk(folders.state), before);
      assert.deepEqual(readdirSync(folders.root).sort(), ['.workspace-logs.json', 'session_logs']);
    });
  });

  describe('skips', () => {
    const skips: [what: string, prepare: () => Given, reason: string, detail: string | (() => string)][] = [
      ['a folder without a policy', () => ({ root: folders.state }), 'not-managed', () => folders.state],
      [
        'what is switched off',
        () => {
          folders.policy({});
          return {};
        },
        'disabled',
        '',
      ],
      ['what the environment switches off', () => ({ fromEnvironment: { enabled: false } }), 'disabled', ''],
      ...(['userId', 'sessionId', 'chatId', 'messageId'] as const).flatMap((name) =>
        ['', '  ', undefined].map((id): (typeof skips)[number] => [
          `a ${name} of ${String(id)}`,
          () => ({ ids: { [name]: id } }),
          'missing-id',
          name,
        ]),
      ),
      ['no folder', () => ({ fromEnvironment: { dir: '' } }), 'no-directory', ''],
      [
        'a file in place of the folder',
        () => {
          folders.put('session_logs', 'x');
          return {};
        },
        'no-directory',
        () => at('session_logs'),
      ],
      [
        'a folder that leads out',
        () => {
          symlinkSync(folders.state, at('session_logs'));
          return {};
        },
        'outside-workspace',
        () => at('session_logs'),
      ],
      ...['u', 'u/c'].map((level): (typeof skips)[number] => [
        `a link at ${level}`,
        () => {
          mkdirSync(at('session_logs', level, '..'), { recursive: true });
          symlinkSync(folders.state, at('session_logs', level));
          return {};
        },
        'no-directory',
        () => at('session_logs', level),
      ]),
      ['no password', () => ({ password: undefined }), 'no-password', ''],
      ['an empty password', () => ({ password: new Uint8Array() }), 'no-password', ''],
      ['no lines', () => ({ lines: '', droppedLines: 9 }), 'no-lines', ''],
    ];
    for (const [what, prepare, reason, detail] of skips)
      it(what, async () => {
        const given = prepare();
        const before = [onDisk(folders.root), onDisk(folders.state)];
        const expected = typeof detail === 'string' ? detail : detail();
        assert.deepEqual(await write(given), { skipped: reason, detail: expected });
        assert.deepEqual([onDisk(folders.root), onDisk(folders.state)], before);
      });

    it('nothing for a session id that is not needed', async () => {
      folders.policy({ sessions: { enabled: true, compression: 'stored', requireSessionId: false } });
      await open(await write({ ids: { sessionId: undefined } }));
    });
  });

  it('fails where the policy cannot be used', async () => {
    folders.put('.workspace-logs.json', '{');
    await assert.rejects(write(), { code: 'policy-damaged' });
  });

  describe('fromEnvironment', () => {
    it('hold over the policy', async () => {
      folders.policy({ sessions: { enabled: false, compression: 'lzma' } });
      const dir = join(folders.state, 'deep', 'sessions');
      const written = await write({ fromEnvironment: { enabled: true, dir, compression: 'stored' } });
      assert.deepEqual(written, { path: join(dir, 'u/c/m.zip') });
      await app.run('usePasswords', { passwords: [bytesOf(PASSWORD)] });
      const opened = await app.run('openArchive', { path: join(dir, 'u/c/m.zip') });
      assert.match(opened.members['meta.json'] ?? '', /"method": "stored"/);
      assert.equal(statSync(join(folders.state, 'deep')).mode & 0o777, 0o700);
    });

    it('take a folder behind a link, but no link below it', async () => {
      symlinkSync(folders.state, at('link'));
      const fromEnvironment = { dir: 'link/sessions' };
      assert.deepEqual(await write({ fromEnvironment }), { path: 'link/sessions/u/c/m.zip' });
      symlinkSync(folders.root, join(folders.state, 'sessions', 'v'));
      assert.deepEqual(await write({ fromEnvironment, ids: { userId: 'v' } }), {
        skipped: 'no-directory',
        detail: at('link/sessions/v'),
      });
    });
  });

  describe('the password', () => {
    it('is wiped, whether it is written or not', async () => {
      for (const given of [{}, { lines: '' }, { root: folders.state }]) {
        const password = bytesOf(PASSWORD);
        await write({ password, ...given });
        assert.ok(password.every((byte) => byte === 0));
      }
    });

    it('is the newest one known where none is given, and stays known', async () => {
      await app.run('addPassword', { password: bytesOf('older') });
      await app.run('addPassword', { password: bytesOf('newest') });
      const written = await write({ password: undefined });
      await app.run('openArchive', { path: at('session_logs/u/c/m.zip') });
      await write({ password: undefined });
      await app.run('forgetPasswords', {});
      await open(written, 'newest');
    });

    it('is the one that was known at the beginning, though all are forgotten meanwhile', async () => {
      await app.run('addPassword', { password: bytesOf('newest') });
      const writing = write({ password: undefined });
      await app.run('forgetPasswords', {});
      await open(await writing, 'newest');
    });
  });

  it('tolerates bytes that are no UTF-8, and a line without its end', async () => {
    const chunks = [Uint8Array.of(0x7b, 0xff, 0x0a), new TextEncoder().encode('{"message":"x\u2028"}')];
    folders.policy({ sessions: { enabled: true, format: 'both', compression: 'stored' } });
    const log = { ids, chunks, droppedLines: 0, completedAt };
    const input = { root: folders.root, log, password: bytesOf(PASSWORD) };
    const { members } = await open(await app.run('writeSession', input));
    assert.equal(members['logs.jsonl'], '{\ufffd\n{"message":"x\u2028"}\n');
    assert.equal(members['logs.txt'], '{\ufffd\n- [-] [user=-] x\\u2028\n');
  });

  it('makes its folders again where a clean-up takes empty ones away', async () => {
    const program = `
      import { rmdirSync } from 'node:fs';
      console.log('ready');
      let removed = 0;
      const pause = new Int32Array(new SharedArrayBuffer(4));
      while (removed <= 20 && Atomics.wait(pause, 0, 0, 1) !== 'ok')
        for (const name of ['u/c', 'u', '']) try { rmdirSync(process.argv[1] + '/' + name); removed += 1; } catch {}
      console.log(removed);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, at('session_logs')]);
    let printed = '';
    child.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
    await once(child.stdout, 'data');
    const ended = once(child, 'close');
    let count = 0;
    while (child.exitCode === null || count <= 5) {
      const written = await write({ ids: { messageId: `m${String((count += 1))}` } });
      assert.ok('path' in written);
      // Empty again, as a clean-up leaves them.
      execFileSync('rm', [at(written.path)]);
    }
    await ended;
    assert.ok(Number(printed.split('\n')[1]) > 20, printed);
  }).timeout(300_000);

  it('loses none of 20 archives of one message, written by five processes at once', async () => {
    const program = bundledProgram(join(import.meta.dirname, '../recorder/sessions/sessionWriterProgram.ts'));
    const children = Array.from({ length: 5 }, (_, number) =>
      spawn(process.execPath, [program, folders.root, String(number), JSON.stringify(ids)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    const ended = children.map((child) => once(child, 'close'));
    let printed = '';
    for (const { stdin, stdout } of children) {
      stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
      stdin.write('go\n');
    }
    await Promise.all(ended);
    const paths = printed.trimEnd().split('\n');
    assert.deepEqual([paths.length, new Set(paths).size], [20, 20]);
    assert.equal(readdirSync(at('session_logs/u/c')).length, 20);
    await app.run('usePasswords', { passwords: [bytesOf('x')] });
    const texts = new Set<string | undefined>();
    for (const path of paths)
      texts.add((await app.run('openArchive', { path: at(path) })).members['logs.jsonl']);
    assert.equal(texts.size, 20);
  }).timeout(300_000);
});

describe('what the environment sets', () => {
  const src = join(import.meta.dirname, '../../../src');
  const codeOf = (path: string): string => readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');

  /** The files that run where this one does. */
  function reached(path: string, found = new Set<string>()): Set<string> {
    if (found.has(path)) return found;
    found.add(path);
    const imports = codeOf(path).matchAll(/^(?:import|export) (?!type)[^;]*? from '(\.[^']+)'/gm);
    for (const [, from = ''] of imports) reached(join(path, '..', from), found);
    return found;
  }

  for (const entry of ['extension.ts', 'jobs/worker.ts'])
    it(`is read by nothing that runs in ${entry}`, () => {
      const files = [...reached(join(src, entry))];
      assert.ok(files.length > 50, String(files.length));
      const readers = files.filter((path) => /SESSION_LOG_|readEnvironment/.test(codeOf(path)));
      // These two only say what to set.
      const words = new Set(['failures.ts', 'findings.ts']);
      assert.deepEqual(
        readers.map((path) => basename(path)).filter((name) => !words.has(name)),
        [],
      );
    });

  it('is read by the command line', () => {
    const readers = [...reached(join(src, 'cli/main.ts'))].filter((path) =>
      codeOf(path).includes('readEnvironment('),
    );
    assert.ok(readers.length > 2);
  });
});
