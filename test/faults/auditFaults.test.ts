import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Failure } from '../../src/base/failure.ts';
import { openSqliteStore } from '../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../src/audit/store.ts';
import { entriesOf, entryOf } from '../unit/audit/sampleTrail.ts';
import { fillTrail, trailHere, type AuditScenario } from './auditScenarios.ts';
import { bundledProgram } from './recordingScenario.ts';
import { smallDisk } from './smallDisk.ts';
import { fillWorkspace, folderForTests, STATE } from './workspaceFolder.ts';

const plain: AuditScenario = { name: 'plain', first: 20, appends: [], isPruned: false };

describe('the audit trail', () => {
  const base = folderForTests('audit-faults');
  const verify = (root: string, trail = trailHere()): Promise<{ state: string; records: number }> =>
    trail.run('verifyTrail', { root, indexes: true });
  const managed = (name: string): string => {
    const root = join(base, name);
    fillWorkspace(root, { policy: {} });
    return root;
  };

  it('takes the records of several processes at once', async () => {
    const program = await bundledProgram(base, 'auditProgram');
    const root = managed('several');
    const appends = Array.from({ length: 12 }, (_, time) => 1 + (time % 3) * 10);
    const written = appends.reduce((sum, count) => sum + count);
    const programs = [0, 1000, 2000].map((first) => {
      const scenario: AuditScenario = { ...plain, first, appends };
      return promisify(execFile)(process.execPath, [program, root, JSON.stringify(scenario)]);
    });
    for (const { stderr } of await Promise.all(programs)) assert.equal(stderr, '');
    assert.partialDeepStrictEqual(await verify(root), {
      state: 'sound',
      records: 3 * written,
      sealed: 3 * written,
    });
  });

  it('is sound in a workspace that was moved, and goes on', async () => {
    const root = managed('here');
    await fillTrail(root, plain);
    const moved = join(base, 'there');
    renameSync(root, moved);
    assert.partialDeepStrictEqual(await verify(moved), { state: 'sound', records: 20 });
    const trail = trailHere();
    await trail.run('appendToTrail', { root: moved, entries: [entryOf(20)] });
    await trail.run('closeTrail', { root: moved });
    assert.partialDeepStrictEqual(await verify(moved), { state: 'sound', records: 21, sealed: 21 });
  });

  describe('on a small disk', () => {
    const disk = smallDisk(join(base, 'disk'), '4m');
    const root = join(disk.path, 'workspace');
    const environment = { XDG_STATE_HOME: join(disk.path, STATE) };

    /** Opens the store while `work` runs: the disk is unmounted afterwards. */
    const withStore = async (work: (store: AuditStore) => Promise<void>): Promise<void> => {
      const store = openSqliteStore(join(root, 'logs', 'audit.db'));
      try {
        await work(store);
      } finally {
        store.close();
      }
    };

    beforeEach(async () => {
      fillWorkspace(root, { policy: {} });
      await fillTrail(root, plain, environment);
    });

    for (const pages of [0, 1, 3, 10])
      it(`with ${String(pages)} pages free, a record is stored or refused, and none is lost`, async () => {
        let stored = 20;
        const refused: string[] = [];
        await withStore(async (store) => {
          await store.append([entryOf(stored)]);
          stored += 1;
          disk.fill(pages);
          while (refused.length < 3) {
            try {
              await store.append([entryOf(stored, { description: 'x'.repeat(3000) })]);
              stored += 1;
            } catch (error) {
              refused.push((error as Failure).code);
            }
          }
        });
        assert.deepEqual(refused, ['disk-full', 'disk-full', 'disk-full']);
        disk.makeRoom();
        const trail = trailHere(environment);
        await trail.run('appendToTrail', { root, entries: entriesOf(stored, stored + 5) });
        await trail.run('closeTrail', { root });
        assert.partialDeepStrictEqual(await verify(root, trail), { state: 'sound', records: stored + 5 });
      });

    it('that is read-only, it is read, and takes nothing', async () => {
      disk.makeReadOnly();
      const trail = trailHere(environment);
      const append = trail.run('appendToTrail', { root, entries: [entryOf(20)] });
      await assert.rejects(append, { code: 'no-permission' });
      assert.partialDeepStrictEqual(await verify(root, trail), { state: 'sound', records: 20 });
      const page = await trail.run('queryTrail', { root, filter: { user: 'user 3' }, limit: 50 });
      assert.equal(page.total, 3);
    });
  });
});
