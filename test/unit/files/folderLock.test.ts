import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { isFailure, type FailureCode } from '../../../src/base/failure.ts';
import { APPEND_LOCK, hasSqlite, openFolderLock, type FolderLock } from '../../../src/files/folderLock.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { Holder, type Mode } from './otherProcess.ts';

describe('openFolderLock', () => {
  const folders = freshFolders();
  const opened: FolderLock[] = [];
  const holders: Holder[] = [];

  async function open(patience = 10_000): Promise<FolderLock> {
    const lock = await openFolderLock(folders.logs, APPEND_LOCK, { patience });
    opened.push(lock);
    return lock;
  }
  /** Another process, which has the lock by now. */
  async function held(mode: Mode): Promise<Holder> {
    const holder = new Holder(folders.logs, mode);
    holders.push(holder);
    assert.equal(await holder.says(), 'held');
    return holder;
  }
  const path = (): string => join(folders.logs, APPEND_LOCK);
  const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);

  afterEach(async () => {
    for (const lock of opened.splice(0)) lock.close();
    for (const holder of holders.splice(0)) await holder.kill();
  });

  it('this Node has SQLite', () => {
    assert.equal(hasSqlite(), true);
  });

  const together: [held: Mode, wanted: 'shared' | 'exclusive', granted: boolean][] = [
    ['shared', 'shared', true],
    ['shared', 'exclusive', false],
    ['exclusive', 'shared', false],
    ['exclusive', 'exclusive', false],
    ['hold', 'shared', false],
    ['hold', 'exclusive', false],
  ];
  for (const [mode, wanted, granted] of together)
    it(`${mode} in another process, ${wanted} here: ${granted ? 'both' : 'one after the other'}`, async () => {
      const lock = await open();
      const holder = await held(mode);
      let done = 0;
      const take = async (patience?: number): Promise<void> =>
        lock[wanted](() => void (done += 1), patience === undefined ? undefined : { patience });
      if (granted) {
        await take();
        assert.equal(done, 1);
        await holder.release();
        return;
      }
      await assert.rejects(take(20), failsWith('lock-busy'));
      const waiting = take();
      await turn();
      assert.equal(done, 0);
      await holder.release();
      await waiting;
      assert.equal(done, 1);
    });

  for (const mode of ['shared', 'exclusive', 'hold'] as const)
    it(`is free when a process that has it (${mode}) is killed`, async () => {
      const lock = await open();
      const holder = await held(mode);
      await assert.rejects(
        lock.exclusive(() => undefined, { patience: 0 }),
        failsWith('lock-busy'),
      );
      await holder.kill();
      assert.equal(await lock.exclusive(() => 'mine'), 'mine');
    });

  it('is free after work that throws, and passes the error on', async () => {
    const lock = await open();
    const error = new Error('work');
    for (const mode of ['shared', 'exclusive'] as const)
      await assert.rejects(
        lock[mode](() => {
          throw error;
        }),
        error,
      );
    const holder = await held('exclusive');
    await holder.release();
  });

  it('keeps others out until released, and releasing twice is safe', async () => {
    const [mine, other] = [await open(), await open()];
    const hold = await mine.hold();
    await assert.rejects(
      other.shared(() => undefined, { patience: 0 }),
      failsWith('lock-busy'),
    );
    hold.release();
    hold.release();
    assert.equal(await other.exclusive(() => 1), 1);
    const again = await other.hold();
    hold.release();
    await assert.rejects(
      mine.shared(() => undefined, { patience: 0 }),
      failsWith('lock-busy'),
    );
    again.release();
    const next = await mine.hold();
    hold.release();
    await assert.rejects(
      other.shared(() => undefined, { patience: 0 }),
      failsWith('lock-busy'),
    );
    next.release();
    assert.equal(await other.shared(() => 1), 1);
  });

  it('is given up by closing, and closing twice is safe', async () => {
    const [mine, other] = [await open(), await open()];
    const hold = await mine.hold();
    mine.close();
    mine.close();
    hold.release();
    assert.equal(await other.exclusive(() => 1), 1);
    await assert.rejects(
      mine.shared(() => undefined),
      failsWith('cancelled'),
    );
  });

  for (const wanted of ['shared', 'exclusive'] as const)
    it(`the event loop turns while ${wanted} is waited for`, async () => {
      const lock = await open();
      const holder = await held('exclusive');
      let turns = 0;
      const counter = setInterval(() => (turns += 1), 1);
      const waiting = lock[wanted](() => turns);
      while (turns < 5) await sleep(1);
      await holder.release();
      assert.ok((await waiting) >= 5);
      clearInterval(counter);
    });

  it('can be cancelled while it is waited for', async () => {
    const lock = await open();
    await held('exclusive');
    const controller = new AbortController();
    const waiting = lock.exclusive(() => undefined, { signal: controller.signal });
    await turn();
    controller.abort();
    await assert.rejects(waiting, failsWith('cancelled'));
    const opening = openFolderLock(folders.logs, APPEND_LOCK, { signal: controller.signal });
    await assert.rejects(opening, failsWith('cancelled'));
  });

  it('many in one process exclude each other', async () => {
    const locks = await Promise.all(Array.from({ length: 8 }, async () => open()));
    let inside = 0;
    await Promise.all(
      locks.map(async (lock) =>
        lock.exclusive(() => {
          inside += 1;
          assert.equal(inside, 1);
          inside -= 1;
        }),
      ),
    );
  });

  it('processes that make the file together share one lock', async () => {
    const many = Array.from({ length: 4 }, () => new Holder(folders.logs, 'hold'));
    holders.push(...many);
    const waiting = new Map(many.map((holder) => [holder, holder.says().then((word) => ({ holder, word }))]));
    while (waiting.size > 0) {
      const { holder, word } = await Promise.race(waiting.values());
      assert.equal(word, 'held');
      waiting.delete(holder);
      await holder.release();
    }
  });

  it('an existing file is used as it is, and nothing stays beside it', async () => {
    const lock = await open();
    await lock.exclusive(() => undefined);
    const before = onDisk(folders.logs);
    await (await open()).shared(() => undefined);
    assert.deepEqual(Object.keys(before), [APPEND_LOCK]);
    assert.deepEqual(onDisk(folders.logs), before);
  });

  it('whoever may write into the folder may lock it', async () => {
    chmodSync(folders.logs, 0o2770);
    await open();
    assert.equal(statSync(path()).mode & 0o777, 0o660);
    assert.equal(statSync(path()).gid, statSync(folders.logs).gid);
  });

  const removals: [what: string, remove: () => void][] = [
    [
      'removed',
      () => {
        unlinkSync(path());
      },
    ],
    [
      'moved away',
      () => {
        renameSync(path(), `${path()}.old`);
      },
    ],
  ];
  for (const [what, remove] of removals) {
    it(`a lock file ${what} is made again, and what it kept out stays out`, async () => {
      const [mine, other] = [await open(), await open()];
      await mine.shared(() => undefined);
      remove();
      const hold = await mine.hold();
      assert.ok(existsSync(path()));
      await assert.rejects(
        other.shared(() => undefined, { patience: 0 }),
        failsWith('lock-busy'),
      );
      hold.release();
      assert.equal(await other.shared(() => 1), 1);
    });

    it(`a lock file ${what}, and the new one taken by somebody else, is waited for`, async () => {
      const lock = await open();
      await lock.shared(() => undefined);
      remove();
      const holder = await held('exclusive');
      await assert.rejects(
        lock.shared(() => undefined, { patience: 200 }),
        failsWith('lock-busy'),
      );
      let waiting: Promise<string> | undefined;
      await new Promise<void>((resolve) => {
        waiting = lock.exclusive(() => 'mine', { onWait: resolve });
      });
      await holder.release();
      assert.equal(await waiting, 'mine');
    });
  }

  it('whoever waited for a lock file that was removed meanwhile takes the new one', async () => {
    const lock = await open();
    const holder = await held('exclusive');
    const waiting = lock.exclusive(() => lstatSync(path()).ino);
    await turn();
    const old = lstatSync(path()).ino;
    renameSync(path(), `${path()}.old`);
    const successor = await held('exclusive');
    await holder.release();
    await successor.release();
    assert.notEqual(await waiting, old);
  });

  it('a lock on a file that was moved away while it was waited for is no lock', async () => {
    // Most of an exclusive's waiting is done inside SQLite: of several attempts, one meets the move there.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const lock = await open();
      const holder = await held('hold-and-move');
      const waiting = lock.exclusive(() => existsSync(path()));
      await holder.release();
      assert.equal(await waiting, true);
    }
  });

  const damaged: [what: string, make: () => void][] = [
    [
      'a link',
      () => {
        symlinkSync(join(folders.root, 'elsewhere'), path());
      },
    ],
    [
      'a link to an SQLite file',
      () => {
        symlinkSync(join(folders.root, 'database'), path());
      },
    ],
    [
      'a folder',
      () => {
        mkdirSync(path());
      },
    ],
    [
      'no SQLite file',
      () => {
        writeFileSync(path(), 'garbage, more than a header of it'.repeat(100));
      },
    ],
    [
      'a half SQLite file',
      () => {
        writeFileSync(path(), 'SQLite format 3\0'.padEnd(100, '\xff'), 'latin1');
      },
    ],
  ];
  for (const [what, make] of damaged)
    it(`is refused where the file is ${what}, which stays as it is`, async () => {
      (await openFolderLock(folders.root, 'database')).close();
      make();
      const before = onDisk(folders.root);
      await assert.rejects(open(), failsWith('lock-damaged'));
      assert.deepEqual(onDisk(folders.root), before);
    });

  it('is refused when the file becomes garbage while it is open', async () => {
    const lock = await open();
    renameSync(path(), `${path()}.old`);
    writeFileSync(path(), 'garbage'.repeat(1000));
    for (let time = 0; time < 2; time += 1)
      await assert.rejects(
        lock.shared(() => undefined),
        failsWith('lock-damaged'),
      );
    unlinkSync(path());
    assert.equal(await lock.shared(() => 'mended'), 'mended');
  });

  it('is refused where there is no folder', async () => {
    await assert.rejects(
      openFolderLock(join(folders.root, 'nothing'), APPEND_LOCK),
      failsWith('logs-missing'),
    );
  });
});
