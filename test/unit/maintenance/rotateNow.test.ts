import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import type { rotateNow } from '../../../src/maintenance/rotate.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { Holder } from '../files/otherProcess.ts';
import { freshFolders } from '../freshFolders.ts';
import { nextWait } from '../nextWait.ts';
import { onDisk } from '../onDisk.ts';
import { whileHeldOpen } from '../reading/swappedLogs.ts';

describe('rotating because a person wants it', function () {
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
  const rotate = (family: 'api' | 'audit' = 'api'): ReturnType<typeof rotateNow> =>
    app.run('rotateNow', { root: folders.root, family }, { onReport: (report) => reports.push(report) });

  it('gives the active log the next number, however small it is, and tells', async () => {
    writeFileSync(path('audit.log'), 'x');
    writeFileSync(path('audit.4.log'), 'old');
    const step = { kind: 'rotate', name: 'audit.log', to: 'audit.5.log', bytes: 1, reason: 'asked' };
    assert.deepEqual(await rotate('audit'), step);
    assert.deepEqual(names(), ['audit.4.log', 'audit.5.log']);
    assert.deepEqual(
      reports.map((report) => report.kind === 'action' && report.event.action),
      [{ kind: 'rotate', step }],
    );
  });

  it('goes on while the policy is on hold: nothing is deleted by it', async () => {
    folders.policy({ retention: { hold: true } });
    writeFileSync(path('api.log'), 'x');
    assert.equal((await rotate()).to, 'api.1.log');
  });

  const refusals: [what: string, prepare: () => void, code: string][] = [
    ['there is no log', () => folders.logs, 'nothing-to-rotate'],
    [
      'the log is empty',
      () => {
        truncateSync(path('api.log'));
      },
      'nothing-to-rotate',
    ],
    [
      'the log is gone since',
      () => {
        unlinkSync(path('api.log'));
      },
      'nothing-to-rotate',
    ],
    [
      'the log is a link',
      () => {
        renameSync(path('api.log'), join(folders.root, 'elsewhere'));
        symlinkSync(join(folders.root, 'elsewhere'), path('api.log'));
      },
      'not-a-regular-file',
    ],
    [
      'the log is a folder',
      () => {
        unlinkSync(path('api.log'));
        mkdirSync(path('api.log'));
      },
      'not-a-regular-file',
    ],
    [
      'there is no policy',
      () => {
        unlinkSync(join(folders.root, '.workspace-logs.json'));
      },
      'not-managed',
    ],
    [
      'logs is a link',
      () => {
        renameSync(folders.logs, join(folders.root, 'moved'));
        symlinkSync(join(folders.root, 'moved'), join(folders.root, 'logs'));
      },
      'logs-not-a-folder',
    ],
  ];
  for (const [what, prepare, code] of refusals)
    it(`is refused where ${what}`, async () => {
      if (what !== 'there is no log') writeFileSync(path('api.log'), 'x');
      prepare();
      const before = onDisk(folders.root);
      await assert.rejects(rotate(), { code });
      assert.deepEqual([onDisk(folders.root), reports], [before, []]);
    });

  it('says that there is no logs folder', async () => {
    rmSync(folders.logs, { recursive: true });
    await assert.rejects(rotate(), { code: 'logs-missing' });
  });

  it('says what stands in the place of the logs folder', async () => {
    const { logs } = folders;
    rmSync(logs, { recursive: true });
    writeFileSync(logs, '');
    await assert.rejects(rotate(), { code: 'logs-not-a-folder' });
  });

  it('is refused where a foreign program holds the log open', async () => {
    writeFileSync(path('api.log'), 'x');
    await whileHeldOpen(path('api.log'), async () => {
      await assert.rejects(rotate(), { code: 'log-held-open' });
      assert.deepEqual(names(), ['api.log']);
    });
  });

  const meanwhile: [what: string, happens: () => void, to: string | undefined][] = [
    [
      'the log grows',
      () => {
        appendFileSync(path('api.log'), 'more');
      },
      'api.1.log',
    ],
    [
      'somebody else rotates it',
      () => {
        renameSync(path('api.log'), path('api.1.log'));
        writeFileSync(path('api.log'), 'new');
      },
      undefined,
    ],
    [
      'it becomes a link',
      () => {
        unlinkSync(path('api.log'));
        symlinkSync(join(folders.root, '.workspace-logs.json'), path('api.log'));
      },
      undefined,
    ],
  ];
  for (const [what, happens, to] of meanwhile)
    it(`${to === undefined ? 'is refused' : 'is done'} where ${what} while the lock is waited for`, async () => {
      writeFileSync(path('api.log'), 'x');
      const other = new Holder(folders.logs, 'shared');
      try {
        await other.says();
        const waits = nextWait();
        const rotating = rotate().then(
          (step) => step.to,
          (error: unknown) => (error as { code?: string }).code,
        );
        await Promise.race([waits, rotating]);
        happens();
        const before = names();
        await other.release();
        assert.equal(await rotating, to ?? 'source-changing');
        if (to === undefined) assert.deepEqual(names(), before);
      } finally {
        await other.kill();
      }
    });
});
