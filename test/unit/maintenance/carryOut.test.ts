import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import type { Archives } from '../../../src/files/archivePort.ts';
import type { Outcome } from '../../../src/maintenance/carryOut.ts';
import { carryOutLogs, type LogsContext } from '../../../src/maintenance/logSteps.ts';
import { timesReader } from '../../../src/files/entryTimes.ts';
import { APPEND_LOCK, openFolderLock, type FolderLock } from '../../../src/files/folderLock.ts';
import { listFiles } from '../../../src/files/list.ts';
import { plan } from '../../../src/maintenance/plan.ts';
import type { DatedLogFile } from '../../../src/files/logFile.ts';
import type { Plan, Step } from '../../../src/workspace/maintenance.ts';
import { policySchema } from '../../../src/policy/policy.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { nextWait } from '../nextWait.ts';
import { onDisk } from '../onDisk.ts';

const now = Date.parse('2026-07-01T12:00:00Z');
const day = 86_400_000;

function linesAt(days: number, seed = '', count = 20): string {
  const lines = Array.from({ length: count }, (_, index) =>
    entryLine(new Date(now - days * day - (count - 1 - index) * 1000).toISOString(), {
      path: `/${seed}/${String(index)}`,
    }),
  );
  return lines.join('');
}

describe('carryOut', () => {
  const folders = freshFolders();
  let lock: FolderLock;
  beforeEach(async () => {
    lock = await openFolderLock(folders.logs, APPEND_LOCK);
  });
  afterEach(() => {
    lock.close();
  });

  const path = (name: string): string => join(folders.logs, name);
  const put = (name: string, text: string | Buffer): string => folders.put(join('logs', name), text);
  const names = (): string[] =>
    readdirSync(folders.logs)
      .filter((name) => name !== APPEND_LOCK)
      .sort();
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  const unzipped = (name: string): string =>
    execFileSync('unzip', ['-p', path(name)], { encoding: 'utf8', maxBuffer: 1 << 28 });

  async function look(): Promise<{ files: DatedLogFile[]; notFiles: readonly string[] }> {
    const { files, notFiles } = listFiles(folders.logs);
    return { files: await timesReader(zipArchives).date(folders.logs, files, now), notFiles };
  }

  async function planned(changes: object = {}): Promise<{ files: DatedLogFile[]; result: Plan }> {
    const policy = policySchema.parse({ version: 1, ...changes });
    const { files, notFiles } = await look();
    const result = plan({ files, notFiles, policy, now, zipRatio: 0.1, heldOpen: new Set() });
    return { files, result };
  }

  async function carry(
    steps: readonly Step[],
    files: readonly DatedLogFile[],
    extra: Partial<LogsContext> = {},
  ): Promise<Outcome> {
    const prune = (): Promise<boolean> => Promise.resolve(false);
    const context = { folder: folders.logs, files, now, lock, archives: zipArchives, prune };
    return carryOutLogs(steps, { ...context, ...extra });
  }

  /** Plans and does it. */
  async function run(changes: object = {}, extra: Partial<LogsContext> = {}): Promise<Outcome> {
    const { files, result } = await planned(changes);
    return carry(result.steps, files, extra);
  }

  const zipAll = { rotation: { keepPlain: 1 } };
  const told = ({ done, skipped, failed, cancelled }: Outcome): object => ({
    done: done.map(({ kind, name, to }) => `${kind} ${name}${to === undefined ? '' : ` > ${to}`}`),
    skipped: skipped.map(({ name, reason }) => `${name}: ${reason}`),
    failed: failed.map(({ name, failure }) => `${name}: ${failure.code}`),
    cancelled,
  });
  const nothing = { done: [], skipped: [], failed: [], cancelled: false };

  describe('rotate', () => {
    it('renames the very file', async () => {
      put('api.log', Buffer.alloc(1_048_577, 'x'));
      const { ino } = statSync(path('api.log'));
      assert.deepEqual(told(await run({ rotation: { maxFileMB: 1 } })), {
        ...nothing,
        done: ['rotate api.log > api.1.log'],
      });
      assert.equal(statSync(path('api.1.log')).ino, ino);
      assert.deepEqual(names(), ['api.1.log']);
    });

    const meanwhile: [what: string, change: () => void, done: boolean][] = [
      [
        'grew',
        () => {
          appendFileSync(path('api.log'), 'more');
        },
        true,
      ],
      [
        'was cut',
        () => {
          writeFileSync(path('api.log'), 'x');
        },
        false,
      ],
      [
        'went away',
        () => {
          unlinkSync(path('api.log'));
        },
        false,
      ],
      [
        'became another file',
        () => {
          renameSync(path('api.log'), path('kept'));
          put('api.log', Buffer.alloc(2_000_000));
        },
        false,
      ],
      [
        'became a link',
        () => {
          renameSync(path('api.log'), path('kept'));
          symlinkSync('kept', path('api.log'));
        },
        false,
      ],
      [
        'became a folder',
        () => {
          unlinkSync(path('api.log'));
          mkdirSync(path('api.log'));
        },
        false,
      ],
      [
        'cannot have its new name, a file has it',
        () => {
          put('api.1.log', 'taken');
        },
        false,
      ],
      [
        'cannot have its new name, a broken link has it',
        () => {
          symlinkSync('nowhere', path('api.1.log'));
        },
        false,
      ],
    ];
    for (const [what, change, done] of meanwhile)
      it(`of a file that meanwhile ${what} is ${done ? 'done' : 'not done, and changes nothing'}`, async () => {
        put('api.log', Buffer.alloc(1_048_577, 'x'));
        const { files, result } = await planned({ rotation: { maxFileMB: 1 } });
        change();
        const before = onDisk(folders.logs);
        const outcome = await carry(result.steps, files);
        assert.deepEqual(told(outcome), {
          ...nothing,
          ...(done ? { done: ['rotate api.log > api.1.log'] } : { skipped: ['api.log: changed'] }),
        });
        if (!done) assert.deepEqual(onDisk(folders.logs), before);
      });

    it('waits for those who append', async () => {
      put('api.log', Buffer.alloc(1_048_577, 'x'));
      const other = await openFolderLock(folders.logs, APPEND_LOCK);
      const held = await other.share();
      const waits = nextWait();
      const running = run({ rotation: { maxFileMB: 1 } });
      await Promise.race([waits, running]);
      assert.deepEqual(names(), ['api.log']);
      held.release();
      other.close();
      await running;
      assert.deepEqual(names(), ['api.1.log']);
    });
  });

  describe('zip', () => {
    it('makes an archive that unzip and 7-Zip accept, and only then removes the log', async () => {
      const text = linesAt(3, 'first', 5000);
      put('api.log', linesAt(0));
      put('api.1.log', text);
      chmodSync(path('api.1.log'), 0o640);
      const modified = new Date('2026-06-28T12:00:02Z');
      utimesSync(path('api.1.log'), modified, modified);
      const name = 'api.2026-06-28.log.zip';
      assert.deepEqual(told(await run(zipAll)), { ...nothing, done: [`zip api.1.log > ${name}`] });
      assert.deepEqual(names(), [name, 'api.log']);
      execFileSync('unzip', ['-tq', path(name)]);
      execFileSync('7zz', ['t', path(name)]);
      assert.equal(unzipped(name), text);
      assert.equal(statSync(path(name)).mode & 0o7777, 0o640);
      const listing = execFileSync('7zz', ['l', '-slt', path(name)], {
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC' },
      });
      assert.match(listing, /^Path = api\.2026-06-28\.log$/m);
      assert.match(listing, /^Modified = 2026-06-28 12:00:02/m);
      const comment = JSON.parse(/^Comment = (.*)$/m.exec(listing)![1]!) as object;
      const last = new Date(now - 3 * day);
      const first = new Date(now - 3 * day - 4999 * 1000);
      assert.deepEqual(comment, { first: first.toISOString(), last: last.toISOString(), lines: 5000 });
      const [archive] = (await look()).files.filter(({ parts }) => parts.kind === 'archive');
      assert.deepEqual([archive?.first, archive?.last], [first.getTime(), last.getTime()]);
    });

    const logs: [what: string, content: string | Buffer, lines: number][] = [
      ['without entries', '', 0],
      ['without times', 'one\ntwo\n', 2],
      ['with a torn last line', `${linesAt(1)}{"timest`, 21],
      ['of invalid UTF-8', Buffer.from([0xff, 0x0a, 0xc3, 0x28, 0x00, 0x0a, 0xfe]), 3],
      ['of line ends', '\n\n\n', 3],
    ];
    for (const [what, content, lines] of logs)
      it(`keeps a log ${what} byte for byte`, async () => {
        put('api.log', '');
        put('api.1.log', content);
        const { done } = await run(zipAll);
        const name = done[0]!.to!;
        assert.deepEqual(execFileSync('unzip', ['-p', path(name)]), Buffer.from(content));
        const comment = (await zipArchives.inspect(path(name)))!.comment;
        assert.equal((JSON.parse(comment) as { lines: number }).lines, lines);
      });

    it('zips a log with a line of 100 MB', async function () {
      this.timeout(60_000);
      put('api.log', '');
      put(
        'api.1.log',
        Buffer.concat([
          Buffer.from(linesAt(2)),
          Buffer.alloc(100_000_000, 'x'),
          Buffer.from(`\n${linesAt(1)}`),
        ]),
      );
      const { done, failed } = await run(zipAll);
      assert.deepEqual([failed, done[0]?.to], [[], 'api.2026-06-30.log.zip']);
      execFileSync('unzip', ['-tq', path('api.2026-06-30.log.zip')]);
    });

    it('makes one archive for each log of a day', async () => {
      put('api.log', '');
      for (const number of [1, 2, 3]) put(`api.${String(number)}.log`, linesAt(2, String(number)));
      assert.deepEqual((await run(zipAll)).failed, []);
      assert.deepEqual(names(), [
        'api.2026-06-29.2.log.zip',
        'api.2026-06-29.3.log.zip',
        'api.2026-06-29.log.zip',
        'api.log',
      ]);
      const suffixes = ['', '.2', '.3'];
      for (const [index, suffix] of suffixes.entries())
        assert.equal(unzipped(`api.2026-06-29${suffix}.log.zip`), linesAt(2, String(index + 1)));
    });

    const killed: [what: string, leave: (archive: string) => void][] = [
      ['after it linked the archive', () => undefined],
      [
        'before it removed its temporary',
        (archive) => {
          linkSync(archive, `${archive}.tmp-0123456789abcdef`);
        },
      ],
    ];
    for (const [what, leave] of killed)
      it(`of a log that a run killed ${what} only removes the log`, async () => {
        put('api.log', '');
        put('api.1.log', linesAt(2));
        const copy = readFileSync(path('api.1.log'));
        await run(zipAll);
        const archive = path('api.2026-06-29.log.zip');
        leave(archive);
        const before = readFileSync(archive);
        put('api.1.log', copy);
        const outcome = await run(zipAll);
        assert.ok(
          outcome.done.some(
            ({ kind, name, to }) => kind === 'zip' && name === 'api.1.log' && to === 'api.2026-06-29.log.zip',
          ),
        );
        assert.deepEqual(names(), ['api.2026-06-29.log.zip', 'api.log']);
        assert.deepEqual(readFileSync(archive), before);
      });

    it('finds the twin under any name of the family, and not in another family', async () => {
      put('api.log', '');
      put('audit.log', '');
      put('api.1.log', linesAt(2));
      await run(zipAll);
      renameSync(path('api.2026-06-29.log.zip'), path('api.2020-01-01.7.log.zip'));
      put('api.9.log', linesAt(2));
      put('audit.1.log', linesAt(2));
      await run({ ...zipAll, retention: { maxAge: { months: 120 } } });
      assert.deepEqual(names(), [
        'api.2020-01-01.7.log.zip',
        'api.log',
        'audit.2026-06-29.log.zip',
        'audit.log',
      ]);
    });

    it('of one byte more is no twin', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(2));
      await run(zipAll);
      put('api.1.log', linesAt(2).replace('/0"', '/X"'));
      await run(zipAll);
      assert.deepEqual(names(), ['api.2026-06-29.2.log.zip', 'api.2026-06-29.log.zip', 'api.log']);
    });

    const sameSize = Buffer.from(linesAt(2));
    const noTwins: [what: string, make: (archive: string) => void][] = [
      [
        'corrupt',
        (archive) => {
          const bytes = readFileSync(archive);
          bytes[100]! ^= 0xff;
          writeFileSync(archive, bytes);
        },
      ],
      [
        'truncated',
        (archive) => {
          writeFileSync(archive, readFileSync(archive).subarray(0, 200));
        },
      ],
      [
        'empty',
        (archive) => {
          writeFileSync(archive, '');
        },
      ],
      [
        'encrypted',
        (archive) => {
          rmSync(archive);
          writeFileSync(path('plain'), sameSize);
          execFileSync('7zz', ['a', '-bso0', '-tzip', '-psecret', '-mem=AES256', archive, path('plain')]);
          rmSync(path('plain'));
        },
      ],
      [
        'compressed by a method that we do not read',
        (archive) => {
          rmSync(archive);
          writeFileSync(path('plain'), sameSize);
          execFileSync('7zz', ['a', '-bso0', '-tzip', '-mm=PPMd', archive, path('plain')]);
          rmSync(path('plain'));
        },
      ],
    ];
    for (const [what, make] of noTwins)
      it(`an archive that is ${what} is no twin, stays as it is and keeps nothing from being zipped`, async () => {
        put('api.log', '');
        put('api.1.log', sameSize);
        await run(zipAll);
        const archive = path('api.2026-06-29.log.zip');
        make(archive);
        const before = readFileSync(archive);
        put('api.1.log', sameSize);
        assert.deepEqual(told(await run(zipAll)), {
          ...nothing,
          done: ['zip api.1.log > api.2026-06-29.2.log.zip'],
        });
        assert.equal(unzipped('api.2026-06-29.2.log.zip'), sameSize.toString());
        assert.deepEqual(readFileSync(archive), before);
      });

    it('takes the next name when its own was taken meanwhile, and never overwrites', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(2));
      const { files, result } = await planned(zipAll);
      put('api.2026-06-29.log.zip', 'taken');
      symlinkSync('nowhere', path('api.2026-06-29.2.log.zip'));
      const outcome = await carry(result.steps, files);
      assert.deepEqual(told(outcome), { ...nothing, done: ['zip api.1.log > api.2026-06-29.3.log.zip'] });
      assert.equal(read('api.2026-06-29.log.zip'), 'taken');
      assert.equal(unzipped('api.2026-06-29.3.log.zip'), linesAt(2));
      assert.equal(lstatSync(path('api.2026-06-29.2.log.zip')).isSymbolicLink(), true);
    });

    /** The archives, with something that happens right after the first was written. */
    const afterWriting = (happens: (written: number) => void): Archives => {
      let written = 0;
      return {
        ...zipArchives,
        async write(source, target, options) {
          const content = await zipArchives.write(source, target, options);
          written += 1;
          happens(written);
          return content;
        },
      };
    };

    it('starts again when the log grew meanwhile, and keeps what was added', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(2));
      const archives = afterWriting((written) => {
        if (written === 1) appendFileSync(path('api.1.log'), 'late\n');
      });
      assert.deepEqual((await run(zipAll, { archives })).failed, []);
      assert.deepEqual(names(), ['api.2026-06-29.log.zip', 'api.log']);
      assert.equal(unzipped('api.2026-06-29.log.zip'), `${linesAt(2)}late\n`);
    });

    it('starts again when bytes of the same number were changed in place', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(2));
      // The clock of a file system may stand still for some milliseconds: only its time tells this change.
      utimesSync(path('api.1.log'), 5, 5);
      const changed = linesAt(2).replace('/0"', '/X"');
      const archives = afterWriting((written) => {
        if (written === 1) writeFileSync(path('api.1.log'), changed);
      });
      await run(zipAll, { archives });
      assert.equal(unzipped('api.2026-06-29.log.zip'), changed);
    });

    it('gives up on a log that never stands still, and leaves it and nothing else', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(2));
      const archives = afterWriting(() => {
        appendFileSync(path('api.1.log'), 'late\n');
      });
      assert.deepEqual(told(await run(zipAll, { archives })), {
        ...nothing,
        skipped: ['api.1.log: failed'],
        failed: ['api.1.log: source-changing'],
      });
      assert.deepEqual(names(), ['api.1.log', 'api.log']);
    });

    const gone: [what: string, change: () => void, left: string[]][] = [
      [
        'removed',
        () => {
          unlinkSync(path('api.1.log'));
        },
        ['api.log'],
      ],
      [
        'replaced by a link',
        () => {
          renameSync(path('api.1.log'), path('kept'));
          symlinkSync('kept', path('api.1.log'));
        },
        ['api.1.log', 'api.log', 'kept'],
      ],
      [
        'replaced by a folder',
        () => {
          unlinkSync(path('api.1.log'));
          mkdirSync(path('api.1.log'));
        },
        ['api.1.log', 'api.log'],
      ],
    ];
    for (const [what, change, left] of gone) {
      it(`of a log that was ${what} before its step is passed over`, async () => {
        put('api.log', '');
        put('api.1.log', linesAt(2));
        const { files, result } = await planned(zipAll);
        change();
        assert.deepEqual(told(await carry(result.steps, files)), {
          ...nothing,
          skipped: ['api.1.log: changed'],
        });
        assert.deepEqual(names(), left);
      });
      it(`of a log that was ${what} while it was zipped leaves no archive`, async () => {
        put('api.log', '');
        put('api.1.log', linesAt(2));
        const { skipped } = await run(zipAll, { archives: afterWriting(change) });
        assert.deepEqual(skipped, [{ name: 'api.1.log', reason: 'failed' }]);
        assert.deepEqual(names(), left);
      });
    }

    it('an archive that does not read back is not used, and the log stays', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(2));
      const archives: Archives = {
        ...zipArchives,
        async write(source, target, options) {
          const content = await zipArchives.write(source, target, options);
          const bytes = readFileSync(target);
          bytes[120]! ^= 0xff;
          writeFileSync(target, bytes);
          return content;
        },
      };
      const outcome = await run(zipAll, { archives });
      assert.deepEqual(told(outcome), {
        ...nothing,
        skipped: ['api.1.log: failed'],
        failed: ['api.1.log: archive-damaged'],
      });
      assert.deepEqual(names(), ['api.1.log', 'api.log']);
    });

    it('one that fails does not keep the others from being done', async () => {
      put('api.log', '');
      put('api.1.log', linesAt(3));
      put('api.2.log', linesAt(2));
      const archives: Archives = {
        ...zipArchives,
        async write(source, target, options) {
          if (source.endsWith('api.1.log'))
            throw Object.assign(new Error('no'), { code: 'EIO', syscall: 'read' });
          return zipArchives.write(source, target, options);
        },
      };
      const outcome = await run(zipAll, { archives });
      assert.deepEqual(told(outcome), {
        ...nothing,
        done: ['zip api.2.log > api.2026-06-29.log.zip'],
        skipped: ['api.1.log: failed'],
        failed: ['api.1.log: machine-error'],
      });
      assert.equal(read('api.1.log'), linesAt(3));
    });
  });

  describe('delete', () => {
    const expire = { retention: { maxAge: { days: 10 } } };
    it('removes what the plan saw', async () => {
      put('api.1.log', linesAt(20));
      put('api.2.log', linesAt(5));
      assert.deepEqual(told(await run(expire)), { ...nothing, done: ['delete api.1.log'] });
      assert.deepEqual(names(), ['api.2.log']);
    });

    it('waits for those who append', async () => {
      put('api.1.log', linesAt(20));
      const other = await openFolderLock(folders.logs, APPEND_LOCK);
      const held = await other.share();
      const waits = nextWait();
      const running = run(expire);
      await Promise.race([waits, running]);
      assert.deepEqual(names(), ['api.1.log']);
      held.release();
      other.close();
      await running;
      assert.deepEqual(names(), []);
    });

    const changes: [what: string, change: () => void][] = [
      [
        'grew',
        () => {
          appendFileSync(path('api.1.log'), linesAt(0));
        },
      ],
      [
        'was written again',
        () => {
          writeFileSync(path('api.1.log'), linesAt(20));
          utimesSync(path('api.1.log'), 5, 5);
        },
      ],
      [
        'was replaced',
        () => {
          put('new', linesAt(20));
          renameSync(path('new'), path('api.1.log'));
        },
      ],
      [
        'became a link',
        () => {
          renameSync(path('api.1.log'), path('kept'));
          symlinkSync('kept', path('api.1.log'));
        },
      ],
      [
        'became a folder',
        () => {
          unlinkSync(path('api.1.log'));
          mkdirSync(path('api.1.log'));
        },
      ],
      [
        'went away',
        () => {
          unlinkSync(path('api.1.log'));
        },
      ],
    ];
    for (const [what, change] of changes)
      it(`leaves a file that ${what} meanwhile`, async () => {
        put('api.1.log', linesAt(20));
        const { files, result } = await planned(expire);
        change();
        const before = onDisk(folders.logs);
        assert.deepEqual(told(await carry(result.steps, files)), {
          ...nothing,
          skipped: ['api.1.log: changed'],
        });
        assert.deepEqual(onDisk(folders.logs), before);
      });
  });

  it('sweeps what a crash left, and nothing like it', async () => {
    const token = '0123456789abcdef';
    put(`api.2026-01-01.log.zip.tmp-${token}`, 'half');
    const others = [
      `app.2026-01-01.log.zip.tmp-${token}`,
      'api.2026-01-01.log.zip.tmp-x',
      `api.log.tmp-${token}`,
    ];
    for (const name of others) put(name, 'not ours');
    mkdirSync(path(`api.2026-01-02.log.zip.tmp-${token}`));
    await run();
    assert.deepEqual(names(), [...others, `api.2026-01-02.log.zip.tmp-${token}`].sort());
  });

  it('tells progress and steps as they come', async () => {
    put('api.log', '');
    put('api.1.log', linesAt(3));
    put('api.2.log', linesAt(2));
    const events: string[] = [];
    await run(zipAll, {
      onProgress: ({ done, total, name }) => events.push(`${String(done)}/${String(total)} ${name}`),
      onStep: ({ name, to }) => events.push(`${name} > ${String(to)}`),
    });
    assert.deepEqual(events, [
      '0/2 api.1.log',
      'api.1.log > api.2026-06-28.log.zip',
      '1/2 api.2.log',
      'api.2.log > api.2026-06-29.log.zip',
    ]);
  });

  it('stops between steps when it is told to', async () => {
    put('api.log', '');
    put('api.1.log', linesAt(3));
    put('api.2.log', linesAt(2));
    const controller = new AbortController();
    const outcome = await run(zipAll, {
      signal: controller.signal,
      onStep: () => {
        controller.abort();
      },
    });
    assert.deepEqual(told(outcome), {
      ...nothing,
      done: ['zip api.1.log > api.2026-06-28.log.zip'],
      cancelled: true,
    });
    assert.equal(read('api.2.log'), linesAt(2));
  });

  it('stops before a step that could not be stopped itself', async () => {
    for (const number of [1, 2, 3]) put(`api.${String(number)}.log`, linesAt(20 + number));
    const controller = new AbortController();
    const outcome = await run(
      { retention: { maxAge: { days: 10 } } },
      {
        signal: controller.signal,
        onStep: () => {
          controller.abort();
        },
      },
    );
    assert.deepEqual(told(outcome), { ...nothing, done: ['delete api.3.log'], cancelled: true });
    assert.deepEqual(names(), ['api.1.log', 'api.2.log']);
  });

  it('begins no archive once it was told to stop', async () => {
    put('api.log', '');
    put('api.1.log', linesAt(3));
    const controller = new AbortController();
    let written = 0;
    const archives: Archives = {
      ...zipArchives,
      async write(source, target, options) {
        written += 1;
        return zipArchives.write(source, target, options);
      },
    };
    const outcome = await run(zipAll, {
      archives,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    assert.deepEqual([told(outcome), written], [{ ...nothing, cancelled: true }, 0]);
  });

  it('stops within a step when it is told to, with nothing half done', async () => {
    put('api.log', '');
    put('api.1.log', linesAt(3, '', 50_000));
    const before = onDisk(folders.logs);
    const controller = new AbortController();
    const archives: Archives = {
      ...zipArchives,
      async write(source, target, options) {
        setImmediate(() => {
          controller.abort();
        });
        return zipArchives.write(source, target, options);
      },
    };
    const outcome = await run(zipAll, { archives, signal: controller.signal });
    assert.deepEqual(told(outcome), { ...nothing, cancelled: true });
    assert.deepEqual(onDisk(folders.logs), before);
  });

  it('leaves strange names alone', async () => {
    const strange = [
      'two words.log',
      'it\'s "quoted".log',
      'new\nline.log',
      '😀.log',
      '-rf.log',
      '$(x).log',
      'api .1.log',
      '..log',
      '...',
    ];
    for (const name of strange) put(name, name);
    put('api.log', Buffer.alloc(1_048_577, 'x'));
    await run({
      rotation: { maxFileMB: 1, keepPlain: 1 },
      retention: { maxAge: { days: 1 } },
    });
    for (const name of strange) assert.equal(read(name), name);
    assert.ok(existsSync(path('api.1.log')));
  });

  it('after any plan was carried out the next one is empty, and no line is lost or doubled', async function () {
    this.timeout(120_000);
    const file = fc.record({
      name: fc.oneof(
        fc.constantFrom('api.log', 'audit.log', 'app.log', 'app.log.1'),
        fc.integer({ min: 1, max: 9 }).map((number) => `api.${String(number)}.log`),
        fc.integer({ min: 1, max: 3 }).map((number) => `audit.${String(number)}.log`),
        fc.integer({ min: 1, max: 3 }).map((number) => `api.2026-06-2${String(number)}.log.zip`),
      ),
      days: fc.integer({ min: 0, max: 20 }),
      size: fc.constantFrom(0, 1, 1_200_000),
    });
    const input = fc.record({
      files: fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 12 }),
      keepPlain: fc.integer({ min: 1, max: 4 }),
      hold: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ files, keepPlain, hold }) => {
        for (const name of names()) rmSync(path(name));
        const texts: string[] = [];
        for (const { name, days, size } of files) {
          const text =
            size === 0 ? '' : linesAt(days, name, 3) + ' '.repeat(size) + '\n' + linesAt(days, name, 1);
          if (name.startsWith('a') && !name.startsWith('app')) texts.push(text);
          if (!name.endsWith('.zip')) put(name, text);
          else {
            const source = folders.put('source', text);
            await zipArchives.write(source, path(name), { name: 'x', comment: '', modified: 0, bytes: 0 });
          }
        }
        const policy = { rotation: { maxFileMB: 1, keepPlain }, retention: { hold }, audit: { fileMB: 1 } };
        const outcome = await run(policy);
        assert.deepEqual([outcome.skipped, outcome.failed], [[], []]);
        const again = await planned(policy);
        assert.deepEqual(again.result.steps, []);
        const found = names()
          .filter((name) => !name.startsWith('app'))
          .map((name) => (name.endsWith('.zip') ? unzipped(name) : read(name)));
        assert.deepEqual(found.filter(Boolean).sort(), texts.filter(Boolean).sort());
      }),
      { numRuns: 25 },
    );
  });
});
