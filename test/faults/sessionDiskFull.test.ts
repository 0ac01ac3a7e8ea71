import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { requireTools } from './commandLine.ts';
import { assertSentences } from './recovery.ts';
import { plainIds, say, wordsToWrite, written, type Said } from './sessionCommands.ts';
import {
  SESSIONS,
  allTexts,
  archivesIn,
  fillSessions,
  passwords,
  temporariesIn,
} from './sessionWorkspace.ts';
import { smallDisk } from './smallDisk.ts';
import { DAY_MS, STATE, folderForTests } from './workspaceFolder.ts';

const PAGE_BYTES = 4096;

describe('session write and rekey on a full disk (a small tmpfs, where a write is short before it fails)', () => {
  const base = folderForTests('session-full');
  const disk = smallDisk(join(base, 'disk'), '3m');
  const root = join(disk.path, 'workspace');

  before(() => {
    requireTools();
  });

  beforeEach(async () => {
    process.env.XDG_STATE_HOME = join(disk.path, STATE);
    const archives = ['u/c/m.zip', 'u/c/n.zip', 'v/c/m.zip'].map((path) => ({ path }));
    fillSessions(root, archives, { compression: 'stored' });
    // This run leaves the locks.
    await inlineApp().run('runMaintenance', { root });
  });

  const rekey = (): Promise<Said> =>
    say(
      ['session', 'rekey', '--password-stdin', '--workspace', root],
      `${passwords.one}\n${passwords.next}\n`,
    );

  /** Of how many bytes the log is, and for how many pages there is room. */
  const tooLarge: readonly (readonly [bytes: number, pages: number])[] = [
    ...[0, 1, 2, 3].map((pages) => [100, pages] as const),
    ...[0, 1, 10, 20].map((pages) => [150_000, pages] as const),
    ...[0, 2, 100, 200].map((pages) => [1_000_000, pages] as const),
  ];
  for (const [bytes, pages] of tooLarge)
    for (const chat of ['c', 'new'])
      it(`a log of ${String(bytes)} bytes and ${String(pages)} pages, in ${chat === 'c' ? 'an old' : 'a new'} folder`, async () => {
        const before = await allTexts(root);
        disk.fill(pages);
        const words = wordsToWrite(root, { ...plainIds, chat });
        const log = `${randomBytes(bytes / 2).toString('hex')}\n`;
        const said = await say(words, log);
        assertSentences(said.stderr);
        if (said.status !== 0) {
          assert.deepEqual([said.status, said.stdout], [3, ''], said.stderr);
          assert.match(said.stderr, /The disk is full, so “.*” was not written and the lines are lost/);
        } else await written(root, said);
        if (bytes > pages * PAGE_BYTES) assert.equal(said.status, 3);
        assert.deepEqual(temporariesIn(disk.path), []);
        disk.makeRoom();
        const { path } = await written(root, await say(words, log));
        const after = await allTexts(root);
        for (const [old, texts] of before) assert.deepEqual(after.get(old), texts, old);
        assert.equal(after.size, before.size + (said.status === 0 ? 2 : 1));
        assert.ok(path.startsWith(`${SESSIONS}/u/${chat}/m.`), path);
      });

  for (const pages of [0, 1, 2, 3])
    it(`rekey with ${String(pages)} pages free: what there is no room for stays as it is, and is told`, async () => {
      const before = await allTexts(root);
      disk.fill(pages);
      const { status, stderr } = await rekey();
      assertSentences(stderr);
      assert.ok(status === 0 || status === 1 || status === 3, stderr);
      if (pages === 0) assert.notEqual(status, 0);
      // A change that cannot be recorded is not made. SQLite does not say why the file beside its log cannot grow.
      if (status !== 0) assert.match(stderr, /The disk is full|cannot be recorded in the audit trail/);
      assert.deepEqual(await allTexts(root), before);
      assert.deepEqual(temporariesIn(disk.path), []);
      disk.makeRoom();
      const again = await rekey();
      assert.deepEqual([again.status, again.stderr], [0, '']);
      assert.deepEqual(await allTexts(root), before);
    });

  it('a read-only disk: neither writes, cleans nor rekeys, each says so, and archives are read all the same', async () => {
    const before = await allTexts(root);
    disk.makeReadOnly();
    const later = String(Date.now() + 400 * DAY_MS);
    const all = [
      await say(wordsToWrite(root, plainIds), 'line\n'),
      await say(wordsToWrite(root, { ...plainIds, user: 'new' }), 'line\n'),
      await say(['session', 'clean', '--now', later, '--workspace', root]),
      await rekey(),
    ];
    for (const { stderr } of all) {
      assertSentences(stderr);
      assert.match(stderr, /may not be changed|cannot be used \(EROFS/);
    }
    // What cannot be recorded is refused as a whole, before any archive is tried.
    assert.deepEqual(
      all.map(({ status }) => status),
      [3, 3, 3, 3],
    );
    const opened = await say(['session', 'open', join(root, archivesIn(root)[0] ?? '')]);
    assert.equal(opened.status, 0);
    assert.deepEqual(await allTexts(root), before);
  });
});
