import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { size } from '../../chance.ts';
import { commandLine, type Answer, type Circumstances } from '../commandLine.ts';
import { entryLine, logOf } from '../entryLines.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk, sha256 } from '../onDisk.ts';
import { signalAfterFirst } from '../signalAfterFirst.ts';

const MB = 1_048_576;
const day = 86_400_000;
const now = '2026-07-01T12:00:00Z';
const ago = (days: number): string => new Date(Date.parse(now) - days * day).toISOString();

interface Report {
  readonly steps: { kind: string; name: string; to?: string; bytes: number; reason: string }[];
  readonly skipped: { name: string; reason: string }[];
  readonly before: { files: number; bytes: number };
  readonly after: { files: number; bytes: number };
}

describe('maintain', function () {
  this.timeout(180_000);
  this.slow(2000);
  const folders = freshFolders();

  /** Starts it: for streams, exit codes and signals, and beside others. */
  const start = async (words: readonly string[] = [], circumstances: Circumstances = {}): Promise<Answer> =>
    commandLine(['maintain', '--now', now, ...words], { cwd: folders.root, ...circumstances });
  const run = async (words: readonly string[] = []): Promise<Answer> =>
    commandLineHere(['maintain', '--now', now, ...words], { cwd: folders.root });
  const report = async (...words: string[]): Promise<Report> => {
    const { code, stdout, stderr } = await run([...words, '--json']);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Report;
  };
  const path = (name: string): string => join(folders.logs, name);
  const names = (): string[] =>
    readdirSync(folders.logs)
      .filter((name) => !/^(\.(lock|maintenance)|audit\.db.*)$/.test(name))
      .sort();
  const listing = (): object =>
    Object.fromEntries(
      Object.entries(onDisk(folders.root)).filter(([name]) => !/^logs\/\.(lock|maintenance)$/.test(name)),
    );

  it('api.log and 11 rotated files become 5 plain ones and 7 archives', async () => {
    folders.policy({});
    const bytes = size(1, 20) * MB;
    const texts = new Map<string, string>();
    for (let number = 1; number <= 12; number += 1) {
      const name = number === 12 ? 'api.log' : `api.${String(number)}.log`;
      const text = logOf(bytes, ago(number === 12 ? 0 : 12 - number), String(number));
      folders.put(`logs/${name}`, text);
      texts.set(name, sha256(text));
    }
    const zipped = Array.from({ length: 7 }, (_, index) => ({
      kind: 'zip',
      name: `api.${String(index + 1)}.log`,
      to: `api.${ago(11 - index).slice(0, 10)}.log.zip`,
      bytes,
      reason: 'plain',
    }));

    const before = onDisk(folders.root);
    const plan = await report('--dry-run');
    assert.deepEqual(plan.steps, zipped);
    assert.deepEqual([plan.skipped, plan.before], [[], { files: 12, bytes: 12 * bytes }]);
    assert.equal(plan.after.files, 12);
    assert.deepEqual(onDisk(folders.root), before);
    assert.deepEqual(onDisk(folders.state), {});

    const done = await report();
    assert.partialDeepStrictEqual(done.steps, zipped);
    assert.equal(done.steps.length, zipped.length);
    assert.ok(done.steps.every((step) => 'archive' in step));
    const plain = ['api.10.log', 'api.11.log', 'api.8.log', 'api.9.log', 'api.log'];
    assert.deepEqual(names(), [...zipped.map(({ to }) => to), ...plain].sort());
    for (const name of plain) assert.equal(sha256(readFileSync(path(name))), texts.get(name));
    for (const { name, to } of zipped) {
      execFileSync('unzip', ['-tq', path(to)]);
      execFileSync('7zz', ['t', path(to)]);
      assert.equal(
        sha256(execFileSync('unzip', ['-p', path(to)], { maxBuffer: bytes + MB })),
        texts.get(name),
      );
    }
    const sizes = names().reduce((sum, name) => sum + statSync(path(name)).size, 0);
    assert.deepEqual(done.after, { files: 12, bytes: sizes });
    assert.ok(Math.abs(plan.after.bytes - sizes) < 0.2 * (12 * bytes - sizes), 'the estimate is near');

    const after = listing();
    assert.deepEqual(await report(), { steps: [], skipped: [], before: done.after, after: done.after });
    assert.deepEqual(listing(), after);

    folders.policy({ rotation: { keepPlain: 1 } });
    assert.equal((await report()).steps.length, 4);
    assert.deepEqual(
      names().filter((name) => !name.endsWith('.zip')),
      ['api.log'],
    );
    assert.equal(sha256(readFileSync(path('api.log'))), texts.get('api.log'));
  });

  it('says what it does, a line each, and what it came to', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    folders.put('logs/api.1.log', entryLine(ago(2)));
    const dry = await start(['--dry-run']);
    assert.match(
      dry.stdout,
      /^zip api\.1\.log → api\.2026-06-29\.log\.zip \(\d+ bytes, older than the files kept plain\)\n1 file zipped, .* \(dry run: nothing was changed\)\n$/,
    );
    const done = await start();
    assert.match(done.stdout, /^zip api\.1\.log → .*\n1 file zipped, \d+ bytes → \d+ bytes\n$/);
    assert.deepEqual([done.code, done.stderr], [0, '']);
    assert.match((await run()).stdout, /^Nothing to do: \d+ bytes in 2 files\n$/);
  });

  it('rotates, expires, caps and sweeps, each with its reason', async () => {
    folders.policy({ rotation: { maxFileMB: 1 }, retention: { maxAge: { days: 100 }, maxFolderMB: 3 } });
    folders.put('logs/api.log', logOf(MB + 1, ago(0)));
    folders.put('logs/api.1.log', logOf(1000, ago(101)));
    for (const days of [50, 40])
      folders.put(`logs/api.${ago(days).slice(0, 10)}.log.zip`, Buffer.alloc(1.5 * MB));
    folders.put('logs/api.2026-01-01.log.zip.tmp-0123456789abcdef', 'left');
    folders.put('logs/app.log', Buffer.alloc(5 * MB));
    const { steps } = await report('--accept');
    assert.deepEqual(steps, [
      { kind: 'sweep', name: 'api.2026-01-01.log.zip.tmp-0123456789abcdef', bytes: 4, reason: 'leftover' },
      { kind: 'rotate', name: 'api.log', to: 'api.2.log', bytes: MB + 1, reason: 'size' },
      { kind: 'delete', name: 'api.1.log', bytes: 1000, reason: 'age' },
      { kind: 'delete', name: 'api.2026-05-12.log.zip', bytes: 1.5 * MB, reason: 'cap' },
    ]);
    assert.deepEqual(names(), ['api.2.log', 'api.2026-05-22.log.zip', 'app.log']);
  });

  it('a policy pulled in with one day deletes nothing until it is accepted', async () => {
    folders.policy({});
    folders.put('logs/api.log', entryLine(ago(0)));
    folders.put('logs/api.1.log', entryLine(ago(9)));
    folders.put('logs/api.2026-06-01.log.zip', 'old');
    assert.equal((await run()).code, 0);
    folders.policy({ retention: { maxAge: { days: 1 } } });
    const before = listing();
    for (const words of [[], ['--dry-run'], ['--json']]) {
      const { code, stderr } = await run(words);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /api\.2026-06-01\.log\.zip: kept: the policy deletes more than was accepted on this machine\n/,
      );
      assert.match(
        stderr,
        /became more destructive \(retention\.maxAge\) and was not accepted on this machine/,
      );
      assert.deepEqual(listing(), before);
    }
    assert.deepEqual(
      (await report('--dry-run', '--accept')).steps.map(({ name }) => name),
      ['api.2026-06-01.log.zip', 'api.1.log'],
    );
    assert.deepEqual(listing(), before);
    assert.equal((await start()).code, 1, 'a dry run accepts nothing');
    assert.equal((await commandLineHere(['policy', '--accept'], { cwd: folders.root })).code, 0);
    assert.deepEqual(
      (await report()).steps.map(({ name }) => name),
      ['api.2026-06-01.log.zip', 'api.1.log'],
    );
    assert.deepEqual(names(), ['api.log']);
  });

  it('a policy pulled in under another id deletes no more than the old one', async () => {
    folders.policy({ retention: { hold: true } });
    folders.put('logs/api.2020-01-01.log.zip', 'old');
    await run(['--accept']);
    folders.policy({ workspaceId: 'another' });
    assert.equal((await run()).code, 1);
    assert.deepEqual(names(), ['api.2020-01-01.log.zip']);
  });

  it('what a person sets on this machine is accepted with it', async () => {
    folders.policy({});
    folders.put('logs/api.2026-06-01.log.zip', 'old');
    const set = await commandLineHere(['policy', '--set', 'retention.maxAge={"days":1}'], {
      cwd: folders.root,
    });
    assert.equal(set.code, 0);
    assert.equal((await report()).steps.length, 1);
  });

  const damages: [what: string, text: string, says: RegExp][] = [
    [
      'a negative size',
      '{"version": 1,\n"rotation": {"maxFileMB": -1}}',
      /line 2, rotation\.maxFileMB: must be a whole number from 1 to 10,240/,
    ],
    [
      '1e999',
      '{"version": 1, "rotation": {"maxFileMB": 1e999}}',
      /rotation\.maxFileMB: must be a whole number/,
    ],
    ['an unknown key', '{"version": 1, "retain": {}}', /retain: there is no such key/],
    [
      'a path out of the workspace',
      '{"version": 1, "sessions": {"dir": "../.."}}',
      /sessions\.dir: must be a relative path/,
    ],
    ['version 2', '{"version": 2}', /made by a newer version \(policy version 2\)/],
    ['no JSON', '{"version": 1', /this is not valid JSON/],
  ];
  for (const [what, text, says] of damages)
    it(`under a policy with ${what} nothing on disk changes, and it says where`, async () => {
      folders.put('.workspace-logs.json', text);
      folders.put('logs/api.log', logOf(MB, ago(900)));
      folders.put('logs/api.2020-01-01.log.zip', 'old');
      const before = onDisk(folders.root);
      const { code, stdout, stderr } = await run(['--accept']);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, says);
      assert.deepEqual(onDisk(folders.root), before);
      assert.deepEqual(onDisk(folders.state), {});
    });

  it('two at once do the work once, and both succeed', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    for (let number = 1; number <= 8; number += 1)
      folders.put(`logs/api.${String(number)}.log`, logOf(MB, ago(number), String(number)));
    const answers = await Promise.all([start(['--json']), start(['--json']), start(['--json'])]);
    assert.deepEqual(
      answers.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
        [0, ''],
      ],
    );
    const counts = answers.map(({ stdout }) => (JSON.parse(stdout) as Report).steps.length);
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      8,
    );
    assert.equal(names().length, 9);
  });

  it('deletes the archives that cannot be opened like any other, and zips beside them', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    folders.put('logs/api.1.log', entryLine(ago(2)));
    folders.put('logs/api.2026-06-29.log.zip', 'corrupt');
    const fixture = join(import.meta.dirname, '../../fixtures/zips/libzip/incons-data.zip');
    copyFileSync(fixture, path('api.2020-01-01.log.zip'));
    const { steps } = await report();
    assert.deepEqual(
      steps.map(({ kind, name, to }) => [kind, name, to]),
      [
        ['delete', 'api.2020-01-01.log.zip', undefined],
        ['zip', 'api.1.log', 'api.2026-06-29.2.log.zip'],
      ],
    );
    assert.equal(readFileSync(path('api.2026-06-29.log.zip'), 'utf8'), 'corrupt');
  });

  it('ends after the step under way on Ctrl+C, with nothing half done', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    const text = logOf(20 * MB, ago(1));
    for (let number = 1; number <= 6; number += 1) {
      folders.put(`logs/api.${String(number)}.log`, text);
      appendFileSync(path(`api.${String(number)}.log`), entryLine(ago(number)));
    }
    const interrupted = await start([], {
      node: signalAfterFirst('linkSync', { folder: folders.state, end: '.zip', signal: 'SIGINT' }),
    });
    assert.equal(interrupted.code, 1);
    assert.match(interrupted.stderr, /Cancelled/);
    assert.equal(names().length, 7);
    assert.ok(
      names().every((name) => /^api\.(?:\d+\.)?log$|^api\.\d{4}-\d\d-\d\d\.log\.zip$/.test(name)),
      names().join(),
    );
    const left = names().filter((name) => /^api\.\d+\.log$/.test(name)).length;
    assert.ok(left > 0 && left < 6);
    assert.equal((await report()).steps.length, left);
  });

  it('adds the ignore rule once a repository is there', async () => {
    folders.policy({});
    folders.put('logs/api.log', '');
    await run();
    assert.equal('.gitignore' in onDisk(folders.root), false);
    execFileSync('git', ['init', '-q', '--template='], { cwd: folders.root });
    const { stderr } = await run();
    assert.match(stderr, /“logs\/” was added to \.gitignore/);
    assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'logs/\n');
    assert.equal((await run()).stderr, '');
  });

  it('does not rotate what another program holds open, and says so', async () => {
    folders.policy({ rotation: { maxFileMB: 1 } });
    folders.put('logs/api.log', logOf(MB + 1, ago(0)));
    const holder = spawn('sh', ['-c', 'exec 8>>api.log; echo open; exec sleep 600'], {
      cwd: folders.logs,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await once(holder.stdout, 'data');
      const { code, stderr } = await run();
      assert.equal(code, 0);
      assert.match(
        stderr,
        /^workspace-logs: api\.log: left alone: another program has it open for writing\n$/,
      );
    } finally {
      holder.kill('SIGKILL');
    }
    assert.deepEqual(names(), ['api.log']);
  });
});
