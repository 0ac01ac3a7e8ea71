import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { systemPatience, type Patience } from '../../../src/base/patience.ts';
import { openAppender, systemAppendPort, type Appender, type AppendPort } from '../../../src/files/append.ts';
import { APPEND_LOCK, openFolderLock } from '../../../src/files/folderLock.ts';
import { freshFolders } from '../freshFolders.ts';
import { Holder } from './otherProcess.ts';

const NAME = 'api.log';
const plainly = { durable: false };
const durably = { durable: true };

describe('append', function () {
  this.slow(1000);
  const folders = freshFolders();
  const appenders: Appender[] = [];
  const others: Holder[] = [];
  const lines = (...texts: string[]): Buffer => Buffer.from(texts.map((text) => `${text}\n`).join(''));
  const path = (): string => join(folders.logs, NAME);
  const text = (): string => readFileSync(path(), 'utf8');

  afterEach(async () => {
    for (const appender of appenders.splice(0)) appender.close();
    await Promise.all(others.splice(0).map((other) => other.kill()));
  });

  async function open(
    port: Partial<AppendPort> = {},
    patience: { readonly time?: Patience; readonly onWait?: () => void } = {},
  ): Promise<Appender> {
    const appender = await openAppender(folders.logs, NAME, { ...systemAppendPort, ...port }, patience);
    appenders.push(appender);
    return appender;
  }

  /** The `onWait` callback, and the times of its calls. */
  function waiting(): { waits: Promise<void>; onWait: () => void } {
    let onWait: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (onWait = resolve));
    return { waits, onWait };
  }

  async function holder(mode: 'exclusive' | 'shared'): Promise<Holder> {
    const other = new Holder(folders.logs, mode);
    others.push(other);
    assert.equal(await other.says(), 'held');
    return other;
  }

  it('makes the folder and the file, appends, and tells the size', async () => {
    const appender = await open();
    rmSync(folders.logs, { recursive: true });
    assert.deepEqual(await appender.append(lines('a'), plainly), { written: 2, size: 2 });
    appendFileSync(path(), 'foreign\n');
    assert.deepEqual(await appender.append(lines('b', 'c'), plainly), { written: 4, size: 14 });
    assert.equal(text(), 'a\nforeign\nb\nc\n');
  });

  it('begins a new line where the file ends in the middle of one', async () => {
    writeFileSync(path(), 'whole\n{"timest');
    const appender = await open();
    assert.deepEqual(await appender.append(lines('a'), plainly), { written: 2, size: 17 });
    assert.equal(text(), 'whole\n{"timest\na\n');
    appendFileSync(path(), '{"torn again');
    await appender.append(lines('b'), plainly);
    assert.equal(text(), 'whole\n{"timest\na\n{"torn again\nb\n');
  });

  it('waits for a line that is still on its way', async () => {
    writeFileSync(path(), 'ha');
    const appender = await open();
    const appending = appender.append(lines('a'), plainly);
    // So far it has come without the event loop, which lets no timer end meanwhile.
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    appendFileSync(path(), 'lf\n');
    await appending;
    assert.equal(text(), 'half\na\n');
  });

  const moves: [name: string, move: () => void][] = [
    [
      'renamed',
      () => {
        renameSync(path(), join(folders.logs, 'api.1.log'));
      },
    ],
    [
      'removed',
      () => {
        unlinkSync(path());
      },
    ],
    [
      'removed with its folder',
      () => {
        rmSync(folders.logs, { recursive: true });
      },
    ],
    [
      'moved with its folder',
      () => {
        renameSync(folders.logs, join(folders.root, 'aside'));
      },
    ],
    [
      'replaced',
      () => {
        unlinkSync(path());
        writeFileSync(path(), 'new\n');
      },
    ],
  ];
  for (const [name, move] of moves)
    it(`goes on in a new file when the old one was ${name}`, async () => {
      const appender = await open();
      await appender.append(lines('a'), plainly);
      move();
      const { written } = await appender.append(lines('b'), plainly);
      assert.equal(written, 2);
      assert.equal(text(), name === 'replaced' ? 'new\nb\n' : 'b\n');
    });

  const obstacles: [name: string, code: string, place: () => void][] = [
    [
      'a link',
      'not-a-regular-file',
      () => {
        symlinkSync(join(folders.root, 'outside'), path());
      },
    ],
    [
      'a folder',
      'not-a-regular-file',
      () => {
        mkdirSync(path());
      },
    ],
    [
      'a FIFO',
      'not-a-regular-file',
      () => {
        execFileSync('mkfifo', [path()]);
      },
    ],
  ];
  for (const [name, code, place] of obstacles)
    it(`writes nothing where the file is ${name}, and goes on when that is gone`, async () => {
      const appender = await open();
      await appender.append(lines('a'), plainly);
      unlinkSync(path());
      place();
      const { ino } = lstatSync(path());
      await assert.rejects(appender.append(lines('lost'), plainly), { code });
      assert.equal(lstatSync(path()).ino, ino);
      assert.ok(!readdirSync(folders.root).includes('outside'));
      rmSync(path(), { recursive: true });
      await appender.append(lines('b'), plainly);
      assert.equal(text(), 'b\n');
    });

  for (const [name, place] of [
    [
      'a link to a folder outside',
      (outside: string): void => {
        symlinkSync(outside, folders.root + '/logs');
      },
    ],
    [
      'a file',
      (): void => {
        writeFileSync(`${folders.root}/logs`, '');
      },
    ],
  ] as const)
    for (const isWaiting of [false, true])
      it(`writes nothing where the folder is ${name}${isWaiting ? ', put there while the lock was waited for' : ''}`, async () => {
        const { waits, onWait } = waiting();
        const appender = await open({}, { onWait });
        await appender.append(lines('a'), plainly);
        const outside = join(folders.state, 'outside');
        mkdirSync(outside);
        const root = folders.logs;
        const other = isWaiting ? await holder('exclusive') : undefined;
        const early = other && appender.append(lines('lost'), plainly);
        early?.catch(() => undefined);
        // Without the lock, nothing is waited for.
        if (early !== undefined) await Promise.race([waits, early]);
        renameSync(root, `${folders.root}/aside`);
        place(outside);
        await other?.release();
        await assert.rejects(early ?? appender.append(lines('lost'), plainly), { code: 'logs-not-a-folder' });
        assert.throws(() => {
          appender.appendNow(lines('lost'), { durable: false, patience: 10 });
        });
        assert.deepEqual(readdirSync(outside), []);
        assert.equal(readFileSync(`${folders.root}/aside/${NAME}`, 'utf8'), 'a\n');
      });

  it('a file behind the link that took the place of its folder is not appended to', async () => {
    const { waits, onWait } = waiting();
    const appender = await open({}, { onWait });
    await appender.append(lines('a'), plainly);
    const outside = join(folders.state, 'outside');
    const { logs } = folders;
    const other = await holder('exclusive');
    const appending = appender.append(lines('lost'), plainly);
    await waits;
    renameSync(logs, outside);
    symlinkSync(outside, logs);
    await other.release();
    await assert.rejects(appending, { code: 'logs-not-a-folder' });
    assert.equal(readFileSync(join(outside, NAME), 'utf8'), 'a\n');
    assert.equal(readlinkSync(logs), outside);
  });

  it('syncs the lines when asked, and the folder once a file', async () => {
    const synced: number[] = [];
    const appender = await open({
      sync: async (descriptor) => {
        synced.push(fstatSync(descriptor).ino);
      },
    });
    await appender.append(lines('a'), plainly);
    assert.deepEqual(synced, []);
    await appender.append(lines('b'), durably);
    assert.deepEqual(synced, [lstatSync(path()).ino]);
  });

  it('a failed sync is told with what was written', async () => {
    const error = Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' });
    const appender = await open({ sync: () => Promise.reject(error) });
    const { failure, ...appended } = await appender.append(lines('a'), durably);
    assert.deepEqual(appended, { written: 2, size: 2, isUnsynced: true });
    assert.deepEqual(failure?.data, { path: path(), call: 'fdatasync', errno: 'EIO' });
  });

  it('a descriptor whose sync failed is never asked again', async () => {
    const used: number[] = [];
    let fails = true;
    const appender = await open({
      write: (descriptor, bytes) => {
        used.push(descriptor);
        return systemAppendPort.write(descriptor, bytes);
      },
      sync: async () => {
        if (fails) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' });
      },
    });
    await appender.append(lines('a'), durably);
    fails = false;
    // One takes the number that was given back: the least that is free is given, and others may be free by now, too.
    const placeholders = [openSync(path(), 'r')];
    try {
      while (placeholders.at(-1)! < used[0]!) placeholders.push(openSync(path(), 'r'));
      assert.equal(placeholders.at(-1), used[0]);
      await appender.append(lines('b'), durably);
      assert.notEqual(used[1], used[0]);
    } finally {
      for (const placeholder of placeholders) closeSync(placeholder);
    }
    assert.equal(text(), 'a\nb\n');
  });

  it('what a full disk took is made durable before it counts as written', async () => {
    let syncs = 0;
    const appender = await open({
      write: (descriptor, bytes) => systemAppendPort.write(descriptor, bytes.subarray(0, 5)),
      sync: async () => {
        syncs += 1;
      },
    });
    const { written, failure } = await appender.append(lines('abc', 'def'), durably);
    assert.deepEqual([written, failure?.code, syncs, text()], [4, 'disk-full', 1, 'abc\n']);
  });

  it('a piece is not taken back while others may append, and the next one begins a new line', async () => {
    const other = await holder('shared');
    const appender = await open({
      write: (descriptor, bytes) => systemAppendPort.write(descriptor, bytes.subarray(0, 2)),
    });
    const { written } = await appender.append(lines('abc'), plainly);
    assert.deepEqual([written, text()], [0, 'ab']);
    appender.close();
    const next = await open();
    await next.append(lines('abc'), plainly);
    assert.equal(text(), 'ab\nabc\n');
    await other.release();
  });

  it('a piece is not taken back from a file that is no longer the one', async () => {
    const appender = await open({
      write: async (descriptor, bytes) => {
        const taken = await systemAppendPort.write(descriptor, bytes.subarray(0, 2));
        renameSync(path(), join(folders.logs, 'api.1.log'));
        return taken;
      },
    });
    await appender.append(lines('abc'), plainly);
    assert.equal(readFileSync(join(folders.logs, 'api.1.log'), 'utf8'), 'ab');
  });

  it('holds the lock from its look at the path to the end of its write', async () => {
    let rotated = 'nobody asked';
    const appender = await open({
      write: async (descriptor, bytes) => {
        const other = new Holder(folders.logs, 'exclusive', 100);
        others.push(other);
        rotated = await other.says();
        return systemAppendPort.write(descriptor, bytes);
      },
    });
    await appender.append(lines('a'), plainly);
    assert.equal(rotated, 'lock-busy');
    await holder('exclusive');
  });

  it('waits for whoever holds the lock, and the event loop turns', async () => {
    const other = await holder('exclusive');
    const { waits, onWait } = waiting();
    const appender = open({}, { onWait });
    const appending = appender.then((it) => it.append(lines('a'), plainly));
    await waits;
    await turn();
    assert.ok(!readdirSync(folders.logs).includes(NAME));
    await other.release();
    await appending;
    assert.equal(text(), 'a\n');
  });

  it('appends at once for a process that ends', async () => {
    const appender = await open();
    writeFileSync(path(), '{"torn');
    appender.appendNow(lines('a'), { durable: true, patience: 0 });
    appender.appendNow(Buffer.alloc(0), { durable: true, patience: 0 });
    assert.equal(text(), '{"torn\na\n');
  });

  it('at once means after its patience where somebody holds the lock', async () => {
    const appender = await open();
    await holder('exclusive');
    assert.throws(
      () => {
        appender.appendNow(lines('a'), { durable: false, patience: 20 });
      },
      { code: 'lock-busy' },
    );
    assert.ok(!readdirSync(folders.logs).includes(NAME));
  });

  it('at once while an append waits for the lock: that one’s lines go first', async () => {
    const appender = await open();
    // In this process, so that it is released in this very turn: in a later one the append might have the lock.
    const other = await openFolderLock(folders.logs, APPEND_LOCK);
    const held = await other.hold();
    const appending = appender.append(lines('first'), plainly);
    held.release();
    appender.appendNow(lines('last'), { durable: false, patience: 1000 });
    assert.equal(text(), 'first\nlast\n');
    // The process would have ended by now.
    await appending;
    other.close();
  });

  /** Lets one write stay under way until `goOn`, as the thread pool does; others may write meanwhile. */
  async function openHeld(time: Patience): Promise<{
    appender: Appender;
    appending: Promise<unknown>;
    goOn: () => void;
  }> {
    let goOn: () => void = () => undefined;
    const { promise: started, resolve: start } = Promise.withResolvers<undefined>();
    const { promise: taken, resolve: take } = Promise.withResolvers<number>();
    const appender = await open(
      {
        write(descriptor, bytes) {
          goOn = () => {
            take(systemAppendPort.writeNow(descriptor, bytes));
          };
          start(undefined);
          return taken;
        },
      },
      { time },
    );
    writeFileSync(path(), 'before\n');
    const appending = appender.append(lines('first', 'second'), plainly);
    await started;
    return { appender, appending, goOn };
  }

  it('at once means after a write that is under way, so that the lines keep their order', async () => {
    let looks = 0;
    const { appender, appending, goOn } = await openHeld({
      ...systemPatience,
      // No patience ends here: only the write ends the waiting.
      now: () => 0,
      sleepNow() {
        looks += 1;
        // Another process may write meanwhile, even as much as the write that is waited for.
        if (looks === 1) appendFileSync(path(), 'other1\nother22\n');
        if (looks === 3) goOn();
        assert.ok(looks <= 3, 'it waits for more than the write');
      },
    });
    appender.appendNow(lines('last'), { durable: false, patience: 300 });
    appender.appendNow(lines('very last'), { durable: false, patience: 300 });
    assert.equal(looks, 3);
    assert.equal(text(), 'before\nother1\nother22\nfirst\nsecond\nlast\nvery last\n');
    await appending;
    assert.equal(text(), 'before\nother1\nother22\nfirst\nsecond\nlast\nvery last\n');
  });

  it('a write that takes longer than the patience comes behind, once, and is waited for only once', async () => {
    let now = 0;
    const { appender, appending, goOn } = await openHeld({
      ...systemPatience,
      now: () => now,
      sleepNow(ms) {
        now += ms;
      },
    });
    appender.appendNow(lines('last'), { durable: false, patience: 300 });
    assert.equal(now, 300);
    appender.appendNow(lines('very last'), { durable: false, patience: 300 });
    assert.equal(now, 300);
    goOn();
    await appending;
    assert.equal(text(), 'before\nlast\nvery last\nfirst\nsecond\n');
  });

  it('at once while a write is under way: both are there, and the lock is kept', async () => {
    let goOn: () => void = () => undefined;
    const { promise: started, resolve: start } = Promise.withResolvers<undefined>();
    const appender = await open({
      write: async (descriptor, bytes) => {
        start(undefined);
        await new Promise<void>((resolve) => (goOn = resolve));
        return systemAppendPort.write(descriptor, bytes);
      },
    });
    writeFileSync(path(), '');
    const appending = appender.append(lines('first'), plainly);
    await started;
    appender.appendNow(lines('last'), { durable: false, patience: 0 });
    const other = new Holder(folders.logs, 'exclusive', 50);
    others.push(other);
    assert.equal(await other.says(), 'lock-busy');
    goOn();
    await appending;
    assert.equal(text(), 'last\nfirst\n');
  });

  it('closing twice is safe', async () => {
    const appender = await open();
    await appender.append(lines('a'), plainly);
    appender.close();
    appender.close();
    await assert.rejects(appender.append(lines('b'), plainly), { code: 'cancelled' });
    assert.equal(text(), 'a\n');
  });
});
