import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import type { Step } from '../../../src/workspace/maintenance.ts';
import { Holder } from '../files/otherProcess.ts';
import { freshFolders } from '../freshFolders.ts';
import { nextWait } from '../nextWait.ts';
import { onDisk } from '../onDisk.ts';

const LIMIT = 100;
const over = 'x'.repeat(LIMIT + 1);

describe('rotate', function () {
  this.slow(1000);
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const reports: AppReport[] = [];

  beforeEach(() => {
    folders.policy({});
    reports.length = 0;
  });

  const put = (name: string, text = over): void => {
    writeFileSync(join(folders.logs, name), text);
  };
  const names = (): string[] => readdirSync(folders.logs).filter((name) => !/^(\.|audit\.db)/.test(name));
  const rotate = (signal?: AbortSignal): Promise<Step | 'held-open' | undefined> =>
    app.run(
      'rotateActive',
      { root: folders.root, family: 'api', limitBytes: LIMIT },
      { signal, onReport: (report) => reports.push(report) },
    );

  const numbers: [beside: string[], to: string][] = [
    [[], 'api.1.log'],
    [['api.1.log'], 'api.2.log'],
    [['api.7.log', 'api.3.log'], 'api.8.log'],
    [['audit.9.log', 'api.2026-01-01.log.zip', 'api.x.log'], 'api.1.log'],
  ];
  for (const [beside, to] of numbers)
    it(`beside ${beside.join(', ') || 'nothing'} the next is ${to}`, async () => {
      for (const name of ['api.log', ...beside]) put(name);
      const step = { kind: 'rotate', name: 'api.log', to, bytes: LIMIT + 1, reason: 'size' };
      assert.deepEqual(await rotate(), step);
      assert.deepEqual(names(), [...beside, to].sort());
      assert.deepEqual(
        reports.map((report) => report.kind === 'action' && report.event.action),
        [{ kind: 'rotate', step }],
      );
    });

  it('a folder or a link takes up its number', async () => {
    put('api.log');
    mkdirSync(join(folders.logs, 'api.4.log'));
    assert.equal(((await rotate()) as Step).to, 'api.5.log');
  });

  it('a file that has just the limit stays, and so does none', async () => {
    assert.ok(folders.logs);
    assert.equal(await rotate(), undefined);
    put('api.log', 'x'.repeat(LIMIT));
    assert.equal(await rotate(), undefined);
    assert.deepEqual([names(), reports], [['api.log'], []]);
  });

  it('of many who notice at once one rotates', async () => {
    put('api.log');
    const steps = await Promise.all(Array.from({ length: 5 }, () => rotate()));
    assert.equal(steps.filter((step) => step !== undefined).length, 1);
    assert.deepEqual(names(), ['api.1.log']);
  });

  const meanwhile: [name: string, happens: () => void][] = [
    [
      'somebody else rotates the file, and the new one is too large already',
      () => {
        renameSync(join(folders.logs, 'api.log'), join(folders.logs, 'api.2.log'));
        put('api.log', `${over}, and new`);
      },
    ],
    [
      'somebody takes the number',
      () => {
        put('api.1.log', 'kept');
      },
    ],
    [
      'somebody empties the file',
      () => {
        put('api.log', '');
      },
    ],
    [
      'somebody removes the file',
      () => {
        unlinkSync(join(folders.logs, 'api.log'));
      },
    ],
  ];
  for (const [name, happens] of meanwhile)
    it(`nothing is rotated where ${name} while the lock is waited for`, async () => {
      put('api.log');
      const other = new Holder(folders.logs, 'exclusive');
      try {
        await other.says();
        const waits = nextWait();
        const rotating = rotate();
        await Promise.race([waits, rotating]);
        happens();
        const before = onDisk(folders.logs);
        await other.release();
        assert.equal(await rotating, undefined);
        assert.deepEqual(onDisk(folders.logs), before);
      } finally {
        await other.kill();
      }
    });

  it('a file that a foreign program holds open stays', async () => {
    put('api.log');
    const descriptor = openSync(join(folders.logs, 'api.log'), 'a');
    const foreign = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    closeSync(descriptor);
    await once(foreign, 'spawn');
    try {
      assert.equal(await rotate(), 'held-open');
    } finally {
      foreign.kill('SIGKILL');
      await once(foreign, 'exit');
    }
    assert.equal(((await rotate()) as Step).to, 'api.1.log');
  });

  it('can be called off while the lock is waited for', async () => {
    put('api.log');
    const other = new Holder(folders.logs, 'shared');
    try {
      await other.says();
      const controller = new AbortController();
      const waits = nextWait();
      const rotating = assert.rejects(rotate(controller.signal), { code: 'cancelled' });
      await Promise.race([waits, rotating]);
      controller.abort();
      await rotating;
    } finally {
      await other.kill();
    }
    assert.deepEqual(names(), ['api.log']);
  });
});
