import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { builtProgram } from '../builtProgram.ts';
import { commandLine, type Answer, type Circumstances } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { entryLine, logOf } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

const samples = join(import.meta.dirname, '../../fixtures');

describe('the command line', function () {
  this.timeout(180_000);
  this.slow(2000);
  const folders = freshFolders();

  /** Starts it: for streams, exit codes and users, once for each verb. */
  const start = async (words: readonly string[], circumstances: Circumstances = {}): Promise<Answer> =>
    commandLine(words, { cwd: folders.root, ...circumstances });
  const run = async (words: readonly string[]): Promise<Answer> =>
    commandLineHere(words, { cwd: folders.root });
  /** Runs it, expects success, and parses what it printed. */
  const json = async <T>(...words: string[]): Promise<T> => {
    const { code, stdout, stderr } = await run([...words, '--json']);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  /** One sentence on standard error, and nothing else. */
  const says = ({ code, stdout, stderr }: Answer, exit: number, sentence: RegExp): void => {
    assert.match(stderr, sentence);
    assert.match(stderr, /^workspace-logs: [^\n]+\n$/);
    assert.doesNotMatch(stderr, /\n\s+at |node:internal|\.ts:|\.js:/);
    assert.equal(stdout, '');
    assert.equal(code, exit);
  };
  const repository = (): void => {
    execFileSync('git', ['init', '-q', '--template='], { cwd: folders.root });
  };

  it('starts without Node’s modules of HTTP, which would take a third of the start', () => {
    const program = readFileSync(join(builtProgram(), 'cli.js'), 'utf8');
    const imported = [...program.matchAll(/\b(?:from|import) ?["'](?:node:)?([\w/]+)["']/g)].map(
      ([, name]) => name,
    );
    assert.ok(imported.includes('fs'));
    assert.deepEqual(
      imported.filter((name) => name?.startsWith('http')),
      [],
    );
  });

  describe('usage', () => {
    const usages: [words: string[], code: number][] = [
      [[], 2],
      [['--help'], 0],
      [['maintain', '--help'], 0],
      [['-h'], 0],
      [['help'], 0],
    ];
    for (const [words, code] of usages)
      it(`“${words.join(' ')}” prints the verbs and exits with ${String(code)}`, async () => {
        const answer = await start(words);
        assert.equal(answer.code, code);
        for (const verb of ['init', 'policy', 'ls', 'cat', 'maintain'])
          assert.match(answer.stdout, new RegExp(`^  ${verb}`, 'm'));
      });

    const wrong: string[][] = [
      ['nothing'],
      ['maintain', '--now', '2026-02-31'],
      ['__proto__'],
      ['init', 'extra'],
      ['cat'],
      ['policy', 'a=1'],
      ['policy', '--set', '=1'],
      ['maintain', '--now', 'yesterday'],
      ['no\nthing\u001b[31m'],
      ['ls', '--no\nthing\u001b[31m'],
    ];
    for (const words of wrong)
      it(`${JSON.stringify(words)} exits with 2, says why, and makes nothing`, async () => {
        says(await run(words), 2, /./);
        assert.deepEqual(onDisk(folders.root), {});
      });

    it('under an old Node it says so in one sentence and exits with 3', async () => {
      const old = join(folders.state, 'old.mjs');
      writeFileSync(
        old,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.PRETENDED } });`,
      );
      for (const [version, isOld] of [
        ['20.20.2', true],
        ['22.12.0', true],
        ['22.13.0', false],
        ['24.0.0', false],
      ] as const) {
        const answer = await start(['--help'], { node: ['--import', old], env: { PRETENDED: version } });
        if (isOld) says(answer, 3, new RegExp(`needs Node.js 22.13 or later; this is ${version}`));
        else assert.equal(answer.code, 0);
      }
    });

    it('--workspace names the folder, relative to the working directory', async () => {
      folders.put('project/logs/api.log', 'text');
      const files = await json<{ name: string }[]>('ls', '--workspace', 'project');
      assert.deepEqual(
        files.map(({ name }) => name),
        ['api.log'],
      );
      says(await run(['ls', '--workspace', 'nothing']), 1, /There is no folder .*nothing/);
      says(await run(['ls', '--workspace', 'project/logs/api.log']), 1, /is a file, not a folder/);
      says(await run(['ls', '--workspace', '']), 2, /--workspace names no folder/);
    });
  });

  describe('init', () => {
    it('makes policy, logs/ and the ignore rule; saying it twice changes nothing', async () => {
      repository();
      const first = await json<{ policy: { workspaceId: string }; created: string[] }>('init');
      assert.deepEqual(first.created, ['logs', '.workspace-logs.json', '.gitignore']);
      assert.deepEqual(
        { ...first.policy, workspaceId: undefined },
        { ...defaultPolicy, workspaceId: undefined },
      );
      const before = onDisk(folders.root);
      const second = await json<{ policy: { workspaceId: string }; created: string[] }>('init');
      assert.deepEqual(second, { policy: first.policy, created: [] });
      assert.deepEqual(onDisk(folders.root), before);
    });

    it('says what it did', async () => {
      repository();
      const { stdout, stderr } = await start(['init']);
      assert.equal(stdout, 'Made: logs, .workspace-logs.json, .gitignore\n');
      assert.equal(stderr, 'workspace-logs: “logs/” was added to .gitignore.\n');
      assert.equal((await run(['init'])).stdout, 'Nothing to do.\n');
    });

    const rules: [what: string, files: Record<string, string>, after: string | undefined][] = [
      ['a rule there', { '.gitignore': 'logs/\n' }, 'logs/\n'],
      ['a rule there, in CRLF', { '.gitignore': 'a\r\n/logs\r\n' }, 'a\r\n/logs\r\n'],
      ['a nested rule', { 'logs/.gitignore': '*\n!.gitignore\n' }, undefined],
      ['a nested rule that a commit leaves out', { 'logs/.gitignore': '*\n' }, 'logs/\n'],
      ['no rule', { '.gitignore': '*.log\n' }, '*.log\nlogs/\n'],
      ['no rule and no line end', { '.gitignore': '# mine' }, '# mine\nlogs/\n'],
      ['no rule, in CRLF', { '.gitignore': 'a\r\nb\r\n' }, 'a\r\nb\r\nlogs/\r\n'],
      ['no file', {}, 'logs/\n'],
    ];
    for (const [what, files, after] of rules)
      it(`the ignore rule is added once, where it is missing: ${what}`, async () => {
        repository();
        for (const [path, text] of Object.entries(files)) folders.put(path, text);
        for (let time = 0; time < 2; time += 1) {
          assert.equal((await run(['init'])).code, 0);
          const listing = onDisk(folders.root);
          assert.equal(
            '.gitignore' in listing ? readFileSync(join(folders.root, '.gitignore'), 'utf8') : undefined,
            after,
          );
        }
      });

    it('names the command that untracks tracked logs', async () => {
      repository();
      folders.put('logs/api.log', 'text');
      execFileSync('git', ['add', '-f', '.'], { cwd: folders.root });
      assert.match(
        (await run(['init'])).stderr,
        /“logs\/api\.log” is tracked .* git rm -r --cached -- logs\n/,
      );
    });
  });

  describe('policy', () => {
    it('prints the whole effective policy', async () => {
      folders.policy({ rotation: { keepPlain: 3 } });
      const policy = await json<object>('policy');
      assert.deepEqual(policy, {
        ...defaultPolicy,
        workspaceId: 'test',
        rotation: { maxFileMB: 20, keepPlain: 3 },
      });
      assert.deepEqual(JSON.parse((await run(['policy'])).stdout), policy);
    });

    it('derives an id where the file has none', async () => {
      folders.put('.workspace-logs.json', '{"version": 1}');
      const { workspaceId } = await json<{ workspaceId: string }>('policy');
      assert.match(workspaceId, /^[0-9a-f]{12}$/);
    });

    const sets: [words: string[], expected: Record<string, unknown>][] = [
      [['--set', 'rotation.maxFileMB=50'], { 'rotation.maxFileMB': 50 }],
      [
        ['--set', 'rotation.maxFileMB=50', 'rotation.keepPlain=2'],
        { 'rotation.maxFileMB': 50, 'rotation.keepPlain': 2 },
      ],
      [
        ['--set', 'rotation.maxFileMB=50', '--set', 'retention.hold=true'],
        { 'rotation.maxFileMB': 50, 'retention.hold': true },
      ],
      [['--set', 'retention.maxAge={"days": 30}'], { 'retention.maxAge': { days: 30 } }],
      [['--set', 'recording.level=NONE'], { 'recording.level': 'NONE' }],
      [['--set', 'recording.exclude=["/a=b"]'], { 'recording.exclude': ['/a=b'] }],
      [['--set', 'sessions.dir=a=b'], { 'sessions.dir': 'a=b' }],
      [['--set', 'audit.maxAge=null'], { 'audit.maxAge': null }],
    ];
    for (const [words, expected] of sets)
      it(words.join(' '), async () => {
        folders.put('.workspace-logs.json', '{ // mine\n  "version": 1\n}\n');
        const policy = await json<Record<string, Record<string, unknown>>>('policy', ...words);
        for (const [key, value] of Object.entries(expected)) {
          const [section = '', name = ''] = key.split('.');
          assert.deepEqual(policy[section]?.[name], value);
        }
        const text = readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8');
        assert.ok(text.startsWith('{ // mine\n  "version": 1'), text);
        assert.deepEqual(await json('policy'), policy);
      });

    const refused: [words: string[], sentence: RegExp][] = [
      [['rotation.maxFileMB=-1'], /rotation\.maxFileMB: must be a whole number from 1 to 10,240/],
      [['rotation.maxFileMB="20"'], /rotation\.maxFileMB: must be a whole number/],
      [['rotation.maxFileMB=1e999'], /rotation\.maxFileMB: must be a whole number/],
      [['nothing.at=1'], /nothing: there is no such key/],
      [['__proto__=1'], /__proto__: there is no such key/],
      [['sessions.dir=../x'], /sessions\.dir: must be a relative path/],
      [['version=2'], /version: must be 1/],
      [['rotation.keepPlain=3', 'rotation.maxFileMB=0'], /rotation\.maxFileMB/],
    ];
    for (const [words, sentence] of refused)
      it(`--set ${words.join(' ')} is refused, and nothing changes`, async () => {
        folders.policy({});
        const before = onDisk(folders.root);
        const answer = await run(['policy', '--set', ...words]);
        says(answer, 1, sentence);
        // The file on disk is valid, so the message names no line of it.
        says(answer, 1, /Nothing was saved: (?!line)/);
        assert.deepEqual(onDisk(folders.root), before);
      });

    it('several at once are all kept', async () => {
      await run(['init']);
      const settings = [
        'rotation.maxFileMB=7',
        'rotation.keepPlain=3',
        'retention.maxFolderMB=99',
        'audit.fileMB=4',
      ];
      const answers = await Promise.all(settings.map(async (setting) => start(['policy', '--set', setting])));
      assert.deepEqual(
        answers.map(({ code, stderr }) => [code, stderr]),
        settings.map(() => [0, '']),
      );
      const { rotation, retention, audit } = await json<Record<string, Record<string, unknown>>>('policy');
      assert.deepEqual(
        [rotation, retention?.maxFolderMB, audit?.fileMB],
        [{ maxFileMB: 7, keepPlain: 3 }, 99, 4],
      );
    });

    it('without a policy there is nothing to print, set or accept', async () => {
      for (const words of [['policy'], ['policy', '--set', 'rotation.keepPlain=3'], ['policy', '--accept']])
        says(await run(words), 1, /has no policy/);
      assert.deepEqual(onDisk(folders.root), {});
    });

    it('--accept says so', async () => {
      folders.policy({ retention: { maxAge: { days: 1 } } });
      const { accepted } = await json<{ accepted: boolean }>('policy', '--accept');
      assert.equal(accepted, true);
      assert.match((await run(['policy', '--accept'])).stdout, /^Accepted: [^\n]+\n$/);
    });
  });

  describe('ls', () => {
    it('prints each file, as JSON', async () => {
      copyFileSync(join(samples, 'workspace/api.log'), folders.put('logs/api.log', ''));
      copyFileSync(
        join(samples, 'workspace/api.2026-01-01.log.zip'),
        folders.put('logs/api.2026-01-01.log.zip', ''),
      );
      folders.put('logs/api.3.log', entryLine('2026-02-14T18:22:33.120Z'));
      folders.put('logs/app.log.1.gz', 'x');
      folders.put('logs/.lock', '');
      const files = await json<Record<string, unknown>[]>('ls', '--times');
      const shown = files.map(({ name, family, kind, bytes, firstEntry, lastEntry }) => [
        name,
        family,
        kind,
        bytes,
        firstEntry,
        lastEntry,
      ]);
      assert.deepEqual(
        shown,
        [
          [
            'api.2026-01-01.log.zip',
            'api',
            'archive',
            readFileSync(join(folders.logs, 'api.2026-01-01.log.zip')).length,
            undefined,
            undefined,
          ],
          ['api.3.log', 'api', 'rotated', 148, '2026-02-14T18:22:33.120Z', '2026-02-14T18:22:33.120Z'],
          ['api.log', 'api', 'active', 1032, '2026-02-14T18:22:33.000Z', '2026-02-14T18:22:37.123Z'],
          ['app.log.1.gz', 'app', 'foreign', 1, undefined, undefined],
        ].map((row) =>
          row[0] === 'api.3.log'
            ? [...row.slice(0, 3), readFileSync(join(folders.logs, 'api.3.log')).length, ...row.slice(4)]
            : row,
        ),
      );
      for (const { modified } of files)
        assert.match(modified as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      for (const file of await json<object[]>('ls')) assert.equal('lastEntry' in file, false);
    });

    it('prints a line for each file, whatever its name', async () => {
      const names = ['two words.log', 'new\nline.log', '\u001b[31mred.log', '😀.log', '\u202egol.log'];
      for (const name of names) folders.put(`logs/${name}`, 'x');
      const { stdout } = await start(['ls']);
      assert.equal(stdout.split('\n').length, names.length + 1);
      assert.ok(
        stdout.includes('new\\u000aline.log') &&
          stdout.includes('\\u001b[31mred.log') &&
          stdout.includes('😀.log'),
      );
      assert.doesNotMatch(stdout, /[\u001b\u202e]/);
    });

    it('needs no policy, and changes nothing', async () => {
      folders.put('logs/api.log', 'x');
      const before = onDisk(folders.root);
      assert.equal((await run(['ls', '--times'])).code, 0);
      assert.deepEqual(onDisk(folders.root), before);
    });
  });

  describe('cat', () => {
    it('prints a plain log and a zipped one, byte for byte', async () => {
      const text = logOf(3_000_000, '2026-02-14T18:22:33Z').toString();
      const path = folders.put('logs/api.log', text);
      await zipArchives.write(path, join(folders.logs, 'api.2026-02-14.log.zip'), {
        name: 'x',
        comment: '',
        modified: 0,
        bytes: 0,
      });
      for (const name of ['api.log', 'logs/api.log', './logs/api.log', 'api.2026-02-14.log.zip']) {
        const answer = await start(['cat', name]);
        assert.deepEqual([answer.code, answer.stderr], [0, '']);
        assert.ok(answer.stdout === text, name);
      }
    });

    it('prints the member that is named', async () => {
      copyFileSync(join(samples, 'zips/yauzl/success/linux-info-zip.zip'), folders.put('logs/x.zip', ''));
      says(
        await start(['cat', 'x.zip']),
        1,
        /holds several files: name one of “a\.txt”, “b\.txt” with --member/,
      );
      says(await run(['cat', 'x.zip', '--member', 'c']), 1, /It holds “a\.txt”, “b\.txt”/);
      assert.equal((await run(['cat', 'x.zip', '--member', 'b.txt'])).code, 0);
    });

    const refused: [name: string, sentence: RegExp][] = [
      ['nothing.log', /There is no file/],
      ['../secret', /is not the name of a file in logs/],
      ['/etc/passwd', /is not the name of a file in logs/],
      ['.lock', /is not the name of a file in logs/],
      ['link.log', /is a link, not a regular file/],
      ['folder', /is a folder, not a regular file/],
      ['damaged.zip', /The archive “damaged\.zip” is damaged/],
      ['encrypted.zip', /uses the old encryption of zips \(ZipCrypto\), which is not supported/],
      ['xz.zip', /uses an unknown compression method, which is not supported/],
    ];
    for (const [name, sentence] of refused)
      it(`refuses ${name} with one sentence`, async () => {
        folders.put('secret', 'secret');
        folders.put('logs/.lock', '');
        folders.put('logs/folder/x', '');
        folders.put('logs/damaged.zip', 'PK\x03\x04, and no more');
        symlinkSync('../secret', join(folders.logs, 'link.log'));
        copyFileSync(
          join(samples, 'zips/yauzl/success/traditional-encryption.zip'),
          join(folders.logs, 'encrypted.zip'),
        );
        copyFileSync(join(samples, 'zips/libzip/testfile-xz.zip'), join(folders.logs, 'xz.zip'));
        says(await run(['cat', name]), 1, sentence);
      });

    it('ends in silence when its reader has seen enough', async () => {
      folders.put('logs/api.log', logOf(5_000_000, '2026-02-14T18:22:33Z'));
      const { code, stderr } = await start(['cat', 'api.log'], {
        onStart: (child) => {
          child.stdout?.destroy();
        },
      });
      assert.deepEqual([code, stderr], [0, '']);
    });
  });

  for (const words of [['cat', 'api.log'], ['policy'], ['ls', '--json'], ['doctor'], ['--help']])
    it(`“${words.join(' ')}” says so where its output does not fit on the disk`, function () {
      if (process.platform !== 'linux') this.skip();
      folders.policy({ version: 1 });
      folders.put('logs/api.log', logOf(5_000_000, '2026-02-14T18:22:33Z'));
      const program = [process.execPath, join(builtProgram(), 'cli.js')];
      const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$@" > /dev/full', ...program, ...words], {
        cwd: folders.root,
        encoding: 'utf8',
      });
      says({ code: status, stdout: '', stderr }, 3, /The disk is full, so “standard output” was not written/);
    });

  describe('what is in the way', () => {
    const before: [what: string, make: () => void, words: string[], code: number, sentence: RegExp][] = [
      [
        'logs/ is missing',
        () => {
          folders.policy({});
        },
        ['maintain'],
        1,
        /There is no folder/,
      ],
      ['logs/ is missing', () => undefined, ['ls'], 1, /There is no folder/],
      [
        'logs/ is a file',
        () => {
          folders.policy({});
          folders.put('logs', '');
        },
        ['maintain'],
        1,
        /is a file, not a folder/,
      ],
      [
        'logs/ is a file',
        () => {
          folders.put('logs', '');
        },
        ['ls'],
        1,
        /is a file, not a folder/,
      ],
      [
        'logs/ is a file',
        () => {
          folders.put('logs', '');
        },
        ['init'],
        1,
        /is a file, not a folder/,
      ],
      [
        'logs/ is a link',
        () => {
          folders.policy({});
          folders.put('real/api.log', '');
          symlinkSync('real', join(folders.root, 'logs'));
        },
        ['maintain'],
        1,
        /is a link, not a folder/,
      ],
      [
        'logs/ is a link',
        () => {
          folders.put('real/api.log', '');
          symlinkSync('real', join(folders.root, 'logs'));
        },
        ['ls'],
        1,
        /is a link, not a folder/,
      ],
      [
        'logs/ is a link',
        () => {
          folders.put('real/api.log', '');
          symlinkSync('real', join(folders.root, 'logs'));
        },
        ['cat', 'api.log'],
        1,
        /is a link, not a folder/,
      ],
      [
        'there is no policy',
        () => {
          folders.put('logs/api.9.log', 'x');
        },
        ['maintain'],
        1,
        /has no policy/,
      ],
      [
        'the policy is a folder',
        () => {
          mkdirSync(join(folders.root, '.workspace-logs.json'));
          folders.put('logs/api.log', '');
        },
        ['maintain'],
        1,
        /is a folder, not a file/,
      ],
      [
        'the policy is a link',
        () => {
          symlinkSync('nowhere', join(folders.root, '.workspace-logs.json'));
          folders.put('logs/api.log', '');
        },
        ['init'],
        1,
        /is a link, not a file/,
      ],
      [
        'the policy is 2 MB long',
        () => {
          folders.put('.workspace-logs.json', `{"version": 1} // ${'x'.repeat(2_097_152)}`);
          folders.put('logs/api.log', '');
        },
        ['maintain'],
        1,
        /is 2 MB long/,
      ],
      [
        'the state folder cannot be made',
        () => {
          folders.policy({});
          folders.put('logs/api.log', '');
          writeFileSync(join(folders.state, 'workspace-logs'), '');
        },
        ['maintain', '--dry-run'],
        3,
        /for what this machine remembers cannot be used/,
      ],
    ];
    for (const [what, make, words, code, sentence] of before)
      it(`${words.join(' ')}: ${what}; exits with ${String(code)}, says so, and changes nothing`, async () => {
        make();
        const listing = onDisk(folders.root);
        says(await run(words), code, sentence);
        assert.deepEqual(onDisk(folders.root), listing);
      });

    it('a lock that is garbage ends maintenance with 3', async () => {
      folders.policy({});
      folders.put('logs/.lock', 'garbage'.repeat(999));
      says(await run(['maintain']), 3, /The lock .* cannot be used/);
    });

    it('what may not be read or written is said in one sentence', async () => {
      // Permissions do not stop a superuser, so another user runs it.
      const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
      chmodSync(join(folders.root, '..'), 0o755);
      const state = join(folders.root, 'state');
      mkdirSync(state);
      chmodSync(state, 0o777);
      const circumstances = { ...uid, env: { XDG_STATE_HOME: state } };
      folders.policy({});
      folders.put('logs/api.log', logOf(1000, '2026-02-14T18:22:33Z'));
      chmodSync(folders.logs, 0o555);
      says(await start(['maintain'], circumstances), 3, /may not be changed by this user/);
      chmodSync(join(folders.logs, 'api.log'), 0o000);
      says(await start(['cat', 'api.log'], circumstances), 3, /may not be read by this user/);
      chmodSync(join(folders.root, 'logs'), 0o000);
      says(await start(['ls'], circumstances), 3, /may not be read by this user/);
      chmodSync(join(folders.root, '.workspace-logs.json'), 0o000);
      says(await start(['policy'], circumstances), 3, /may not be read by this user/);
      chmodSync(join(folders.root, 'logs'), 0o755);
    });
  });
});
