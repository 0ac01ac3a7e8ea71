import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { FailureCode } from '../../../src/base/failure.ts';
import type { LogRowFile } from '../../../src/view/rows.ts';
import { aesZip } from '../archive/aesZip.ts';
import { entryLine, logOf } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

const MB = 1_048_576;
const DAY = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

describe('overview', function () {
  this.timeout(120_000);
  const folders = freshFolders();
  const app = inlineApp(folders.environment);

  async function files(): Promise<readonly LogRowFile[]> {
    return (await app.run('logFiles', { root: folders.root, from: 0, count: 1000 })).files;
  }
  async function names(): Promise<string[]> {
    return (await files()).map(({ name }) => name).sort();
  }

  it('shows the files of a folder without a policy', async () => {
    folders.put('logs/api.log', entryLine(ago(1)));
    const { hasLogs, managed, totals, limit, failure } = await app.run('overview', { root: folders.root });
    assert.deepEqual(
      [hasLogs, managed, totals.files, limit, failure, (await files()).map(({ nextStep }) => nextStep)],
      [true, false, 1, undefined, undefined, [undefined]],
    );
  });

  it('shows what happens next under a policy, and what counts towards its limit', async () => {
    folders.policy({ retention: { maxFolderMB: 3, alsoFamilies: ['worker'], hold: true } });
    folders.put('logs/api.log', entryLine(ago(1)));
    folders.put('logs/app.log', 'x');
    folders.put('logs/worker.log', 'xyz');
    folders.put('session_logs/a/1.zip', '12345');
    const seen = await app.run('overview', { root: folders.root });
    assert.deepEqual([seen.managed, seen.held, seen.acceptance?.kind], [true, true, 'pending']);
    const counted = { files: 2, bytes: entryLine(ago(1)).length + 3 };
    assert.deepEqual(seen.limit, { bytes: 3 * MB, counted });
    const { files: archives, bytes, isWhole } = seen.sessions;
    assert.deepEqual([archives, bytes, isWhole], [1, 5, true]);
    assert.deepEqual((await files()).map(({ name, nextStep }) => [name, nextStep?.kind]).sort(), [
      ['api.log', 'rotates'],
      ['app.log', undefined],
      ['worker.log', undefined],
    ]);
  });

  it('tells when session archives are cleaned up by themselves', async () => {
    const cleanUp = async (policy: object): Promise<object | undefined> => {
      folders.policy(policy);
      return (await app.run('overview', { root: folders.root })).cleanUp;
    };
    const sessions = { enabled: true, cleanupIntervalSeconds: 60 };
    const first = await cleanUp({ sessions });
    assert.deepEqual(first, { everyMs: 60_000, rules: '90 session_logs' });
    assert.notDeepEqual(await cleanUp({ sessions: { ...sessions, retentionDays: 1 } }), first);
    assert.notDeepEqual(await cleanUp({ sessions: { ...sessions, dir: 'others' } }), first);
    assert.equal(await cleanUp({ sessions: { ...sessions, enabled: false } }), undefined);
    assert.equal(await cleanUp({ sessions, retention: { hold: true } }), undefined);
    assert.equal(await cleanUp({ sessions, rotation: 1 }), undefined);
  });

  it('has a text that changes with what is due', async () => {
    folders.policy({ rotation: { maxFileMB: 1 } });
    folders.put('logs/api.log', 'x');
    const { due } = await app.run('overview', { root: folders.root });
    folders.put('logs/api.log', logOf(2 * MB, ago(1)));
    const later = await app.run('overview', { root: folders.root });
    assert.equal(due, '');
    assert.notEqual(later.due, '');
  });

  const troubles: [what: string, make: () => void, code: FailureCode, managed: boolean][] = [
    [
      'a damaged policy',
      () => {
        folders.put('.workspace-logs.json', '{');
        folders.put('logs/api.log', '');
      },
      'policy-damaged',
      true,
    ],
    [
      'a policy that is a folder',
      () => {
        mkdirSync(join(folders.root, '.workspace-logs.json'));
        folders.put('logs/api.log', '');
      },
      'policy-not-a-file',
      true,
    ],
    [
      'logs/ that is a file',
      () => {
        folders.put('logs', '');
      },
      'logs-not-a-folder',
      false,
    ],
  ];
  for (const [what, make, code, managed] of troubles)
    it(`tells of ${what}, and shows what there is`, async () => {
      make();
      const result = await app.run('overview', { root: folders.root });
      assert.deepEqual([result.failure?.code, result.managed, result.hasLogs], [code, managed, true]);
      assert.equal(result.totals.files, code === 'logs-not-a-folder' ? 0 : 1);
    });

  it('finds nothing wrong with a policy before there are logs', async () => {
    folders.policy({});
    const { hasLogs, managed, limit, failure } = await app.run('overview', { root: folders.root });
    assert.deepEqual([hasLogs, managed, limit?.counted.files, failure], [false, true, 0, undefined]);
  });

  it('finds nothing wrong with logs that are deleted', async () => {
    folders.policy({});
    folders.put('logs/api.log', 'x');
    await app.run('overview', { root: folders.root });
    rmSync(folders.logs, { recursive: true });
    const { hasLogs, managed, totals, failure } = await app.run('overview', {
      root: folders.root,
      changed: ['api.log'],
    });
    assert.deepEqual([hasLogs, managed, totals.files, failure], [false, true, 0, undefined]);
    assert.deepEqual(await names(), []);
  });

  it('changes nothing', async () => {
    folders.policy({});
    folders.put('logs/api.log', logOf(30 * MB, ago(1)));
    const before = onDisk(folders.root);
    await app.run('overview', { root: folders.root });
    await app.run('describePolicy', { root: folders.root });
    assert.deepEqual(onDisk(folders.root), before);
    assert.equal(existsSync(join(folders.state, 'workspace-logs')), false);
  });

  describe('that is told what changed', () => {
    async function seen(changed: readonly string[]): Promise<[string, number][]> {
      await app.run('overview', { root: folders.root, changed });
      return (await files()).map(({ name, bytes }): [string, number] => [name, bytes]).sort();
    }
    /** Writes without a trace in the folder, as appending does. */
    function grow(name: string): void {
      writeFileSync(join(folders.logs, name), '12345');
    }
    beforeEach(async () => {
      for (const name of ['api.log', 'b.log', 'c.log']) folders.put(`logs/${name}`, '1');
      // Two changes within a few ms may get the same time.
      utimesSync(folders.logs, 5, 5);
      await app.run('overview', { root: folders.root });
    });

    it('looks at those files alone', async () => {
      grow('api.log');
      grow('b.log');
      assert.deepEqual(await seen(['api.log']), [
        ['api.log', 5],
        ['b.log', 1],
        ['c.log', 1],
      ]);
      // A look at everything finds the rest.
      await app.run('overview', { root: folders.root });
      assert.deepEqual((await files()).map(({ bytes }) => bytes).sort(), [1, 5, 5]);
    });

    it('finds what came or went without a word', async () => {
      renameSync(join(folders.logs, 'b.log'), join(folders.logs, 'd.log'));
      assert.deepEqual(await seen([]), [
        ['api.log', 1],
        ['c.log', 1],
        ['d.log', 1],
      ]);
    });

    it('looks at everything in a folder that takes the place of the other', async () => {
      const { logs } = folders;
      renameSync(logs, join(folders.root, 'old'));
      folders.put('logs/x.log', '1');
      utimesSync(logs, 5, 5);
      assert.deepEqual(await seen([]), [['x.log', 1]]);
    });

    it('is not undone by a look at everything that began before', async () => {
      for (let number = 10; number < 30; number += 1)
        folders.put(`logs/api.2026-01-${String(number)}.log.zip`, 'no zip');
      const whole = app.run('overview', { root: folders.root });
      folders.put('logs/late.log', '1');
      await app.run('overview', { root: folders.root, changed: ['late.log'] });
      assert.ok((await names()).includes('late.log'));
      await whole;
      assert.ok((await names()).includes('late.log'));
    });

    it('takes up a policy that came', async () => {
      folders.policy({});
      await app.run('overview', { root: folders.root, changed: [] });
      assert.deepEqual((await files()).map(({ nextStep }) => nextStep?.kind).filter(Boolean), ['rotates']);
    });
  });

  describe('of session archives', () => {
    async function look(changedFolders?: readonly string[]): Promise<number> {
      const changed = changedFolders && [];
      const { sessions } = await app.run('overview', { root: folders.root, changed, changedFolders });
      return sessions.files;
    }
    const dirs = (): Promise<readonly string[]> => app.run('foldersWithArchives', { root: folders.root });

    it('finds them without a policy and without logs', async () => {
      folders.put('session_logs/anna/chat-1/m.zip', 'x');
      const { hasLogs, managed, sessions } = await app.run('overview', { root: folders.root });
      assert.deepEqual(
        [hasLogs, managed, sessions.files, sessions.tops],
        [false, false, 1, ['session_logs']],
      );
      const parent = { kind: 'workspace' } as const;
      const { rows } = await app.run('logRows', { root: folders.root, parent, from: 0, count: 5 });
      assert.deepEqual(
        rows.map((row) => row.kind === 'group' && row.group),
        ['sessions'],
      );
    });

    it('finds them where the policy says, also in logs', async () => {
      folders.put('session_logs/a/c/m.zip', 'x');
      folders.put('logs/m.zip', 'x');
      folders.put('logs/old/a/m.zip', 'x');
      folders.put('data/s/m.zip', 'x');
      for (const [dir, count] of [
        ['./data//s/', 1],
        ['logs/old', 1],
        ['logs', 1],
        ['missing', 0],
      ] as const) {
        folders.policy({ sessions: { dir } });
        assert.equal(await look([]), count, dir);
      }
    });

    it('looks into the changed folders alone, until it looks at everything', async () => {
      folders.put('session_logs/a/c/1.zip', 'x');
      assert.equal(await look(), 1);
      folders.put('session_logs/a/c/2.zip', 'x');
      folders.put('session_logs/b/c/3.zip', 'x');
      assert.equal(await look([]), 1);
      assert.equal(await look(['session_logs/a/c']), 2);
      assert.equal(await look(), 3);
      rmSync(join(folders.root, 'session_logs'), { recursive: true });
      assert.equal(await look(['session_logs']), 0);
    });

    it('tells of the folders with archives, and whether they are others', async () => {
      folders.put('session_logs/a/c/1.zip', 'x');
      folders.put('logs/old/2.zip', 'x');
      folders.put('logs/3.zip', 'x');
      const marks = async (): Promise<string> =>
        (await app.run('overview', { root: folders.root })).sessions.foldersMark;
      const before = await marks();
      assert.deepEqual(await dirs(), ['session_logs/a/c', 'logs/old']);
      folders.put('session_logs/a/c/more.zip', 'x');
      assert.equal(await marks(), before);
      renameSync(join(folders.root, 'session_logs/a/c'), join(folders.root, 'session_logs/a/d'));
      assert.notEqual(await marks(), before);
      assert.deepEqual(await dirs(), ['session_logs/a/d', 'logs/old']);
    });

    it('tells of changes in folders that came together, of which watchers say nothing', async () => {
      const missed = (): Promise<readonly string[]> => app.run('missedFolders', { root: folders.root });
      const hasLate = async (changedFolders: readonly string[]): Promise<boolean> =>
        (await app.run('overview', { root: folders.root, changed: [], changedFolders })).sessions.hasLate;
      folders.put('session_logs/a/c/1.zip', 'x');
      assert.equal(await hasLate([]), false);
      folders.put('session_logs/a/d/2.zip', 'x');
      assert.equal(await hasLate(['session_logs/a']), false);
      folders.put('session_logs/b/c/3.zip', 'x');
      assert.equal(await hasLate(['session_logs']), true);
      assert.deepEqual(await missed(), []);
      const late = join(folders.root, 'session_logs/b/c');
      folders.put('session_logs/b/c/4.zip', 'x');
      utimesSync(late, 5, 5);
      assert.deepEqual(await missed(), ['session_logs/b/c']);
      await look(['session_logs/b/c']);
      assert.deepEqual(await missed(), []);
      // It stays one of those after a look at everything, until it goes.
      await look();
      rmSync(late, { recursive: true });
      assert.deepEqual(await missed(), ['session_logs/b/c']);
      assert.equal(await hasLate(['session_logs/b']), false);
    });

    it('shows what is inside one', async () => {
      const text = 'x'.repeat(30);
      folders.put('session_logs/a/c/m.zip', aesZip([{ name: 'meta.json', text }], { password: 'p' }));
      const parent = { kind: 'archive', path: 'session_logs/a/c/m.zip' } as const;
      const { rows, total } = await app.run('logRows', { root: folders.root, parent, from: 0, count: 5 });
      assert.equal(total, 1);
      const [row] = rows;
      assert.deepEqual(row?.kind === 'member' && row.member, {
        name: 'meta.json',
        bytes: 30,
        encrypted: true,
      });
      assert.ok(row?.kind === 'member' && row.archive.folder === 'session_logs/a/c');
      folders.put('session_logs/a/c/m.zip', 'damaged');
      await assert.rejects(app.run('logRows', { root: folders.root, parent, from: 0, count: 5 }), {
        code: 'archive-damaged',
      });
    });
  });

  it('gives a quick first sight that a whole look replaces', async () => {
    folders.policy({});
    const time = ago(1);
    folders.put('logs/api.log', entryLine(time));
    const quick = await app.run('overview', { root: folders.root, quick: true });
    assert.deepEqual([quick.totals.files, quick.due, quick.managed], [1, '', true]);
    assert.equal((await files())[0]?.last, undefined);
    await app.run('overview', { root: folders.root });
    assert.equal((await files())[0]?.last, Date.parse(time));
  });

  it('is not undone by a quick one that comes later', async () => {
    folders.put('logs/api.log', entryLine(ago(1)));
    await app.run('overview', { root: folders.root });
    await app.run('overview', { root: folders.root, quick: true });
    assert.notEqual((await files())[0]?.last, undefined);
  });
});

describe('logRows and findLogs', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);

  it('look by themselves where nobody has looked yet', async () => {
    folders.put('logs/api.log', 'x');
    const input = { root: folders.root, parent: { kind: 'group', group: 'api' } as const, from: 0, count: 5 };
    assert.equal((await app.run('logRows', input)).total, 1);
  });

  it('find named files as they are now, with what was seen of those that have not changed', async () => {
    folders.policy({});
    folders.put('logs/api.log', entryLine(ago(1)));
    folders.put('logs/api.1.log', entryLine(ago(2)));
    folders.put('logs/gone.log', '');
    await app.run('overview', { root: folders.root });
    folders.put('logs/api.log', 'more');
    folders.put('logs/new.log', 'x');
    rmSync(join(folders.logs, 'gone.log'));
    mkdirSync(join(folders.logs, 'folder'));
    folders.put('outside.log', 'x');
    const names = [
      'new.log',
      'api.1.log',
      'api.log',
      'gone.log',
      'folder',
      '../outside.log',
      '..',
      '.lock',
      '',
    ];
    const found = await app.run('findLogs', { root: folders.root, names });
    assert.deepEqual(
      found.map(({ name, bytes, last, nextStep }) => [name, bytes, last !== undefined, nextStep?.kind]),
      [
        ['new.log', 1, false, undefined],
        ['api.1.log', entryLine(ago(2)).length, true, 'zips'],
        ['api.log', 4, false, undefined],
      ],
    );
  });

  it('finds nothing behind a link that stands for logs', async () => {
    folders.put('elsewhere/api.log', 'x');
    symlinkSync(join(folders.root, 'elsewhere'), join(folders.root, 'logs'));
    assert.deepEqual(await app.run('findLogs', { root: folders.root, names: ['api.log'] }), []);
  });
});
