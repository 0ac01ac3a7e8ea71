import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { makeDueWorkspace } from './dueWorkspace.ts';
import { countLines, logTexts } from './logText.ts';
import { assertNothingLost, assertRecovers, assertSentences } from './recovery.ts';
import { smallDisk } from './smallDisk.ts';
import { DAY_MS, fillWorkspace, folderForTests, leftoversIn, STATE } from './workspaceFolder.ts';

const LEFTOVER_OF_OLD = 'logs/api.2026-01-01.log.zip.tmp-0123456789abcdef';

describe('maintain on a full disk (a small tmpfs, where a write is short before it fails)', () => {
  const base = folderForTests('full');
  const disk = smallDisk(join(base, 'disk'), '6m');
  const root = join(disk.path, 'workspace');
  const app = inlineApp();

  before(() => {
    requireTools('unzip', 'git');
  });

  beforeEach(() => {
    process.env.XDG_STATE_HOME = join(disk.path, STATE);
  });

  function maintain(...options: string[]): { status: number | null; stderr: string } {
    const words = [commandLine, 'maintain', '--workspace', root, ...options];
    return spawnSync(process.execPath, words, { encoding: 'utf8' });
  }

  for (const settled of [true, false])
    for (let pages = 0; pages <= 8; pages += 1)
      it(`${String(pages)} pages free in a ${settled ? 'settled' : 'new'} folder`, async () => {
        const staying = await makeDueWorkspace(root, settled);
        disk.fill(pages);
        const { status, stderr } = maintain();
        assertSentences(stderr);
        assert.ok(status === 0 || status === 3, stderr);
        if (status === 3) assert.match(stderr, /The disk is full/);
        if (pages === 0) assert.equal(status, 3);
        assertNothingLost(root, staying);
        const left = leftoversIn(disk.path).filter((name) => !name.endsWith(LEFTOVER_OF_OLD));
        assert.deepEqual(left, []);
        disk.makeRoom();
        await assertRecovers(app, root, staying);
      });

  /** Archives of one write and of several; the first one that does not fit is short. */
  const tooLarge: [pages: number, logBytes: number][] = [
    [2, 100_000],
    [15, 100_000],
    [2, 400_000],
    [20, 400_000],
    [60, 400_000],
  ];
  for (const [pages, logBytes] of tooLarge)
    it(`${String(pages)} pages free for the archive of a log of ${String(logBytes)} bytes`, async () => {
      const text = noise(logBytes);
      fillWorkspace(root, {
        policy: { rotation: { keepPlain: 1 } },
        logs: { 'api.1.log': text, 'api.log': '' },
      });
      disk.fill(pages);
      const { status, stderr } = maintain();
      assertSentences(stderr);
      assert.equal(status, 3);
      assert.match(stderr, /The disk is full, so “.*” was not written/);
      assert.equal(logTexts(root).get('api.1.log'), text);
      assert.deepEqual(leftoversIn(disk.path), []);
      disk.makeRoom();
      await assertRecovers(app, root, countLines([text]));
    });

  it('what has expired goes all the same, and makes room', async () => {
    const policy = { rotation: { keepPlain: 1 } };
    fillWorkspace(root, { policy, logs: { 'api.log': '' } });
    await app.run('runMaintenance', { root });
    const text = noise(400_000);
    const expired = noise(1_000_000, 400);
    fillWorkspace(root, { logs: { 'api.1.log': expired, 'api.2.log': text } });
    const then = (Date.now() - 400 * DAY_MS) / 1000;
    utimesSync(join(root, 'logs', 'api.1.log'), then, then);
    disk.fill(0);
    const { status, stderr } = maintain();
    assertSentences(stderr);
    assert.match(stderr, /The disk is full, so “.*last-run\.json” was not written/);
    assert.equal(status, 3);
    assert.deepEqual([...logTexts(root).values()].sort(), ['', text]);
    assert.deepEqual(leftoversIn(disk.path), []);
    await assertRecovers(app, root, countLines([text]));
  });

  it('a policy that cannot be saved stays as it was', async () => {
    fillWorkspace(root, { policy: {}, logs: { 'api.log': '' } });
    await app.run('runMaintenance', { root });
    disk.fill(0);
    const words = [commandLine, 'policy', '--set', 'rotation.keepPlain=7', '--workspace', root];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    assertSentences(stderr);
    assert.match(stderr, /cannot be recorded .*The disk is full, so “.*audit\.db/);
    assert.equal(status, 3);
    assert.equal((await app.run('readPolicy', { root })).rotation.keepPlain, 5);
    assert.deepEqual(leftoversIn(disk.path), []);
  });

  it('a read-only disk is told, and logs are read from it all the same', async () => {
    await makeDueWorkspace(root, false);
    disk.makeReadOnly();
    const { status, stderr } = maintain();
    assertSentences(stderr);
    assert.deepEqual([status, /may not be changed|cannot be used \(EROFS/.test(stderr)], [3, true], stderr);
    assert.equal((await app.run('listLogs', { root, times: true })).length, 6);
  });
});

/** Lines that hardly get smaller when they are zipped. */
function noise(bytes: number, daysAgo = 1): string {
  const lines: string[] = [];
  const timestamp = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
  for (let length = 0; length < bytes; length += 1100) {
    lines.push(`${JSON.stringify({ timestamp, noise: randomBytes(800).toString('base64') })}\n`);
  }
  return lines.join('');
}
