import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '../../../src/audit/record.ts';
import { isFailure } from '../../../src/base/failure.ts';
import { STORE_FILES } from '../../../src/files/fileName.ts';
import { requireRegularFile } from '../../../src/files/identity.ts';
import { BYTES_PER_MB } from '../../../src/base/units.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { gitRepository } from '../gitRepository.ts';
import { onDisk } from '../onDisk.ts';
import { recordsIn } from '../recording.ts';

const LINE = entryLine(new Date().toISOString());

describe('deeds in the trail on disk', () => {
  const folders = freshFolders();
  const { repository } = gitRepository(folders);
  const app = inlineApp(folders.environment);
  const input = (): { root: string; name: string } => ({ root: folders.root, name: 'api.1.log' });
  const audit = (): string => join(folders.logs, 'audit.db');
  const seen = (name: string): LogFile => requireRegularFile(folders.logs, name);
  const actions = (records: readonly AuditRecord[]): string[] => records.map(({ action }) => action);
  const maintain = (): Promise<unknown> => app.run('runMaintenance', { root: folders.root });
  const remove = (name: string): ReturnType<typeof app.run<'deleteLogs'>> =>
    app.run('deleteLogs', { root: folders.root, files: [seen(name)], alsoWritten: false });

  beforeEach(() => {
    folders.policy({});
    folders.put('logs/api.1.log', LINE);
  });
  afterEach(() => app.run('closeTrails', {}));

  it('are recorded for a new workspace directly after it is made', async () => {
    rmSync(folders.root, { recursive: true });
    mkdirSync(folders.root);
    repository(folders.root);
    const edits = [{ key: 'rotation.maxFileMB', value: 5 }];
    await app.run('savePolicy', { root: folders.root, edits });
    const records = await recordsIn(folders);
    assert.deepEqual(actions(records), ['workspace_initialised', 'ignore_rule_changed']);
    assert.partialDeepStrictEqual(records[0], {
      user_id: userInfo().username,
      entity_id: '.workspace-logs.json',
      changes: { 'rotation.maxFileMB': { old: 20, new: 5 } },
      audit_metadata: { door: 'cli', created: ['logs', '.workspace-logs.json'] },
    });
  });

  it('leave an unmanaged workspace as it is', async () => {
    rmSync(join(folders.root, '.workspace-logs.json'));
    const before = onDisk(folders.root);
    const target = join(folders.state, 'copy');
    await app.run('saveCopy', { root: folders.root, file: seen('api.1.log'), unzipped: false, target });
    await app.run('openRaw', input());
    assert.deepEqual([onDisk(folders.root), existsSync(audit())], [before, false]);
  });

  it('are recorded although the policy is damaged', async () => {
    folders.put('.workspace-logs.json', '{"version": 1, "rotation": 5}');
    await app.run('openRaw', input());
    assert.deepEqual(actions(await recordsIn(folders)), ['log_opened_raw']);
  });

  const obstacles: readonly [what: string, put: () => void, code: string][] = [
    [
      'is read-only',
      () => {
        chmodSync(audit(), 0o444);
      },
      'no-permission',
    ],
    [
      'is a link',
      () => {
        renameSync(audit(), join(folders.state, 'elsewhere'));
        symlinkSync(join(folders.state, 'elsewhere'), audit());
      },
      'not-a-regular-file',
    ],
    [
      'is a folder',
      () => {
        rmSync(audit());
        mkdirSync(audit());
      },
      'not-a-regular-file',
    ],
    [
      'is no database',
      () => {
        for (const suffix of ['', '-wal', '-shm']) rmSync(audit() + suffix);
        writeFileSync(audit(), 'text '.repeat(1000));
      },
      'audit-damaged',
    ],
  ];
  for (const [what, put, code] of obstacles)
    it(`are refused where its file ${what}, also while it is open`, async () => {
      await app.run('openRaw', input());
      put();
      const isRefused = (error: unknown): boolean =>
        isFailure(error, 'audit-unavailable') && error.data.why.code === code;
      await assert.rejects(app.run('openRaw', input()), isRefused);
      assert.partialDeepStrictEqual(await remove('api.1.log'), {
        deleted: [],
        refused: [{ failure: { code: 'audit-unavailable' } }],
      });
      assert.equal(readFileSync(join(folders.logs, 'api.1.log'), 'utf8'), LINE);
    });

  it('go into a new trail where the old one was removed while it was open', async () => {
    await app.run('openRaw', input());
    rmSync(folders.logs, { recursive: true });
    folders.put('logs/api.1.log', '{}\n');
    await app.run('openRaw', input());
    assert.equal((await recordsIn(folders)).length, 1);
  });

  it('of maintenance are one record a kind, and go on without a record, which the next one counts', async () => {
    folders.policy({ rotation: { maxFileMB: 1, keepPlain: 1 } });
    folders.put('logs/api.log', LINE.repeat(BYTES_PER_MB / LINE.length + 1));
    await maintain();
    const records = await recordsIn(folders);
    assert.deepEqual(actions(records), ['log_rotated', 'log_zipped']);
    assert.partialDeepStrictEqual(records[0], {
      entity_type: 'log',
      entity_id: 'logs/api.log',
      audit_metadata: { count: 1, files: [{ name: 'logs/api.log', to: 'logs/api.2.log', reason: 'size' }] },
    });

    chmodSync(audit(), 0o444);
    folders.put('logs/api.3.log', LINE);
    await maintain();
    chmodSync(audit(), 0o600);
    await app.run('openRaw', { root: folders.root, name: 'api.3.log' });
    await app.run('openRaw', { root: folders.root, name: 'api.3.log' });
    const [first, second] = (await recordsIn(folders)).slice(2);
    assert.partialDeepStrictEqual(first, { action: 'log_opened_raw', audit_metadata: { missing: 1 } });
    assert.deepEqual(second?.audit_metadata, { door: 'cli' });
  });

  it('leave files that are listed with their size, and that no use case opens, copies or deletes', async () => {
    folders.policy({
      retention: { maxAge: { days: 1 }, maxFolderMB: 1, alsoFamilies: ['*'] },
    });
    await app.run('openRaw', input());
    const before = (await recordsIn(folders)).length;
    const names = STORE_FILES.map((name) => name as string).sort();
    const listed = await app.run('listLogs', { root: folders.root, times: true });
    const store = listed.filter(({ kind }) => kind === 'store');
    assert.deepEqual(
      store.map(({ name, family }) => [name, family]),
      names.map((name) => [name, 'audit']),
    );
    assert.ok(store.every(({ bytes }) => bytes > 0));
    for (const name of names) {
      utimesSync(join(folders.logs, name), 1e9, 1e9);
      const file = seen(name);
      const at = { root: folders.root, name };
      const copy = { root: folders.root, file, unzipped: false, target: join(folders.state, 'copy') };
      for (const refused of [
        app.run('readLogPart', { ...at, part: 0 }),
        app.run('measureLog', at),
        app.run('openRaw', at),
        app.run('saveCopy', copy),
      ])
        await assert.rejects(refused, { code: 'not-a-log-name' });
      assert.partialDeepStrictEqual(await remove(name), {
        deleted: [],
        refused: [{ failure: { code: 'not-a-log-name' } }],
      });
    }
    await maintain();
    assert.deepEqual(
      names.filter((name) => !existsSync(join(folders.logs, name))),
      [],
    );
    assert.equal((await recordsIn(folders)).length, before);
  });

  it('of others are found at the next run', async () => {
    for (const name of ['api.2.log', 'api.3.log', 'server.log.1', 'api.log'])
      folders.put(`logs/${name}`, LINE);
    await maintain();
    await remove('api.1.log');
    rmSync(join(folders.logs, 'api.2.log'));
    rmSync(join(folders.logs, 'server.log.1'));
    await maintain();
    const [record, ...others] = (await recordsIn(folders)).filter(
      ({ action }) => action === 'file_removed_outside',
    );
    assert.deepEqual([record?.entity_id, others], ['logs/api.2.log', []]);
    await maintain();
    assert.equal((await recordsIn(folders)).length, 2);
  });
});
