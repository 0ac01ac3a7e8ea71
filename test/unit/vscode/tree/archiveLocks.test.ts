import assert from 'node:assert/strict';
import type { App } from '../../../../src/jobs/jobs.ts';
import { parseFileName } from '../../../../src/files/fileName.ts';
import type { LogFile } from '../../../../src/files/logFile.ts';
import type { LockState } from '../../../../src/sessions/archiveMember.ts';
import { archiveLocks } from '../../../../src/vscode/tree/archiveLocks.ts';
import type { ArchiveNode } from '../../../../src/vscode/tree/logNode.ts';

type Node = { -readonly [K in keyof ArchiveNode]: ArchiveNode[K] };

function archive(name: string, lock: LockState = 'unknown', root = '/w'): Node {
  const file = { name, folder: 's', parts: parseFileName(name), bytes: 1, modified: 1, inode: 1 };
  return { kind: 'archive', workspace: { root } as never, file, lock, message: undefined };
}

describe('archiveLocks', () => {
  let nodes: Node[];
  let asked: string[][];
  let shown: string[];
  /** The answer of the worker. */
  let answer: (file: LogFile) => LockState | Promise<LockState>;
  const app = {
    async run(_: string, { files }: { readonly files: readonly LogFile[] }): Promise<LockState[]> {
      asked.push(files.map(({ name }) => name));
      return Promise.all(files.map(async (file) => answer(file)));
    },
  } as unknown as App;
  const locks = (): ReturnType<typeof archiveLocks> =>
    archiveLocks(
      app,
      () => nodes,
      (some) => shown.push(...some.map(({ file, lock }) => `${file.name} ${lock}`)),
    );
  beforeEach(() => {
    nodes = [];
    asked = [];
    shown = [];
    answer = () => 'locked';
  });

  it('tries what is not known yet, fifty at a time, and shows what came out', async () => {
    nodes = Array.from({ length: 120 }, (_, index) => archive(String(index)));
    nodes.push(archive('known', 'open'), archive('plain', 'none'));
    await locks().tryThem(false);
    assert.deepEqual(
      asked.map(({ length }) => length),
      [50, 50, 20],
    );
    assert.equal(shown.length, 120);
    assert.equal(nodes[0]?.lock, 'locked');
  });

  it('asks of each workspace by itself', async () => {
    nodes = [archive('a'), archive('b', 'unknown', '/v')];
    await locks().tryThem(false);
    assert.deepEqual(asked, [['a'], ['b']]);
  });

  it('goes on asking where passwords are known and some archives cannot be read', async () => {
    const its = locks();
    nodes = [archive('a')];
    await its.tryThem(false);
    answer = () => 'unknown';
    nodes.push(archive('unreadable'));
    await its.tryThem(false);
    answer = () => 'open';
    nodes.push(archive('b'));
    await its.tryThem(false);
    assert.equal(nodes[2]?.lock, 'open');
  });

  it('asks no more once the worker knows no password, until one is known', async () => {
    answer = () => 'unknown';
    nodes = Array.from({ length: 60 }, (_, index) => archive(String(index)));
    const its = locks();
    await its.tryThem(false);
    await its.tryThem(false);
    assert.equal(asked.length, 1);
    answer = () => 'open';
    await its.tryThem(true);
    assert.equal(shown.length, 60);
  });

  it('tries all anew when passwords came or went', async () => {
    nodes = [archive('a', 'open'), archive('b', 'locked'), archive('c', 'none')];
    answer = () => 'unknown';
    await locks().tryThem(true);
    assert.deepEqual(asked, [['a', 'b']]);
    assert.deepEqual(shown, ['a unknown', 'b unknown']);
  });

  it('ends a run that the passwords have outrun', async () => {
    nodes = Array.from({ length: 100 }, (_, index) => archive(String(index)));
    const its = locks();
    let anew: Promise<void> | undefined;
    answer = () => {
      anew ??= its.tryThem(true);
      return 'locked';
    };
    await its.tryThem(false);
    await anew;
    assert.deepEqual(
      asked.map(({ length }) => length),
      [50, 50, 50],
    );
  });

  it('leaves a row that stands for another file by now', async () => {
    const node = archive('a');
    nodes = [node];
    answer = () => {
      node.file = { ...node.file, inode: 2 };
      return 'open';
    };
    await locks().tryThem(false);
    assert.deepEqual([node.lock, shown], ['unknown', []]);
  });

  it('goes on after a failure', async () => {
    nodes = [archive('a')];
    answer = () => Promise.reject(new Error('gone'));
    const its = locks();
    await assert.rejects(its.tryThem(false), /gone/);
    answer = () => 'open';
    await its.tryThem(false);
    assert.deepEqual(shown, ['a open']);
  });
});
