import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { MaintenanceInput, MaintenanceReport } from '../../../src/maintenance/maintain.ts';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { Failure, isFailure, type FailureCode } from '../../../src/base/failure.ts';
import type { Acceptance } from '../../../src/workspace/acceptance.ts';
import { readLastRun, writeLastRun } from '../../../src/workspace/clockCheck.ts';
import { MAINTENANCE_LOCK, openFolderLock } from '../../../src/files/folderLock.ts';
import { openStateFolder, stateBase } from '../../../src/workspace/stateFolder.ts';
import { entryLine, logOf } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { randomContent } from '../randomContent.ts';

const MB = 1_048_576;
const day = 86_400_000;
const token = '0123456789abcdef';

function pendingKeys(acceptance: Acceptance): readonly string[] {
  return acceptance.kind === 'pending' ? acceptance.keys : [];
}

describe('maintenance', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const now = Date.parse('2026-07-01T12:00:00Z');
  const ago = (days: number): string => new Date(now - days * day).toISOString();

  const run = async (input: Partial<MaintenanceInput> = {}): Promise<MaintenanceReport> =>
    app.run('runMaintenance', { root: folders.root, now, ...input });
  const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);
  const names = (): string[] =>
    readdirSync(folders.logs).filter((name) => !/^(\.(lock|maintenance)|audit\.db.*)$/.test(name));
  const notes = ({ steps }: Pick<MaintenanceReport, 'steps'>): string[] =>
    steps.map(({ kind, name }) => `${kind} ${name}`);

  it('does what the preview said, counts what really stands there, and then has nothing to do', async () => {
    folders.policy({ rotation: { maxFileMB: 1, keepPlain: 2 } });
    folders.put('logs/api.log', logOf(MB + 1, ago(0)));
    for (const number of [1, 2, 3])
      folders.put(`logs/api.${String(number)}.log`, logOf(300_000, ago(9 - number), String(number)));
    folders.put('logs/api.2025-01-01.log.zip', 'expired');
    folders.put(`logs/api.2025-01-01.log.zip.tmp-${token}`, 'left');
    const before = onDisk(folders.root);
    const preview = await app.run('previewMaintenance', { root: folders.root, now });
    assert.deepEqual(onDisk(folders.root), before);
    const report = await run();
    assert.deepEqual(report.steps, preview.steps);
    assert.deepEqual(notes(report), [
      `sweep api.2025-01-01.log.zip.tmp-${token}`,
      'rotate api.log',
      'delete api.2025-01-01.log.zip',
      'zip api.1.log',
      'zip api.2.log',
    ]);
    const bytes = names().reduce((sum, name) => sum + readFileSync(join(folders.logs, name)).length, 0);
    assert.deepEqual(report.after, { files: names().length, bytes });
    assert.deepEqual([report.failed, report.skipped, report.cancelled], [[], [], false]);
    const second = await run();
    assert.deepEqual([second.steps, second.before, second.after], [[], report.after, report.after]);
  });

  it('decides about the cap once the archives are written', async () => {
    folders.policy({ rotation: { keepPlain: 1 }, retention: { maxFolderMB: 1 } });
    folders.put('logs/api.log', '');
    const noise = randomContent(700_000, 'maintain');
    for (const number of [1, 2])
      folders.put(
        `logs/api.${String(number)}.log`,
        Buffer.concat([noise, Buffer.from(`\n${entryLine(ago(9 - number))}`)]),
      );
    const report = await run({ accept: true });
    assert.deepEqual(notes(report), ['zip api.1.log', 'zip api.2.log', 'delete api.2026-06-23.log.zip']);
    assert.ok(report.after.bytes <= MB);
  });

  it('deletes nothing for the cap that the archives leave room for, whatever was estimated', async () => {
    folders.policy({ rotation: { keepPlain: 1 }, retention: { maxFolderMB: 2 } });
    folders.put('logs/api.log', '');
    // An archive that did not shrink makes the estimate a bad one.
    const noise = folders.put('noise', randomContent(1_200_000, 'maintain'));
    const name = 'api.2026-06-01.log.zip';
    await zipArchives.write(noise, join(folders.logs, name), {
      name,
      comment: '',
      modified: now,
      bytes: 1_200_000,
    });
    for (const number of [1, 2]) folders.put(`logs/api.${String(number)}.log`, logOf(1_200_000, ago(number)));
    const preview = await app.run('previewMaintenance', { root: folders.root, now, accept: true });
    assert.ok(preview.steps.some(({ reason }) => reason === 'cap'));
    assert.deepEqual(notes(await run({ accept: true })), ['zip api.1.log', 'zip api.2.log']);
  });

  it('tells progress and each action', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    folders.put('logs/api.1.log', entryLine(ago(1)));
    const reports: AppReport[] = [];
    await app.run(
      'runMaintenance',
      { root: folders.root, now },
      { onReport: (report) => reports.push(report) },
    );
    const told = reports.map((report) =>
      report.kind === 'progress'
        ? `${String(report.progress.done)}/${String(report.progress.total)}`
        : report.event.action.kind,
    );
    assert.deepEqual(told, ['0/1', 'zip']);
  });

  it('can be cancelled', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    for (const number of [1, 2, 3]) folders.put(`logs/api.${String(number)}.log`, entryLine(ago(number)));
    const controller = new AbortController();
    const report = await app.run(
      'runMaintenance',
      { root: folders.root, now },
      {
        signal: controller.signal,
        onReport: (one) => {
          if (one.kind === 'action') controller.abort();
        },
      },
    );
    assert.equal(report.cancelled, true);
    assert.equal(report.steps.length, 1);
    assert.deepEqual((await run()).steps.length, 2);
  });

  const refused: [what: string, make: () => void, code: FailureCode][] = [
    [
      'there is no policy',
      () => {
        folders.put('logs/api.log', 'x');
      },
      'not-managed',
    ],
    [
      'there is no logs/',
      () => {
        folders.policy({});
      },
      'logs-missing',
    ],
    [
      'logs/ is a file',
      () => {
        folders.policy({});
        folders.put('logs', 'x');
      },
      'logs-not-a-folder',
    ],
    [
      'logs/ is a link',
      () => {
        folders.policy({});
        folders.put('real/api.log', 'x');
        symlinkSync('real', join(folders.root, 'logs'));
      },
      'logs-not-a-folder',
    ],
    [
      'the policy is damaged',
      () => {
        folders.put('logs/api.9.log', logOf(MB, ago(900)));
        folders.put('.workspace-logs.json', '{"version": 1, "rotation": {"maxFileMB": -1}}');
      },
      'policy-damaged',
    ],
    [
      'the policy is newer',
      () => {
        folders.put('logs/api.9.log', 'x');
        folders.put('.workspace-logs.json', '{"version": 2}');
      },
      'policy-newer',
    ],
    [
      'the policy is a link',
      () => {
        folders.put('logs/api.9.log', 'x');
        folders.put('real.json', '{"version": 1}');
        symlinkSync('real.json', join(folders.root, '.workspace-logs.json'));
      },
      'policy-not-a-file',
    ],
    [
      'the lock is a folder',
      () => {
        folders.policy({});
        mkdirSync(join(folders.logs, '.lock'));
      },
      'lock-damaged',
    ],
    [
      'the maintenance lock is garbage',
      () => {
        folders.policy({});
        folders.put('logs/.maintenance', 'garbage'.repeat(999));
      },
      'lock-damaged',
    ],
  ];
  for (const [what, make, code] of refused)
    it(`changes no log where ${what}: ${code}`, async () => {
      make();
      const listing = (): object =>
        Object.fromEntries(
          Object.entries(onDisk(folders.root)).filter(([path]) => !/\.(lock|maintenance)/.test(path)),
        );
      const before = listing();
      await assert.rejects(run(), failsWith(code));
      assert.deepEqual(listing(), before);
    });

  it('changes nothing at all, not even a lock, where it may not', async () => {
    folders.put('logs/api.9.log', logOf(MB, ago(900)));
    folders.put('.workspace-logs.json', '{"version": 1, "unknown": 1}');
    const before = onDisk(folders.root);
    await assert.rejects(run(), failsWith('policy-damaged'));
    assert.deepEqual(onDisk(folders.root), before);
    assert.equal(existsSync(join(folders.state, 'workspace-logs')), false);
  });

  it('waits for another run as long as it is told to', async () => {
    folders.policy({});
    const lock = await openFolderLock(folders.logs, MAINTENANCE_LOCK);
    const held = await lock.hold();
    await assert.rejects(run(), failsWith('maintenance-busy'));
    await assert.rejects(run({ patience: 30 }), failsWith('maintenance-busy'));
    const waiting = run({ patience: 10_000 });
    held.release();
    lock.close();
    assert.deepEqual((await waiting).steps, []);
  });

  it('of many at once is done once', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    for (const number of [1, 2, 3, 4, 5])
      folders.put(`logs/api.${String(number)}.log`, entryLine(ago(number)));
    const reports = await Promise.all([1, 2, 3, 4].map(async () => run({ patience: 10_000 })));
    assert.equal(reports.flatMap(({ steps }) => steps).length, 5);
    assert.deepEqual(
      reports.flatMap(({ failed }) => failed),
      [],
    );
    assert.equal(names().length, 6);
  });

  it('obeys the policy as it is when its turn comes', async () => {
    folders.policy({});
    folders.put('logs/api.1.log', entryLine(ago(20)));
    const lock = await openFolderLock(folders.logs, MAINTENANCE_LOCK);
    const held = await lock.hold();
    const waiting = run({ patience: 10_000 });
    folders.policy({ retention: { hold: true, maxAge: { days: 1 } } });
    held.release();
    lock.close();
    assert.deepEqual((await waiting).steps, []);
  });

  it('sweeps what a killed save of the policy or of the ignore rule left', async () => {
    folders.policy({});
    for (const name of ['.workspace-logs.json', '.gitignore', 'mine'])
      folders.put(`${name}.tmp-${token}`, 'half');
    folders.put('logs/api.log', '');
    await run();
    assert.deepEqual(readdirSync(folders.root).sort(), ['.workspace-logs.json', 'logs', `mine.tmp-${token}`]);
  });

  it('deletes by a policy from elsewhere only once it is accepted', async () => {
    folders.policy({ retention: { maxAge: { days: 1 } } });
    folders.put('logs/api.2026-06-01.log.zip', 'old');
    for (let time = 0; time < 2; time += 1) {
      const waiting = await run();
      assert.deepEqual(pendingKeys(waiting.acceptance), ['retention.maxAge']);
      assert.deepEqual(waiting.skipped, [{ name: 'api.2026-06-01.log.zip', reason: 'unaccepted' }]);
      assert.deepEqual(names(), ['api.2026-06-01.log.zip']);
    }
    assert.deepEqual(notes(await run({ accept: true })), ['delete api.2026-06-01.log.zip']);
    folders.put('logs/api.2026-06-02.log.zip', 'old');
    assert.deepEqual(notes(await run()), ['delete api.2026-06-02.log.zip']);
  });

  it('a milder policy is accepted by itself, and what it replaced has to be accepted again', async () => {
    folders.policy({ retention: { maxAge: { months: 12 } } });
    folders.put('logs/api.log', '');
    assert.deepEqual((await run()).acceptance, { kind: 'accepted' });
    folders.policy({});
    assert.deepEqual(pendingKeys((await run()).acceptance), ['retention.maxAge']);
  });

  describe('when the clock jumped', () => {
    const old = (): void => {
      folders.policy({});
      folders.put('logs/api.2020-01-01.log.zip', 'old');
    };
    const last = (at: number, doubtedSince?: number): void => {
      writeLastRun(openStateFolder(folders.root, 'test', stateBase(folders.environment)), {
        at,
        ...(doubtedSince !== undefined && { doubtedSince }),
      });
    };
    const withoutNow = async (): Promise<MaintenanceReport> =>
      app.run('runMaintenance', { root: folders.root });

    const jumps: [what: string, at: () => number, doubted: boolean][] = [
      ['by nothing', () => Date.now() - day, false],
      ['more than 30 days ahead', () => Date.now() - 31 * day, true],
      ['back', () => Date.now() + day, true],
    ];
    for (const [what, at, doubted] of jumps)
      it(`${what}, ${doubted ? 'nothing expires' : 'files expire'}`, async () => {
        old();
        last(at());
        const { steps, skipped } = await withoutNow();
        assert.deepEqual(skipped, doubted ? [{ name: 'api.2020-01-01.log.zip', reason: 'clock' }] : []);
        assert.deepEqual(notes({ steps }), doubted ? [] : ['delete api.2020-01-01.log.zip']);
        if (doubted) assert.equal((await withoutNow()).skipped.length, 1, 'nor in the next run');
      });

    it('a run remembers its time, and since when the clock is doubted', async () => {
      old();
      const begin = Date.now();
      await withoutNow();
      const state = openStateFolder(folders.root, 'test', stateBase(folders.environment));
      const run = readLastRun(state);
      assert.ok(run !== undefined && run.at >= begin && run.doubtedSince === undefined);
      last(begin + day);
      await withoutNow();
      const doubted = readLastRun(state);
      assert.ok(doubted !== undefined && doubted.at >= begin && doubted.doubtedSince === doubted.at);
    });

    it('an hour later files expire again', async () => {
      old();
      last(Date.now() - 10_000, Date.now() - 3_600_001);
      assert.deepEqual(notes(await withoutNow()), ['delete api.2020-01-01.log.zip']);
    });

    it('a time that was given is taken as it is, and not remembered', async () => {
      old();
      last(Date.now() + day);
      assert.deepEqual(notes(await run()), ['delete api.2020-01-01.log.zip']);
      folders.put('logs/api.2020-01-01.log.zip', 'old');
      assert.equal((await withoutNow()).skipped.length, 1);
    });
  });

  it('says why it cannot remember, and does nothing then', async () => {
    folders.policy({});
    folders.put('logs/api.2020-01-01.log.zip', 'old');
    writeFileSync(join(folders.state, 'workspace-logs'), 'a file is in the way');
    await assert.rejects(run(), failsWith('state-unwritable'));
    assert.deepEqual(names(), ['api.2020-01-01.log.zip']);
  });

  it('a folder that is deleted while it runs ends it with a failure, not with a new folder', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    for (const number of [1, 2, 3]) folders.put(`logs/api.${String(number)}.log`, entryLine(ago(number)));
    const running = app.run(
      'runMaintenance',
      { root: folders.root, now },
      {
        onReport: (report) => {
          if (report.kind === 'action') rmSync(join(folders.root, 'logs'), { recursive: true });
        },
      },
    );
    await assert.rejects(running, failsWith('logs-missing'));
    assert.equal(existsSync(join(folders.root, 'logs')), false);
  });

  it('previews the form where there is no policy and no folder yet, and makes nothing', async () => {
    const preview = await app.run('previewMaintenance', { root: folders.root, now, edits: [] });
    assert.deepEqual([preview.steps, preview.before], [[], { files: 0, bytes: 0 }]);
    assert.deepEqual(onDisk(folders.root), {});
    await assert.rejects(
      app.run('previewMaintenance', { root: folders.root, now }),
      failsWith('not-managed'),
    );
    const edits = [{ key: 'rotation.maxFileMB', value: -1 }];
    await assert.rejects(
      app.run('previewMaintenance', { root: folders.root, now, edits }),
      failsWith('policy-edit-refused'),
    );
  });

  describe('describePolicy', () => {
    it('tells the defaults, the limits and that nothing is managed', async () => {
      const state = await app.run('describePolicy', { root: folders.root });
      assert.deepEqual(
        [state.hasLogs, state.managed, state.canChange, state.failure],
        [false, false, true, undefined],
      );
      assert.deepEqual(state.limits, {
        maxFileMB: { min: 1, max: 10_240 },
        keepPlain: { min: 1, max: 100 },
        days: { min: 1, max: 3650 },
        months: { min: 1, max: 120 },
        maxFolderMB: { min: 1, max: 1_048_576 },
        maxBodyBytes: { min: 0, max: 1_048_576 },
      });
      assert.match(state.policy.workspaceId!, /^[0-9a-f]{12}$/);
    });

    it('tells what is wrong with a damaged policy, and shows the defaults', async () => {
      folders.put('.workspace-logs.json', '{"version": 2}');
      const state = await app.run('describePolicy', { root: folders.root });
      assert.deepEqual(
        [state.managed, state.failure?.code, state.policy.rotation.maxFileMB],
        [true, 'policy-newer', 20],
      );
      unlinkSync(join(folders.root, '.workspace-logs.json'));
      chmodSync(folders.root, 0o755);
    });
  });

  describe('listLogs', () => {
    it('lists by name, with times when they are asked for', async () => {
      folders.put('logs/app.log', 'x');
      folders.put('logs/api.log', entryLine(ago(2)) + entryLine(ago(1)));
      const [api, app_] = await app.run('listLogs', { root: folders.root, times: true });
      assert.deepEqual(
        [api?.name, api?.family, api?.kind, api?.firstEntry, api?.lastEntry],
        ['api.log', 'api', 'active', ago(2), ago(1)],
      );
      assert.deepEqual([app_?.name, app_?.kind, app_?.firstEntry], ['app.log', 'foreign', undefined]);
      const [plain] = await app.run('listLogs', { root: folders.root, times: false });
      assert.equal(plain?.firstEntry, undefined);
    });
  });

  it('is told by the same policy whichever verb saw it first', async () => {
    folders.policy({ retention: { maxAge: { days: 1 } } });
    await app.run('initialise', { root: folders.root });
    folders.put('logs/api.1.log', logOf(1000, ago(30)));
    const report = await run();
    assert.deepEqual([report.acceptance, notes(report)], [{ kind: 'accepted' }, ['delete api.1.log']]);
  });

  it('deletes nothing because a file could not be zipped this time', async () => {
    folders.policy({ rotation: { keepPlain: 1 }, retention: { maxFolderMB: 1 } });
    folders.put('logs/api.log', logOf(1000, ago(0)));
    folders.put('logs/api.1.log', logOf(MB + 1, ago(2)));
    folders.put('logs/api.2026-06-01.log.zip', 'x'.repeat(1000));
    const { write } = zipArchives;
    zipArchives.write = () => Promise.reject(new Failure('disk-full', { path: 'x' }));
    const before = names();
    try {
      const report = await run({ accept: true });
      assert.deepEqual(report.steps, []);
      assert.deepEqual(
        report.failed.map(({ failure }) => failure.code),
        ['disk-full'],
      );
      assert.deepEqual(names(), before);
    } finally {
      zipArchives.write = write;
    }
    assert.deepEqual(notes(await run()), ['zip api.1.log']);
  });
});
