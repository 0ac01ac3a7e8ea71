import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import { considerDeletion, type deleteLogs, type RefusedLog } from '../../../src/reading/deleteLogs.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { identify } from '../../../src/files/identity.ts';
import { removeUnlocked } from '../../../src/files/changeFile.ts';
import { isBookkeeping, parseFileName } from '../../../src/files/fileName.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import { hostileNames } from '../../hostileNames.ts';
import { aesZip } from '../archive/aesZip.ts';
import { Holder } from '../files/otherProcess.ts';
import { freshFolders } from '../freshFolders.ts';
import { nextWait } from '../nextWait.ts';
import { onDisk } from '../onDisk.ts';
import { sessionZip } from '../sessions/sessionSamples.ts';
import { seenLog, swaps, whileHeldOpen } from './swappedLogs.ts';

const ZIP = 'api.2026-01-01.log.zip';
const LEFTOVER = `${ZIP}.tmp-0123456789abcdef`;

describe('deleting logs', function () {
  this.slow(1000);
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const reports: AppReport[] = [];

  beforeEach(() => {
    folders.policy({});
    reports.length = 0;
  });

  const path = (name: string): string => join(folders.logs, name);
  const names = (): string[] => readdirSync(folders.logs).filter((name) => !/^(\.|audit\.db)/.test(name));
  function put(name: string, text = `${name}\n`): LogFile {
    writeFileSync(path(name), text);
    return seenLog(folders.logs, name);
  }
  const consider = (...files: LogFile[]): ReturnType<typeof considerDeletion> =>
    considerDeletion({ root: folders.root, files }, folders);
  const remove = (
    files: readonly LogFile[],
    { alsoWritten = false, signal = new AbortController().signal } = {},
  ): ReturnType<typeof deleteLogs> =>
    app.run(
      'deleteLogs',
      { root: folders.root, files, alsoWritten },
      { signal, onReport: (report) => reports.push(report) },
    );
  const codes = (refused: readonly RefusedLog[]): (readonly [string, string])[] =>
    refused.map(({ name, failure }) => [name, failure.code] as const);

  it('removes archives, rotated files, those of other programs and leftovers, and tells of each', async () => {
    put('api.log');
    put('server.log');
    const files = [ZIP, 'api.1.log', 'server.log.1.gz', LEFTOVER].map((name) => put(name));
    const { deleted, refused } = await remove(files);
    assert.deepEqual([deleted, refused], [files, []]);
    assert.deepEqual(names(), ['api.log', 'server.log']);
    assert.deepEqual(
      reports.map((report) => report.kind === 'action' && report.event.action),
      files.map(({ name, bytes }) => ({
        kind: 'delete',
        step: { kind: 'delete', name, bytes, reason: 'asked' },
      })),
    );
  });

  it('removes exactly the log of each hostile name', async () => {
    const files = Object.values(hostileNames).map((name) => put(name));
    for (const [index, file] of files.entries()) {
      const { deleted, refused } = await remove([file], { alsoWritten: true });
      assert.deepEqual([deleted, refused], [[file], []]);
      // Some begin with a dot, as the locks do.
      const left = readdirSync(folders.logs).filter((name) => !isBookkeeping(name));
      assert.deepEqual(
        left.sort(),
        files
          .slice(index + 1)
          .map(({ name }) => name)
          .sort(),
      );
    }
  });

  describe('what is written to', () => {
    const written: [names: string[], name: string, writer: string | undefined][] = [
      [['api.log'], 'api.log', 'active'],
      [['audit.log'], 'audit.log', 'active'],
      [['api.log', 'api.1.log'], 'api.1.log', undefined],
      [['server.log', 'server.log.1'], 'server.log', 'current'],
      [['server.log', 'server.log.1'], 'server.log.1', undefined],
      [['app-2026-01-01.log', 'app-2026-01-02.log'], 'app-2026-01-02.log', 'current'],
      [['app-2026-01-01.log', 'app-2026-01-02.log'], 'app-2026-01-01.log', undefined],
      [['server.log.1.gz'], 'server.log.1.gz', undefined],
    ];
    for (const [present, name, writer] of written)
      it(`of ${present.join(', ')}: ${name} is ${writer ?? 'not'}, and goes ${writer === undefined ? 'at once' : 'only when that was asked'}`, async () => {
        present.forEach((other) => put(other));
        const file = put(name);
        assert.deepEqual(await consider(file), {
          asked: [writer === undefined ? { file } : { file, writer }],
          refused: [],
        });
        if (writer !== undefined) {
          const { deleted, refused } = await remove([file]);
          assert.deepEqual([deleted, codes(refused)], [[], [[name, 'log-held-open']]]);
          assert.deepEqual(names(), present);
        }
        const { deleted } = await remove([file], { alsoWritten: true });
        assert.deepEqual(deleted, [file]);
        assert.deepEqual(
          names(),
          present.filter((other) => other !== name),
        );
      });

    it('is also what a foreign program holds open', async () => {
      const file = put('api.1.log');
      await whileHeldOpen(path('api.1.log'), async () => {
        assert.deepEqual((await consider(file)).asked, [{ file, writer: 'held-open' }]);
        assert.deepEqual(codes((await remove([file])).refused), [['api.1.log', 'log-held-open']]);
        assert.deepEqual((await remove([file], { alsoWritten: true })).deleted, [file]);
      });
    });

    it('may have grown since', async () => {
      const file = put('api.log');
      appendFileSync(path('api.log'), 'more\n');
      const [asked] = (await consider(file)).asked;
      assert.equal(asked?.file.bytes, file.bytes + 5);
      appendFileSync(path('api.log'), 'and more\n');
      const { deleted } = await remove([asked.file], { alsoWritten: true });
      assert.deepEqual(
        deleted.map(({ bytes }) => bytes),
        [file.bytes + 14],
      );
      assert.deepEqual(names(), []);
    });
  });

  const grown: (typeof swaps)[number] = [
    'is longer now',
    (path) => {
      appendFileSync(path, 'more\n');
    },
    'source-changing',
  ];
  for (const [what, happens, code] of [...swaps, grown])
    for (const name of ['api.1.log', ...(what === grown[0] ? [] : ['api.log'])]) {
      it(`${name} stays where it ${what}, and the others go`, async () => {
        const files = [put(ZIP), put(name, 'x'.repeat(10)), put('audit.1.log')];
        happens(path(name));
        const before = onDisk(folders.root);
        const question = await consider(...files);
        assert.deepEqual(codes(question.refused), [[name, code]]);
        assert.deepEqual(
          question.asked.map(({ file }) => file.name),
          [ZIP, 'audit.1.log'],
        );
        assert.deepEqual(onDisk(folders.root), before);
        const { deleted, refused } = await remove(files, { alsoWritten: true });
        assert.deepEqual(codes(refused), [[name, code]]);
        assert.deepEqual(
          deleted.map((file) => file.name),
          [ZIP, 'audit.1.log'],
        );
        assert.deepEqual(names(), what === 'is gone' ? [] : [name]);
      });

      it(`${name} stays where it ${what} while the lock is waited for`, async () => {
        const file = put(name, 'x'.repeat(10));
        const other = new Holder(folders.logs, 'shared');
        try {
          await other.says();
          const waits = nextWait();
          const removing = remove([file], { alsoWritten: true });
          await Promise.race([waits, removing]);
          happens(path(name));
          await other.release();
          assert.deepEqual(codes((await removing).refused), [[name, 'source-changing']]);
          assert.deepEqual(names(), what === 'is gone' ? [] : [name]);
        } finally {
          await other.kill();
        }
      });
    }

  for (const name of ['.lock', '.maintenance', '../.workspace-logs.json', 'sub/x.log', '..', '.', ''])
    it(`${JSON.stringify(name)} is refused`, async () => {
      const inode = put('api.1.log').inode;
      const file = { name, parts: parseFileName(name), bytes: 1, modified: 1, inode };
      await remove([]);
      const before = onDisk(folders.root);
      assert.deepEqual(codes((await consider(file)).refused), [[name, 'not-a-log-name']]);
      assert.deepEqual(codes((await remove([file], { alsoWritten: true })).refused), [
        [name, 'not-a-log-name'],
      ]);
      assert.deepEqual(onDisk(folders.root), before);
    });

  it('by another name of the same file only that name goes', async () => {
    put('api.1.log');
    linkSync(path('api.1.log'), path('api.2.log'));
    const file = identify(folders.logs, 'api.2.log');
    assert.ok(file);
    await remove([file]);
    assert.deepEqual(names(), ['api.1.log']);
  });

  const forbidden: [what: string, prepare: () => void, code: string][] = [
    [
      'without a policy',
      () => {
        unlinkSync(join(folders.root, '.workspace-logs.json'));
      },
      'not-managed',
    ],
    ['while the policy is broken', () => folders.put('.workspace-logs.json', '{'), 'policy-damaged'],
    [
      'while the policy is on hold',
      () => {
        folders.policy({ retention: { hold: true } });
      },
      'deletions-held',
    ],
    [
      'behind a link',
      () => {
        renameSync(folders.logs, join(folders.root, 'moved'));
        symlinkSync(join(folders.root, 'moved'), join(folders.root, 'logs'));
      },
      'logs-not-a-folder',
    ],
  ];
  for (const [what, prepare, code] of forbidden)
    it(`nothing is deleted ${what}`, async () => {
      const file = put(ZIP);
      prepare();
      const before = onDisk(folders.root);
      await assert.rejects(
        async () => {
          const { refused } = await consider(file);
          if (refused[0] !== undefined) throw Object.assign(new Error(), refused[0].failure);
        },
        { code },
      );
      await assert.rejects(remove([file], { alsoWritten: true }), { code });
      assert.deepEqual(onDisk(folders.root), before);
    });

  it('can be called off', async () => {
    const controller = new AbortController();
    const files = [put('api.1.log'), put('api.2.log')];
    const removing = app.run(
      'deleteLogs',
      { root: folders.root, files, alsoWritten: false },
      {
        signal: controller.signal,
        onReport: () => {
          controller.abort();
        },
      },
    );
    assert.deepEqual(await removing, { deleted: [files[0]], refused: [] });
    assert.deepEqual(names(), ['api.2.log']);
  });

  describe('session archives', () => {
    const FOLDER = 'session_logs/u/c';
    const ZIP_PATH = `${FOLDER}/m.zip`;
    const seen = (path: string, content: Uint8Array | string = sessionZip({ password: 'x' })): LogFile => {
      const folder = dirname(folders.put(path, content));
      return { ...seenLog(folder, basename(path)), folder: dirname(path) };
    };
    const isThere = (path = ZIP_PATH): boolean => existsSync(join(folders.root, path));

    it('go without any password, and without a lock', async () => {
      const files = [seen(ZIP_PATH), seen('session_logs/v/c/m.zip'), seen('session_logs/M.ZIP')];
      assert.deepEqual(await consider(...files), { asked: files.map((file) => ({ file })), refused: [] });
      assert.deepEqual(await remove(files), { deleted: files, refused: [] });
      assert.deepEqual(
        files.map(({ name, folder = '' }) => isThere(`${folder}/${name}`)),
        [false, false, false],
      );
      assert.deepEqual(
        readdirSync(folders.logs).filter((name) => !name.startsWith('audit.db')),
        [],
      );
      assert.deepEqual(
        reports.map((report) => report.kind === 'action' && report.event.action),
        files.map(({ name, folder = '', bytes }) => ({
          kind: 'delete',
          step: { kind: 'delete', name: `${folder}/${name}`, bytes, reason: 'asked' },
        })),
      );
    });

    it('stay where the logs beside them cannot be deleted at all', async () => {
      const archive = seen(ZIP_PATH);
      const log = put('api.1.log');
      mkdirSync(path('.lock'));
      await assert.rejects(remove([archive, log]));
      assert.ok(isThere());
      assert.deepEqual(names(), ['api.1.log']);
    });

    it('go together with logs', async () => {
      const archive = seen(ZIP_PATH);
      const log = put('api.1.log');
      const { deleted, refused } = await remove([archive, log]);
      assert.deepEqual([deleted, refused], [[log, archive], []]);
    });

    const others: [what: string, path: string, content: () => Uint8Array | string][] = [
      ['no zip', ZIP_PATH, () => 'no zip'],
      ['without meta.json', ZIP_PATH, () => aesZip([{ name: 'x', text: '' }], { password: 'x' })],
      [
        'below logs, without meta.json',
        'logs/sub/x.zip',
        () => aesZip([{ name: 'x', text: '' }], { password: 'x' }),
      ],
      ['whose meta.json is plain', ZIP_PATH, () => zipOf('meta.json')],
      ['whose meta.json has the old encryption', ZIP_PATH, () => zipOf('meta.json', ['-px'])],
    ];
    function zipOf(name: string, more: readonly string[] = []): Uint8Array {
      const [zip, file] = [join(folders.state, 'x.zip'), join(folders.state, name)];
      writeFileSync(file, '{}');
      execFileSync('7zz', ['a', '-tzip', ...more, zip, file], { stdio: 'ignore' });
      return readFileSync(zip);
    }
    for (const [what, path, content] of others)
      it(`stay where they are none: ${what}`, async () => {
        const file = seen(path, content());
        const expected = [[file.name, 'not-a-session-archive']];
        const question = await consider(file);
        assert.deepEqual([question.asked, codes(question.refused)], [[], expected]);
        assert.equal(question.refused[0]?.folder, dirname(path));
        assert.deepEqual(codes((await remove([file], { alsoWritten: true })).refused), expected);
        assert.ok(isThere(path));
      });

    for (const [what, happens, code] of [...swaps, grown])
      it(`stay where they are not the ones that were seen: one ${what}`, async () => {
        const files = [seen(ZIP_PATH), seen('session_logs/v/c/m.zip')];
        happens(join(folders.root, ZIP_PATH));
        assert.deepEqual(codes((await consider(...files)).refused), [['m.zip', code]]);
        const { deleted, refused } = await remove(files, { alsoWritten: true });
        assert.deepEqual([codes(refused), deleted], [[['m.zip', code]], files.slice(1)]);
      });

    it('stay where they change at the last moment', () => {
      const file = seen(ZIP_PATH);
      appendFileSync(join(folders.root, ZIP_PATH), 'x');
      assert.ok(!removeUnlocked(join(folders.root, FOLDER), file));
      assert.ok(isThere());
    });

    it('stay where the way to them became a link', async () => {
      const file = seen(ZIP_PATH);
      renameSync(join(folders.root, 'session_logs/u'), join(folders.root, 'moved'));
      symlinkSync('../moved', join(folders.root, 'session_logs/u'));
      assert.deepEqual(codes((await remove([file])).refused), [['m.zip', 'logs-not-a-folder']]);
      assert.ok(isThere('moved/c/m.zip'));
    });

    it('stay in an unmanaged workspace, and while the policy is on hold', async () => {
      const file = seen(ZIP_PATH);
      folders.policy({ retention: { hold: true } });
      await assert.rejects(consider(file), { code: 'deletions-held' });
      await assert.rejects(remove([file]), { code: 'deletions-held' });
      unlinkSync(join(folders.root, '.workspace-logs.json'));
      await assert.rejects(consider(file), { code: 'not-managed' });
      await assert.rejects(remove([file]), { code: 'not-managed' });
      assert.ok(isThere());
    });
  });
});
