import assert from 'node:assert/strict';
import fs, { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { AppReport } from '../../../../src/workspace/workspace.ts';
import type { CleanInput, CleanReport } from '../../../../src/maintenance/sessions/cleanUp.ts';
import { inlineApp } from '../../../../src/jobs/jobs.ts';
import { isFailure } from '../../../../src/base/failure.ts';
import { readLastRun, writeLastRun } from '../../../../src/workspace/clockCheck.ts';
import { MAINTENANCE_LOCK, openFolderLock } from '../../../../src/files/folderLock.ts';
import { openStateFolder, stateBase, type StateFolder } from '../../../../src/workspace/stateFolder.ts';
import { aesZip } from '../../archive/aesZip.ts';
import { freshFolders } from '../../freshFolders.ts';
import { onDisk } from '../../onDisk.ts';
import { bytesOf, sessionZip } from '../../sessions/sessionSamples.ts';

const day = 86_400_000;
const now = Date.parse('2026-07-01T12:00:00Z');
const password = 'right one';
const token = '0123456789abcdef';
const OLD = 'session_logs/u/c/old.zip';

describe('cleanSessions', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  beforeEach(() => {
    folders.policy({});
  });
  afterEach(async () => {
    mock.restoreAll();
    syncBuiltinESMExports();
    await app.run('forgetPasswords', {});
  });

  const state = (): StateFolder => openStateFolder(folders.root, 'test', stateBase(folders.environment));
  const clean = async (input: Partial<CleanInput> = {}): Promise<CleanReport> =>
    app.run('cleanSessions', { root: folders.root, now, ...input });
  const isThere = (path: string): boolean => existsSync(join(folders.root, path));
  const notes = ({ steps, skipped, folders: removed }: CleanReport): string[] => [
    ...steps.map(({ kind, reason, name }) => `${kind} ${reason} ${name}`),
    ...skipped.map(({ name, reason }) => `${reason} ${name}`),
    ...removed.map((folder) => `remove ${folder}`),
  ];

  function put(path: string, daysOld: number, content: Buffer | string = sessionZip({ password })): string {
    const full = folders.put(path, content);
    const time = (now - daysOld * day) / 1000;
    utimesSync(full, time, time);
    return full;
  }
  const putOld = (path = OLD): string => put(path, 100);

  it('does what the dry run said, which changed nothing, and then has nothing to do', async () => {
    putOld();
    putOld('session_logs/u/d/old.ZIP');
    put('session_logs/u/d/new.zip', 10);
    put('session_logs/v/c/m.zip.tmp', 2, '');
    put(`session_logs/v/c/m.zip.tmp-${token}`, 3, '');
    put(`session_logs/w/m.zip.tmp-${token}`, 0.5, '');
    mkdirSync(join(folders.root, 'session_logs/x'));
    assert.ok(folders.logs);
    const before = onDisk(folders.root);
    const preview = await clean({ dryRun: true });
    assert.deepEqual(onDisk(folders.root), before);
    assert.equal(state().read('accepted'), undefined);
    const report = await clean();
    assert.deepEqual(notes(report), notes(preview));
    assert.deepEqual(notes(report).sort(), [
      `delete age ${OLD}`,
      'delete age session_logs/u/d/old.ZIP',
      'remove session_logs/u/c',
      'remove session_logs/v',
      'remove session_logs/v/c',
      'remove session_logs/x',
      'sweep leftover session_logs/v/c/m.zip.tmp',
      `sweep leftover session_logs/v/c/m.zip.tmp-${token}`,
    ]);
    assert.deepEqual([report.before, report.after], [preview.before, preview.after]);
    assert.deepEqual([report.before.files, report.after.files], [6, 2]);
    assert.deepEqual([report.failed, report.cancelled, isThere(OLD)], [[], false, false]);
    const second = await clean();
    assert.deepEqual([notes(second), second.before, second.after], [[], report.after, report.after]);
  });

  it('takes the base, too, where nothing is left', async () => {
    putOld();
    const report = await clean();
    assert.deepEqual(report.folders, ['session_logs/u/c', 'session_logs/u', 'session_logs']);
    assert.equal(isThere('session_logs'), false);
    assert.deepEqual(notes(await clean()), []);
  });

  it('touches nothing but session archives', async () => {
    put('session_logs/plain.zip', 999, 'no zip at all');
    put('session_logs/other.zip', 999, aesZip([{ name: 'a', text: '' }], { password }));
    put('session_logs/notes.txt', 999, 'notes');
    put('outside.zip', 999);
    symlinkSync(join(folders.root, 'outside.zip'), join(folders.root, 'session_logs', 'link.zip'));
    const before = onDisk(folders.root);
    assert.deepEqual(notes(await clean()).sort(), [
      'not-a-session-archive session_logs/other.zip',
      'not-a-session-archive session_logs/plain.zip',
    ]);
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('leaves logs alone also where they are in the folder of the sessions', async () => {
    folders.policy({ sessions: { dir: 'logs' } });
    putOld('logs/u/c/m.zip');
    putOld('logs/api.2020-01-01.log.zip');
    put(`logs/api.2020-01-02.log.zip.tmp-${token}`, 9, '');
    const report = await clean({ accept: true });
    assert.deepEqual(notes(report), ['delete age logs/u/c/m.zip', 'remove logs/u/c', 'remove logs/u']);
  });

  describe('the time inside', () => {
    const putMade = (createdAt: string, isDated: boolean): void => {
      const meta = JSON.stringify({ created_at: createdAt, ids: {} });
      put(OLD, 100, aesZip([{ name: 'meta.json', text: meta }], { password }));
      if (!isDated) utimesSync(join(folders.root, OLD), 0, 0);
    };
    const [late, early] = ['2026-06-01T00:00:00.123456+00:00', '2020-06-01T00:00:00.123456+00:00'];
    const ahead = '2036-06-01T00:00:00.123456+00:00';
    type Case = [
      what: string,
      createdAt: string,
      password: string | undefined,
      isDated: boolean,
      stays: boolean,
    ];
    const cases: Case[] = [
      ['later, with the password', late, password, true, false],
      ['later, without a password', late, undefined, true, false],
      ['later, in a file of 1970, with the password', late, password, false, true],
      ['earlier, in a file of 1970, with the password', early, password, false, false],
      ['earlier, in a file of 1970, with another password', early, 'wrong one', false, true],
      ['earlier, in a file of 1970, without a password', early, undefined, false, true],
      ['far ahead of the clock, in a file of 1970', ahead, password, false, true],
      ['no time, in a file of 1970', 'yesterday', password, false, true],
    ];
    for (const [what, createdAt, known, isDated, stays] of cases)
      it(`${what}: the archive ${stays ? 'stays' : 'goes'}`, async () => {
        putMade(createdAt, isDated);
        if (known !== undefined) await app.run('addPassword', { password: bytesOf(known) });
        await clean();
        assert.equal(isThere(OLD), stays);
      });
  });

  it('obeys the environment over the policy, also outside of the workspace', async () => {
    const base = join(folders.root, '..', 'elsewhere');
    put('../elsewhere/m.zip', 5);
    const report = await clean({ fromEnvironment: { dir: base, retentionDays: 4 } });
    assert.deepEqual(notes(report), [`delete age ${join(base, 'm.zip')}`, `remove ${base}`]);
    assert.deepEqual(report.acceptance, { kind: 'accepted' });
  });

  it('works without logs, and makes none but the audit trail', async () => {
    putOld();
    assert.equal((await clean()).steps.length, 1);
    assert.deepEqual(readdirSync(folders.root), ['.workspace-logs.json', 'logs']);
    assert.deepEqual(
      readdirSync(folders.logs).filter((name) => !name.startsWith('audit.db')),
      [],
    );
  });

  it('needs a policy, and a folder in the workspace', async () => {
    folders.policy({ sessions: { dir: 'way' } });
    symlinkSync(folders.state, join(folders.root, 'way'));
    await assert.rejects(clean(), (error) => isFailure(error, 'session-skipped'));
    const root = folders.state;
    await assert.rejects(clean({ root }), (error) => isFailure(error, 'not-managed'));
  });

  it('waits for another run as long as it is told to', async () => {
    putOld();
    const lock = await openFolderLock(folders.logs, MAINTENANCE_LOCK);
    const held = await lock.hold();
    await assert.rejects(clean({ patience: 0 }), (error) => isFailure(error, 'maintenance-busy'));
    assert.ok(isThere(OLD));
    const waiting = clean({ patience: 10_000 });
    folders.policy({ sessions: { retentionDays: 365 } });
    held.release();
    lock.close();
    assert.deepEqual(notes(await waiting), [], 'the policy as it is when its turn comes');
    folders.policy({});
    assert.equal((await clean({ accept: true })).steps.length, 1);
  });

  it('goes on where one file cannot be deleted, and says so', async () => {
    for (const name of ['a', 'b']) putOld(`session_logs/${name}.zip`);
    const { unlinkSync } = fs;
    mock.method(fs, 'unlinkSync', (path: string) => {
      if (path.endsWith('a.zip')) throw Object.assign(new Error('no'), { code: 'EPERM', syscall: 'unlink' });
      unlinkSync(path);
    });
    syncBuiltinESMExports();
    const report = await clean();
    assert.deepEqual(notes(report), ['delete age session_logs/b.zip', 'failed session_logs/a.zip']);
    assert.deepEqual(
      report.failed.map(({ name, failure }) => [name, failure.code]),
      [['session_logs/a.zip', 'no-permission']],
    );
    assert.deepEqual(report.after.files, 1);
  });

  it('tells each action, and can be stopped between two', async () => {
    for (const name of ['a', 'b', 'c']) putOld(`session_logs/${name}.zip`);
    const told: AppReport[] = [];
    const controller = new AbortController();
    const report = await app.run(
      'cleanSessions',
      { root: folders.root, now },
      {
        signal: controller.signal,
        onReport(report) {
          if (report.kind !== 'action') return;
          told.push(report);
          controller.abort();
        },
      },
    );
    const [first] = report.steps;
    assert.deepEqual([report.steps.length, report.cancelled, report.after.files], [1, true, 2]);
    assert.deepEqual(
      told.map((each) => (each.kind === 'action' ? each.event.action : undefined)),
      [{ kind: 'delete', step: first }],
    );
    assert.equal(readdirSync(join(folders.root, 'session_logs')).length, 2);
  });

  it('deletes no file that is another one by then', async () => {
    const names = ['a', 'b'].map((name) => `session_logs/${name}.zip`);
    for (const name of names) putOld(name);
    const onReport = ({ kind }: AppReport): void => {
      if (kind !== 'action') return;
      put('session_logs/b.zip', 100, sessionZip({ password, log: 'another one\n' }));
    };
    const report = await app.run('cleanSessions', { root: folders.root, now }, { onReport });
    assert.deepEqual(notes(report), [`delete age ${names[0] ?? ''}`, `changed ${names[1] ?? ''}`]);
    assert.ok(isThere('session_logs/b.zip'));
  });

  it('takes a folder that somebody else removed meanwhile for none of its business', async () => {
    putOld();
    put('session_logs/u/c/new.zip', 1);
    const onReport = ({ kind }: AppReport): void => {
      if (kind !== 'action') return;
      rmSync(join(folders.root, 'session_logs'), { recursive: true });
    };
    const report = await app.run('cleanSessions', { root: folders.root, now }, { onReport });
    assert.deepEqual([notes(report), report.failed], [[`delete age ${OLD}`], []]);
  });

  describe('decision 3', () => {
    const keys = ({ acceptance }: CleanReport): readonly string[] =>
      acceptance.kind === 'pending' ? acceptance.keys : [];
    const waits = async (pending: readonly string[], input: Partial<CleanInput> = {}): Promise<void> => {
      const report = await clean(input);
      assert.deepEqual([keys(report), notes(report)], [pending, [`unaccepted ${OLD}`]]);
      assert.ok(isThere(OLD));
    };
    const goes = async (input: Partial<CleanInput> = {}): Promise<void> => {
      assert.deepEqual([keys(await clean(input)), isThere(OLD)], [[], false]);
    };

    it('a first policy that deletes earlier than the defaults waits until it is accepted', async () => {
      folders.policy({ sessions: { retentionDays: 30 } });
      putOld();
      await waits(['sessions.retentionDays']);
      await goes({ accept: true });
      putOld();
      await goes();
    });

    it('maintenance does not accept it meanwhile, since there is something to lose', async () => {
      folders.policy({ sessions: { dir: 'session_logs/u', retentionDays: 30 } });
      putOld();
      assert.ok(folders.logs);
      const { acceptance } = await app.run('runMaintenance', { root: folders.root, now });
      assert.equal(acceptance.kind, 'pending');
      await waits(['sessions.dir', 'sessions.retentionDays']);
    });

    it('where nothing can be lost yet, it is accepted', async () => {
      folders.policy({ retention: { maxAge: { days: 1 } }, sessions: { retentionDays: 30 } });
      assert.ok(folders.logs);
      await clean();
      putOld();
      folders.put('logs/api.log', '');
      await goes();
    });

    it('what concerns logs alone does not keep archives', async () => {
      folders.policy({ retention: { maxAge: { days: 1 } } });
      folders.put('logs/api.log', '');
      putOld();
      await goes();
      assert.equal(state().read('accepted'), undefined);
    });

    it('a hold that went by a pull keeps them until it is accepted', async () => {
      folders.policy({ retention: { hold: true } });
      await clean();
      folders.policy({});
      putOld();
      await waits(['retention.hold']);
    });

    it('what the environment sets needs no acceptance, the rest does', async () => {
      folders.policy({ sessions: { dir: 'session_logs/u', retentionDays: 30 } });
      putOld();
      await waits(['sessions.dir'], { fromEnvironment: { retentionDays: 30 } });
      await waits(['sessions.retentionDays'], { fromEnvironment: { dir: 'session_logs' } });
      await goes({ fromEnvironment: { dir: 'session_logs', retentionDays: 30 } });
      assert.equal(state().read('accepted'), undefined);
    });

    it('a clean-up elsewhere does not accept what concerns the policy’s own archives', async () => {
      folders.policy({ sessions: { retentionDays: 30 } });
      putOld();
      assert.deepEqual(notes(await clean({ fromEnvironment: { dir: 'elsewhere' } })), []);
      await waits(['sessions.retentionDays']);
    });

    it('archives where the environment says can be lost, too', async () => {
      folders.policy({ sessions: { dir: 'nowhere', retentionDays: 30 } });
      putOld();
      await waits(['sessions.retentionDays'], { fromEnvironment: { dir: 'session_logs' } });
    });
  });

  it('deletes nothing while the policy is on hold', async () => {
    folders.policy({ retention: { hold: true } });
    putOld();
    put('session_logs/m.zip.tmp', 9, '');
    mkdirSync(join(folders.root, 'session_logs/x'));
    const before = onDisk(folders.root);
    assert.deepEqual(notes(await clean()), [`hold ${OLD}`]);
    assert.deepEqual(onDisk(folders.root), before);
  });

  it('doubts a clock that jumped, and shares its record with maintenance', async () => {
    const past = Date.now() - 40 * day;
    putOld();
    writeLastRun(state(), { at: past });
    assert.deepEqual(notes(await clean({ now: undefined })), [`clock ${OLD}`]);
    assert.ok(readLastRun(state())?.doubtedSince !== undefined);
    assert.ok(isThere(OLD));
    writeLastRun(state(), { at: past });
    await clean();
    assert.deepEqual([readLastRun(state()), isThere(OLD)], [{ at: past }, false]);
  });
});
