import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../../src/base/units.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { EnvironmentSettings } from '../../../src/policy/environment.ts';
import type { CleanReport } from '../../../src/maintenance/sessions/cleanUp.ts';
import { managedFolders } from '../../../src/workspace/managedFolders.ts';
import { requirePolicy } from '../../../src/workspace/workspace.ts';
import { sessionFolders } from '../../../src/workspace/usedSessionFolders.ts';
import type { WrittenSession } from '../../../src/sessions/writeSession.ts';
import { freshFolders } from '../freshFolders.ts';
import { bytesOf, sessionZip } from '../sessions/sessionSamples.ts';

const password = 'right one';
const now = Date.UTC(2026, 0, 31);
const OLD = 'old/u/c/m.zip';

describe('folders of session archives that were used', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const at = (path: string): string => join(folders.root, path);
  const inForce = (sessions: object): void => {
    folders.policy({ sessions: { enabled: true, compression: 'stored', ...sessions } });
  };
  const known = (): readonly string[] => sessionFolders(folders.root, folders.environment);

  beforeEach(() => app.run('usePasswords', { passwords: [bytesOf(password)] }));
  afterEach(() => app.run('forgetPasswords', {}));

  function write(fromEnvironment?: EnvironmentSettings): Promise<WrittenSession> {
    const ids = { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm', requestId: 'r' };
    const chunks = [new TextEncoder().encode('{"message":"text"}\n')];
    const log = { ids, chunks, droppedLines: 0, completedAt: now };
    return app.run('writeSession', { root: folders.root, log, fromEnvironment });
  }

  /** Writes an archive into `old`, lets it be so many days old, and lets the policy name `new`. */
  async function writeThenMove(daysOld = 100, fromEnvironment?: EnvironmentSettings): Promise<void> {
    inForce({ dir: 'old' });
    assert.deepEqual(await write(fromEnvironment), { path: OLD });
    age(OLD, daysOld);
    inForce({ dir: 'new' });
  }

  function age(path: string, days: number): void {
    const time = (now - days * DAY_MS) / 1000;
    utimesSync(at(path), time, time);
  }

  const clean = (input: object = {}): Promise<CleanReport> =>
    app.run('cleanSessions', { root: folders.root, now, accept: true, ...input });
  const deleted = ({ steps }: CleanReport): string[] => steps.map(({ name }) => name);
  const pathsOf = async (id: string): Promise<unknown[]> => {
    const { found } = await app.run('findSessions', { root: folders.root, id });
    return found.map(({ file }) => [file.folder, file.name]);
  };

  it('are cleaned up, and forgotten once they are gone', async () => {
    await writeThenMove();
    assert.deepEqual(deleted(await clean({ dryRun: true })), [OLD]);
    const report = await clean();
    assert.deepEqual(deleted(report), [OLD]);
    assert.deepEqual([report.before.files, report.after.files], [1, 0]);
    assert.ok(!existsSync(at('old')));
    folders.put(OLD, sessionZip({ password }));
    age(OLD, 100);
    assert.deepEqual(deleted(await clean()), []);
    assert.deepEqual(known(), ['new']);
  });

  it('are forgotten by the next write, too', async () => {
    await writeThenMove();
    rmSync(at('old'), { recursive: true });
    assert.deepEqual(known(), ['new']);
    await write();
    mkdirSync(at('old'));
    assert.deepEqual(known(), ['new']);
  });

  it('are searched, listed, and their archives are opened', async () => {
    await writeThenMove();
    assert.deepEqual(await pathsOf('s'), [['old/u/c', 'm.zip']]);
    const { sessions } = await app.run('overview', { root: folders.root });
    assert.deepEqual([sessions.files, sessions.tops], [1, ['new', 'old']]);
    const parent = { kind: 'group', group: 'sessions' } as const;
    const { rows } = await app.run('logRows', { root: folders.root, parent, from: 0, count: 9 });
    assert.deepEqual(
      rows.map((row) => row.kind === 'folder' && [row.name, row.level]),
      [['old', 0]],
    );
    const place = { root: folders.root, name: 'm.zip', folder: 'old/u/c' };
    assert.equal((await app.run('archiveMembers', place)).length, 3);
    assert.ok(folders.logs);
    const other = { root: folders.root, password: bytesOf('another one') };
    assert.equal((await app.run('rekeySessions', other)).rekeyed, 1);
  });

  it('are ignored, and doctor looks at them', async () => {
    execFileSync('git', ['init', '-q'], { cwd: folders.root, env: folders.environment });
    await writeThenMove();
    writeFileSync(at('.gitignore'), '');
    const surroundings = { environment: folders.environment };
    const all = await managedFolders(folders.root, requirePolicy(folders.root), undefined, surroundings);
    assert.deepEqual(all, ['logs', 'new', 'old']);
    const findings = await app.run('checkWorkspace', { root: folders.root });
    const { facts } = findings.find(({ check }) => check === 'ignored') ?? {};
    assert.deepEqual(facts, { state: 'uncovered', lines: ['logs/', 'new/', 'old/'] });
  });

  it('count as something to lose before a first policy is accepted', async () => {
    inForce({ dir: 'new', retentionDays: 1 });
    assert.equal((await clean({ accept: false })).acceptance.kind, 'accepted');
    rmSync(folders.state, { recursive: true });
    await writeThenMove();
    inForce({ dir: 'new', retentionDays: 1 });
    // A run for the logs accepts nothing for the archives.
    assert.ok(folders.logs);
    await app.run('runMaintenance', { root: folders.root });
    const report = await clean({ accept: false });
    assert.ok(report.acceptance.kind === 'pending');
    assert.deepEqual(report.acceptance.keys, ['sessions.dir', 'sessions.retentionDays']);
    assert.deepEqual(deleted(report), []);
  });

  it('are none that only a policy named', async () => {
    inForce({ dir: 'theirs' });
    folders.put('theirs/u/c/m.zip', sessionZip({ password, ids: { user_id: 'anna' } }));
    age('theirs/u/c/m.zip', 1000);
    await clean({ dryRun: true });
    assert.equal((await pathsOf('anna')).length, 1);
    inForce({ dir: 'new' });
    assert.deepEqual(known(), ['new']);
    assert.deepEqual(await pathsOf('anna'), []);
    assert.deepEqual(deleted(await clean()), []);
  });

  it('keep archives as long as the variable said that was set when one was written', async () => {
    await writeThenMove(100, { retentionDays: 365 });
    assert.deepEqual(deleted(await clean()), []);
    assert.deepEqual(deleted(await clean({ now: now + 300 * DAY_MS, dryRun: true })), [OLD]);
    assert.deepEqual(deleted(await clean({ fromEnvironment: { retentionDays: 30 } })), [OLD]);
  });

  it('lie in the workspace', async () => {
    inForce({});
    symlinkSync(folders.root, join(folders.state, 'link'));
    for (const dir of ['../state/elsewhere', '.', at('by/path'), 'here/']) await write({ dir });
    assert.deepEqual(known(), ['session_logs', 'by/path', 'here']);
  });

  it('are cleaned up once where one lies in another', async () => {
    inForce({ dir: 'old' });
    await write();
    inForce({ dir: 'old/v2' });
    await write();
    const paths = [OLD, `old/v2/u/c/m.zip`];
    for (const path of paths) age(path, 100);
    const report = await clean();
    assert.deepEqual(deleted(report).sort(), paths);
    assert.deepEqual(report.failed, []);
    assert.ok(!existsSync(at('old')));
  });

  it('are left alone where a link stands in their place', async () => {
    await writeThenMove();
    mkdirSync(join(folders.state, 'other'));
    execFileSync('mv', [at('old'), join(folders.state, 'other/old')]);
    symlinkSync(join(folders.state, 'other/old'), at('old'));
    assert.deepEqual(deleted(await clean()), []);
    assert.deepEqual(await pathsOf('s'), []);
  });

  it('need a state folder, and an archive is written without one', async () => {
    inForce({ dir: 'old' });
    rmSync(folders.state, { recursive: true });
    writeFileSync(folders.state, '');
    const written = await write();
    assert.ok('path' in written);
    assert.equal(written.unremembered?.code, 'state-unwritable');
    assert.deepEqual(readdirSync(at('old/u/c')), ['m.zip']);
  });
});
