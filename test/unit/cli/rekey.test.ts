import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forgetKnown, usePasswords } from '../../../src/sessions/passwordRing.ts';
import { openArchive } from '../../../src/sessions/openArchive.ts';
import { randomOf, size, soak } from '../../chance.ts';
import { bytesOf, sessionZip, type SampleSession } from '../sessions/sessionSamples.ts';
import { commandLine, type Answer, type Circumstances } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { signalAfterFirst } from '../signalAfterFirst.ts';

const OLD = 'old one of them';
const NEW = 'turnip oblige copper vessel';
const CHAT = 'session_logs/u/c';
const REKEY = ['session', 'rekey', '--password-stdin'];

const NEXT = 'Programs that write archives need it, too: set their SESSION_LOG_ZIP_PASSWORD.\n';

describe('session rekey', function () {
  this.timeout(180_000);
  this.slow(5000);
  const folders = freshFolders();
  const put = (sample: Partial<SampleSession> = {}, path = `${CHAT}/m.zip`): string =>
    folders.put(path, sessionZip({ password: OLD, bound: true, ...sample }));

  /** Asserts in every case that no password is printed. */
  async function run(
    words: readonly string[],
    circumstances: Circumstances = {},
    call: typeof commandLine = commandLineHere,
  ): Promise<Answer> {
    const answer = await call(words, {
      cwd: folders.root,
      input: `${OLD}\n${NEW}\n`,
      ...circumstances,
    });
    for (const text of [answer.stdout, answer.stderr])
      assert.doesNotMatch(text, /old one of them|turnip|another one here/);
    assert.match(answer.stderr, /^(?:workspace-logs: [^\n]+\n)*$/);
    return answer;
  }

  /** Starts it: for streams, exit codes and signals. */
  const start = async (words: readonly string[], circumstances?: Circumstances): Promise<Answer> =>
    run(words, circumstances, commandLine);

  async function logUnder(password: string, path: string): Promise<string | undefined> {
    forgetKnown();
    usePasswords({ passwords: [bytesOf(password)] });
    const { members, bound } = await openArchive({ path: join(folders.root, path) });
    return bound === true ? members['logs.jsonl'] : undefined;
  }

  beforeEach(() => {
    folders.policy({});
    mkdirSync(folders.logs, { recursive: true });
  });
  after(() => {
    forgetKnown();
  });

  it('rewrites what a known password opens, and says what it left', async () => {
    put();
    put({ password: 'another one here' }, `${CHAT}/env.zip`);
    put({ password: NEW }, `${CHAT}/done.zip`);
    put({ password: 'stranger' }, `${CHAT}/locked.zip`);
    folders.put(`${CHAT}/none.zip`, 'no zip');
    const env = { SESSION_LOG_ZIP_PASSWORD: 'another one here' };
    const answer = await run([...REKEY, '--json'], { env });
    assert.deepEqual([answer.code, answer.stderr], [1, '']);
    assert.deepEqual(JSON.parse(answer.stdout), {
      rekeyed: 2,
      already: 1,
      skipped: [
        { path: `${CHAT}/locked.zip`, reason: 'password-wrong' },
        { path: `${CHAT}/none.zip`, reason: 'not-a-session-archive' },
      ],
    });
    for (const name of ['m', 'env', 'done'])
      assert.equal(await logUnder(NEW, `${CHAT}/${name}.zip`), 'log\n');
    const again = await start(['session', 'rekey']);
    assert.equal(again.code, 1);
    assert.equal(
      again.stdout,
      '0 archives now open with the new password, 3 had it already, 2 are left as they are.\n',
    );
    assert.match(
      again.stderr,
      /^[^\n]+ None of 2 passwords opens the archive “session_logs\/u\/c\/locked\.zip”\. [^\n]+\n[^\n]+ “session_logs\/u\/c\/none\.zip” is no session archive: [^\n]+\n$/,
    );
  });

  it('prints a summary, and nothing on standard error where all is done', async () => {
    put();
    const answer = await start(REKEY);
    assert.deepEqual(answer, {
      code: 0,
      stdout: `1 archive now opens with the new password.\n${NEXT}`,
      stderr: '',
    });
  });

  it('takes the passwords of a file as old ones, too, and the folder of the environment', async () => {
    const path = join(folders.state, 'else');
    put({ password: 'another one here' }, '../state/else/u/c/m.zip');
    put();
    const file = join(folders.state, 'passwords');
    writeFileSync(file, 'another one here\n');
    const words = [...REKEY, '--password-file', file, '--json'];
    const answer = await run(words, { env: { SESSION_LOG_DIR: path } });
    assert.equal(answer.stdout, '{"rekeyed":1,"already":0,"skipped":[]}\n');
    assert.equal(await logUnder(NEW, '../state/else/u/c/m.zip'), 'log\n');
    assert.equal(await logUnder(OLD, `${CHAT}/m.zip`), 'log\n');
    const refused = await run(REKEY, { env: { SESSION_LOG_MAX_LINES: 'many' } });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /SESSION_LOG_MAX_LINES/);
  });

  it('says once that the new password is weak, and takes it', async () => {
    put();
    put({}, `${CHAT}/two.zip`);
    const answer = await run(REKEY, { input: `${OLD}\nSommer2024!\n` });
    assert.deepEqual(
      [answer.code, answer.stdout],
      [0, `2 archives now open with the new password.\n${NEXT}`],
    );
    assert.match(answer.stderr, /^workspace-logs: The password is weak: [^\n]+\n$/);
    assert.equal(await logUnder('Sommer2024!', `${CHAT}/m.zip`), 'log\n');
  });

  const wrong: [what: string, input: string, sentence: RegExp][] = [
    ['nothing', '', /Give two lines on standard input/],
    ['one line', `${OLD}\n`, /Give two lines on standard input/],
    ['three lines', `${OLD}\n${NEW}\n${NEW}\n`, /Give two lines on standard input/],
    ['an empty line behind', `${OLD}\n${NEW}\n\n`, /Give two lines on standard input/],
    ['an empty new password', `${OLD}\n\n`, /The new password is empty/],
    ['an empty old password', `\r\n${NEW}\n`, /The old password is empty/],
    ['the same twice', `${OLD}\n${OLD}`, /The new password is the old one/],
    ['far too much', 'x'.repeat(2_000_000), /Standard input is too long/],
  ];
  for (const [what, input, sentence] of wrong)
    it(`refuses ${what} on standard input, and changes nothing`, async () => {
      put();
      const before = onDisk(folders.root);
      const answer = await run(REKEY, { input });
      assert.deepEqual([answer.code, answer.stdout], [2, '']);
      assert.match(answer.stderr, sentence);
      assert.deepEqual(onDisk(folders.root), before);
    });

  it('says that 7-Zip takes no password that is so long, and takes it', async () => {
    const path = put();
    const long = NEW.repeat(4);
    const answer = await run(REKEY, { input: `${OLD}\n${long}\n` });
    assert.deepEqual(
      [answer.code, answer.stdout],
      [0, `1 archive now opens with the new password.\n${NEXT}`],
    );
    assert.match(answer.stderr, /^workspace-logs: The password is longer than 99 bytes, [^\n]+\n$/);
    assert.equal(await logUnder(long, path.slice(folders.root.length + 1)), 'log\n');
  });

  it('takes 99 old passwords, and refuses more: none is passed over', async () => {
    put({ password: 'p98' });
    const file = join(folders.state, 'passwords');
    const words = [...REKEY, '--password-file', file, '--json'];
    const olds = Array.from({ length: 99 }, (_, index) => `p${String(index + 1)}\n`);
    writeFileSync(file, olds.join(''));
    const refused = await run(words);
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, /More than 99 passwords were given/);
    writeFileSync(file, olds.slice(0, 98).join(''));
    assert.equal((await run(words)).stdout, '{"rekeyed":1,"already":0,"skipped":[]}\n');
  });

  it('refuses a password among the arguments, and a workspace without a policy', async () => {
    put();
    const argument = await run(['session', 'rekey', '--password', NEW]);
    assert.equal(argument.code, 2);
    assert.match(argument.stderr, /can be read by others/);
    const unmanaged = await run([...REKEY, '--workspace', folders.state]);
    assert.equal(unmanaged.code, 1);
    assert.match(unmanaged.stderr, /has no policy/);
    assert.equal(await logUnder(OLD, `${CHAT}/m.zip`), 'log\n');
  });

  describe('of many archives', function () {
    this.timeout(600_000);
    const count = size(30, 200);
    const names = Array.from(
      { length: count },
      (_, index) => `${CHAT}-${String(index % 3)}/${String(index)}.zip`,
    );
    const logOf = (name: string): string => `the log of ${name}\n`.repeat(40);
    const TIME = 1_750_000_000;

    function putAll(): void {
      for (const [index, name] of names.entries()) {
        const path = put({ log: logOf(name) }, name);
        utimesSync(path, TIME + index, TIME + index);
      }
    }

    async function requireAll(): Promise<void> {
      for (const [index, name] of names.entries()) {
        assert.equal(await logUnder(NEW, name), logOf(name));
        assert.equal(statSync(join(folders.root, name)).mtimeMs, (TIME + index) * 1000);
      }
      const there = readdirSync(join(folders.root, 'session_logs'), { recursive: true, encoding: 'utf8' });
      assert.deepEqual(
        there.filter((name) => !/^u$|^u\/c-\d$|^u\/c-\d\/\d+\.zip$/.test(name)),
        [],
      );
    }

    const atRename = (signal: NodeJS.Signals, turn = 1, isBehind = true): string[] =>
      signalAfterFirst('renameSync', { folder: folders.state, end: '.zip', signal, turn, isBehind });

    it('stops at Ctrl+C behind an archive, and goes on when it is run again', async () => {
      putAll();
      const stopped = await start([...REKEY, '--json'], { node: atRename('SIGINT') });
      const { rekeyed } = JSON.parse(stopped.stdout) as { rekeyed: number };
      assert.equal(stopped.code, 1);
      assert.match(stopped.stderr, /Cancelled: the other archives have their old passwords/);
      assert.ok(rekeyed > 0 && rekeyed < count, String(rekeyed));
      const second = await run([...REKEY, '--json']);
      assert.deepEqual(JSON.parse(second.stdout), {
        rekeyed: count - rekeyed,
        already: rekeyed,
        skipped: [],
      });
      await requireAll();
    });

    it('killed in the middle leaves each of them openable, and the next run does the rest', async () => {
      putAll();
      const template = join(folders.state, 'template');
      cpSync(folders.root, template, { recursive: true, preserveTimestamps: true });
      const random = randomOf('session rekey killed');
      const places = Array.from({ length: soak ? 6 : 2 }, (_, time) => {
        const turn = 1 + Math.floor(random() * count);
        return { turn, isBehind: time % 2 === 0 };
      });
      for (const { turn, isBehind } of [{ turn: 1, isBehind: true }, ...places]) {
        cpSync(template, folders.root, { recursive: true, preserveTimestamps: true, force: true });
        const killed = await start(REKEY, { node: atRename('SIGKILL', turn, isBehind) });
        assert.equal(killed.code, null);
        const isChanged = (name: string): boolean =>
          !readFileSync(join(folders.root, name)).equals(readFileSync(join(template, name)));
        // One archive at a time: exactly the archives whose turn has come.
        assert.equal(names.filter(isChanged).length, isBehind ? turn : turn - 1);
        for (const name of names)
          assert.equal(await logUnder(isChanged(name) ? NEW : OLD, name), logOf(name));
        const again = await run([...REKEY, '--json']);
        const { rekeyed, already } = JSON.parse(again.stdout) as { rekeyed: number; already: number };
        assert.deepEqual([again.code, rekeyed + already], [0, count], killed.stderr);
        await requireAll();
      }
    });
  });
});
