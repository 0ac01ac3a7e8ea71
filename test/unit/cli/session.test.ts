import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionZip, type SampleSession } from '../sessions/sessionSamples.ts';
import { aesZip } from '../archive/aesZip.ts';
import { commandLine, type Answer, type Circumstances } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

const PATH = 'session_logs/u/c/m.zip';
const RIGHT = 'right one';

describe('archives on the command line', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();
  const put = (sample: Partial<SampleSession> = {}, path = PATH): string =>
    folders.put(path, sessionZip({ password: RIGHT, ...sample }));

  /** Asserts in every case that no password is printed and nothing is written. */
  async function run(
    words: readonly string[],
    circumstances: Circumstances = {},
    call: typeof commandLine = commandLineHere,
  ): Promise<Answer> {
    const before = onDisk(folders.root);
    const answer = await call(words, { cwd: folders.root, ...circumstances });
    for (const text of [answer.stdout, answer.stderr]) assert.doesNotMatch(text, /right one|wrong one/);
    assert.match(answer.stderr, /^(?:workspace-logs: [^\n]+\n)*$/);
    assert.deepEqual(onDisk(folders.root), before);
    return answer;
  }
  /** Starts it: for streams and exit codes, once for each verb. */
  const start = async (words: readonly string[], circumstances?: Circumstances): Promise<Answer> =>
    run(words, circumstances, commandLine);
  const says = (answer: Answer, code: number, stdout: string, ...sentences: RegExp[]): void => {
    const lines = answer.stderr.split('\n').slice(0, -1);
    assert.equal(lines.length, sentences.length, answer.stderr);
    for (const [index, sentence] of sentences.entries()) assert.match(lines[index] ?? '', sentence);
    assert.deepEqual([answer.code, answer.stdout], [code, stdout]);
  };
  const open = (...more: string[]): string[] => ['session', 'open', PATH, ...more];
  const given = ['--password-stdin', '--json'];

  it('refuse an option that means something to another of them alone', async () => {
    folders.policy({ sessions: { enabled: true } });
    put();
    const ids = ['--user', 'u', '--chat', 'c', '--message', 'n', '--session', 's'];
    const cases: [words: string[], option: string][] = [
      [['rekey', '--dry-run'], 'dry-run'],
      [['write', ...ids, '--dry-run'], 'dry-run'],
      [['clean', '--user', ''], 'user'],
      [['open', PATH, '--now', '2026-01-01'], 'now'],
      [['find', 'u', '--accept'], 'accept'],
    ];
    for (const [words, option] of cases) {
      const answer = await run(['session', ...words], {
        input: 'right one\nanother one',
        env: { SESSION_LOG_ZIP_PASSWORD: RIGHT },
      });
      says(answer, 2, '', new RegExp(`session ${words[0] ?? ''} takes no --${option}\\. See --help`));
    }
  });

  describe('session open', () => {
    it('prints what the archive holds as JSON', async () => {
      put({ ids: { user_id: 'u' }, bound: true, log: 'Grüße \u2028 \u0000\n' });
      const { code, stdout, stderr } = await start(open(...given), { input: RIGHT });
      const { meta, members, bound } = JSON.parse(stdout) as {
        meta: { ids: object };
        members: Record<string, string>;
        bound: boolean;
      };
      assert.deepEqual([code, stderr, bound, meta.ids], [0, '', true, { user_id: 'u' }]);
      assert.deepEqual(JSON.parse(members['meta.json'] ?? ''), meta);
      assert.equal(members['logs.jsonl'], 'Grüße \u2028 \u0000\n');
      assert.deepEqual(Object.keys(members), ['meta.json', 'logs.jsonl']);
    });

    it('prints the texts one after the other, the log last', async () => {
      const members = [
        { name: 'logs.txt', text: 'log' },
        { name: 'a\u001bb', text: 'text\n' },
      ];
      folders.put(PATH, aesZip(members, { password: RIGHT }));
      const answer = await run(open('--password-stdin'), { input: RIGHT });
      says(answer, 0, '==> a\\u001bb <==\ntext\n\n==> logs.txt <==\nlog\n');
    });

    it('prints what can be shown, and says what cannot', async () => {
      const zip = sessionZip({ password: RIGHT, log: 'x'.repeat(500) });
      zip[zip.lastIndexOf('PK\x03\x04') + 70] = 0;
      folders.put(PATH, zip);
      const answer = await run(open('--password-stdin'), { input: RIGHT });
      assert.equal(answer.code, 1);
      assert.match(answer.stdout, /^==> meta\.json <==\n\{[^\n]+\}\n$/);
      assert.match(
        answer.stderr,
        /^workspace-logs: In the archive “m\.zip”, “logs\.jsonl” is damaged: [^\n]+\n$/,
      );
    });

    it('says once that no password fits, or that one is needed', async () => {
      put();
      const nothing = '{"meta":null,"members":{},"bound":null}\n';
      says(await start(open('--json')), 1, nothing, /“m\.zip” is encrypted\. Its password is needed\./);
      says(
        await run(open(...given), { input: 'wrong one' }),
        1,
        nothing,
        /password does not open the archive “m\.zip”/,
      );
      says(
        await run(open(...given), { input: 'wrong one\nwrong one2\n' }),
        1,
        nothing,
        /None of 2 passwords/,
      );
    });

    it('says where files are missing that meta.json tells of', async () => {
      put({ listed: { 'gone.txt': { sha256: '', bytes: 1, method: 'stored' } } });
      const answer = await run(open('--password-stdin'), { input: RIGHT });
      assert.equal(answer.code, 1);
      put({ more: [], listed: {} });
      assert.equal((await run(open('--password-stdin'), { input: RIGHT })).code, 1);
    });

    it('takes a path relative to the working directory or to the workspace', async () => {
      const path = put();
      const cwd = join(folders.root, 'session_logs/u/c');
      for (const [file, more, where] of [
        ['m.zip', [], cwd],
        [path, [], '/'],
        [PATH, ['--workspace', '../../..'], cwd],
      ] as const) {
        const words = ['session', 'open', file, '--password-stdin', ...more];
        assert.equal((await run(words, { input: RIGHT, cwd: where })).code, 0);
      }
    });

    it('refuses what is no zip', async () => {
      folders.put('x.zip', 'no zip');
      says(await run(['session', 'open', 'x.zip']), 1, '', /The archive “x\.zip” is damaged/);
      says(await run(['session', 'open', 'none.zip']), 1, '', /There is no file .*none\.zip/);
      says(await run(['session', 'open', 'session_logs']), 1, '', /There is no file/);
      mkdirSync(join(folders.root, 'folder.zip'));
      says(await run(['session', 'open', 'folder.zip']), 1, '', /is a folder, not a regular file/);
    });
  });

  describe('passwords', () => {
    const inputs: [what: string, password: string | Buffer, input: string | Buffer][] = [
      ['without a line end', RIGHT, RIGHT],
      ['with a line end', RIGHT, `${RIGHT}\n`],
      ['with a line end of Windows', RIGHT, `${RIGHT}\r\n`],
      ['behind the mark of Windows', RIGHT, `\ufeff${RIGHT}\r\n`],
      ['with a return that is part of it', `${RIGHT}\r`, `${RIGHT}\r`],
      ['with blanks around', ` ${RIGHT} `, ` ${RIGHT} \n`],
      ['behind others', RIGHT, `wrong one\n\n${RIGHT}\nwrong one2\n`],
      ['of bytes that are no UTF-8', Buffer.from([0xff, 0x00, 0xfe]), Buffer.from([0xff, 0x00, 0xfe, 0x0a])],
      ['of a thousand characters', 'é'.repeat(1000), 'é'.repeat(1000)],
      ['in its decomposed form', 'é', 'e\u0301\n'],
    ];
    for (const [what, password, input] of inputs)
      it(`are read from standard input and a file: ${what}`, async () => {
        folders.put(PATH, aesZip([{ name: 'x', text: 'text\n' }], { password }));
        const file = join(folders.state, 'passwords');
        writeFileSync(file, input);
        says(await start(open('--password-stdin'), { input }), 0, '==> x <==\ntext\n');
        says(await run(open('--password-file', file)), 0, '==> x <==\ntext\n');
      });

    it('are read from a file in UTF-16 with its mark, in both orders of bytes', async () => {
      folders.put(PATH, aesZip([{ name: 'x', text: 'text\n' }], { password: 'pässword 密码' }));
      const file = join(folders.state, 'passwords');
      const units = Buffer.from('\ufeffanother one\r\npässword 密码\r\n', 'utf16le');
      for (const bytes of [units, Buffer.from(units).swap16()]) {
        writeFileSync(file, bytes);
        says(await run(open('--password-file', file)), 0, '==> x <==\ntext\n');
      }
    });

    it('are taken from the environment, too', async () => {
      put();
      const env = { SESSION_LOG_ZIP_PASSWORD: RIGHT };
      assert.equal((await start(open('--json'), { env })).code, 0);
      assert.equal((await run(open(...given), { env, input: 'wrong one' })).code, 0);
      assert.equal(
        (await run(open(...given), { env: { SESSION_LOG_ZIP_PASSWORD: '' }, input: RIGHT })).code,
        0,
      );
    });

    const wrong: [what: string, words: string[], input: string, sentence: RegExp][] = [
      [
        'an argument',
        ['--password', RIGHT],
        '',
        /by --password-stdin, --password-file FILE or SESSION_LOG_ZIP_PASSWORD/,
      ],
      ['an argument behind =', [`--password=${RIGHT}`], '', /by --password-stdin, --password-file FILE/],
      ['a word', ['--password-stdin', RIGHT], RIGHT, /There is one word too many/],
      ['a word behind =', [`--password-stdin=${RIGHT}`], RIGHT, /./],
      ['nothing on standard input', ['--password-stdin'], '', /Standard input holds no password/],
      ['empty lines', ['--password-stdin'], '\n\r\n', /Standard input holds no password/],
      ['far too much', ['--password-stdin'], 'x'.repeat(2_000_000), /too long to hold passwords/],
      ['too many', ['--password-stdin'], 'x\n'.repeat(101), /More than 100 passwords/],
    ];
    for (const [what, words, input, sentence] of wrong)
      it(`are refused as ${what}`, async () => {
        put();
        says(await start(open(...words), { input }), 2, '', sentence);
      });

    it('are not read from a file that is not there, or is a folder', async () => {
      put();
      says(await run(open('--password-file', 'none')), 1, '', /There is no file/);
      assert.equal((await run(open('--password-file', 'session_logs'))).code, 3);
    });
  });

  it('“session” needs open or find, and what', async () => {
    for (const words of [
      ['session'],
      ['session', 'open'],
      ['session', 'close', 'x'],
      ['session', 'find', ''],
    ])
      says(await run(words), 2, '', /./);
  });

  describe('session find', () => {
    const find = (id: string, ...more: string[]): string[] => ['session', 'find', id, '--json', ...more];

    it('prints paths and ids', async () => {
      put({ ids: { user_id: 'anna', request_id: 'r-1' } });
      put({ ids: { user_id: 'ben' } }, 'logs/sub/m.zip');
      put({ ids: { user_id: 'anna' } }, 'logs/m.zip');
      const { code, stdout, stderr } = await start(find('anna', '--password-stdin'), { input: RIGHT });
      assert.deepEqual([code, stderr], [0, '']);
      assert.deepEqual(JSON.parse(stdout), [
        { path: 'logs/m.zip', ids: { user_id: 'anna' } },
        { path: PATH, ids: { user_id: 'anna', request_id: 'r-1' } },
      ]);
      const words = ['session', 'find', 'anna', '--password-stdin'];
      says(await run(words, { input: RIGHT }), 0, `logs/m.zip\n${PATH}\n`);
    });

    it('prints an empty list where there is nothing', async () => {
      says(await run(find('anna')), 0, '[]\n');
      put();
      says(await run(find('anna', '--password-stdin'), { input: RIGHT }), 0, '[]\n');
    });

    it('says how many archives it could not search', async () => {
      put({ ids: { user_id: 'anna' } });
      put({ password: 'other' }, 'session_logs/other.zip');
      put({ password: 'other' }, 'session_logs/other2.zip');
      folders.put('session_logs/damaged.zip', 'no zip');
      const answer = await run(find('anna', '--password-stdin'), { input: RIGHT });
      assert.equal((JSON.parse(answer.stdout) as object[]).length, 1);
      says(
        answer,
        1,
        answer.stdout,
        /2 archives were not searched: no password opened them/,
        /1 archive was not/,
        ...['damaged', 'other', 'other2'].map(
          (name) => new RegExp(`Not searched: session_logs/${name}\\.zip$`),
        ),
      );
    });

    it('looks where SESSION_LOG_DIR says', async () => {
      put({ ids: { user_id: 'anna' } });
      put({ ids: { user_id: 'anna' } }, '../state/else/m.zip');
      const elsewhere = async (dir: string): Promise<string> => {
        const env = { SESSION_LOG_DIR: dir, SESSION_LOG_ZIP_PASSWORD: RIGHT };
        return (await run(['session', 'find', 'anna'], { env })).stdout;
      };
      const dir = join(folders.state, 'else');
      assert.equal(await elsewhere(dir), `${join(dir, 'm.zip')}\n`);
      assert.equal(await elsewhere('session_logs'), `${PATH}\n`);
      const env = { SESSION_LOG_DIR: 'none' };
      says(await run(find('anna'), { env }), 1, '', /There is no folder/);
    });
  });

  describe('cat', () => {
    const cat = (name: string, ...more: string[]): string[] => ['cat', name, '--password-stdin', ...more];

    it('prints a file of an archive, by any path to it', async () => {
      const path = put();
      const cwd = join(folders.root, 'session_logs/u/c');
      for (const [name, more, where] of [
        [PATH, [], folders.root],
        [`./${PATH}`, [], folders.root],
        [path, [], folders.root],
        ['m.zip', ['--workspace', '../../..'], cwd],
        [PATH, ['--workspace', '../../..'], cwd],
      ] as const)
        for (const member of [['--member', 'logs.jsonl'], []])
          says(await run(cat(name, ...more, ...member), { input: RIGHT, cwd: where }), 0, 'log\n');
      const meta = await start(cat(PATH, '--member', 'meta.json'), { input: RIGHT });
      assert.match(meta.stdout, /"log_format"/);
      put({}, 'logs/x.zip');
      for (const name of ['x.zip', 'logs/x.zip']) says(await run(cat(name), { input: RIGHT }), 0, 'log\n');
    });

    it('prints logs.jsonl where there is logs.txt, too, else logs.txt', async () => {
      const [text, lines] = [
        { name: 'logs.txt', text: 'text\n' },
        { name: 'logs.jsonl', text: 'lines\n' },
      ];
      const meta = { name: 'meta.json', text: '{}' };
      folders.put(PATH, aesZip([meta, text, lines], { password: RIGHT }));
      says(await run(cat(PATH), { input: RIGHT }), 0, 'lines\n');
      folders.put(PATH, aesZip([meta, text], { password: RIGHT }));
      says(await run(cat(PATH), { input: RIGHT }), 0, 'text\n');
      folders.put(PATH, aesZip([meta, { name: 'other', text: '' }], { password: RIGHT }));
      says(await run(cat(PATH), { input: RIGHT }), 1, '', /name one of “meta\.json”, “other” with --member/);
    });

    it('refuses', async () => {
      put();
      put({}, 'elsewhere/m.zip');
      folders.put('logs/sub/x.log', 'x');
      says(await run(['cat', PATH]), 1, '', /Its password is needed/);
      says(await run(cat(PATH), { input: 'wrong one' }), 1, '', /does not open the archive/);
      says(
        await run(['cat', 'elsewhere/m.zip']),
        1,
        '',
        /is no zip in one of the folders “logs”, “session_logs”/,
      );
      says(await run(['cat', 'logs/sub/x.log']), 1, '', /is no zip in one of the folders/);
      says(await run(['cat', 'session_logs/none.zip']), 1, '', /There is no file .*session_logs\/none\.zip/);
      says(await run(['cat', '../root/../x.zip']), 1, '', /is not the name of a file in logs/);
      says(await run(['cat', PATH, '--password', RIGHT]), 2, '', /by --password-stdin/);
    });
  });
});
