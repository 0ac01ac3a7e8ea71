import assert from 'node:assert/strict';
import { parseFileName } from '../../../../src/files/fileName.ts';
import type { LockState } from '../../../../src/sessions/archiveMember.ts';
import type { LogRow, LogRowsPage, RowParent } from '../../../../src/view/rows.ts';
import { logBranches, PAGE_ROWS, type LogBranches } from '../../../../src/vscode/tree/logBranches.ts';
import { isParent, keyOf, type LogNode, type ParentNode } from '../../../../src/vscode/tree/logNode.ts';
import type { LogWorkspace } from '../../../../src/vscode/window/logWorkspace.ts';

const workspace = {
  folder: { name: 'billing' },
  root: '/w',
  overview: undefined,
} as unknown as { -readonly [K in keyof LogWorkspace]: LogWorkspace[K] };

function fileRow(name: string, bytes = 1): LogRow {
  const parts = { kind: 'active', family: 'api' } as const;
  return { kind: 'file', file: { name, parts, bytes, modified: 1, inode: 1 } };
}

function groupRow(group: 'api' | 'other', files: number): LogRow {
  return { kind: 'group', group, totals: { files, bytes: files } };
}

describe('logBranches', () => {
  const root: ParentNode = { kind: 'workspace', workspace };
  /** The answers of the worker, by parent. */
  let rows: Record<string, LogRow[]>;
  let asked: string[];
  let errors: unknown[];
  let branches: LogBranches;
  /** Whether asking fails; or what it fails for. */
  let failing: boolean | string = false;

  const nameOf = (parent: RowParent): string =>
    parent.kind === 'group' ? parent.group : parent.kind === 'archive' ? parent.path : parent.kind;
  const ask = (_: string, parent: RowParent, from: number, count: number): Promise<LogRowsPage> => {
    asked.push(`${nameOf(parent)} ${String(from)}`);
    if (failing === true || failing === nameOf(parent)) return Promise.reject(new Error('gone'));
    const all = rows[nameOf(parent)] ?? [];
    return Promise.resolve({ rows: structuredClone(all.slice(from, from + count)), total: all.length });
  };
  beforeEach(() => {
    rows = { workspace: [groupRow('api', 2)], api: [fileRow('a.log'), fileRow('b.log')] };
    asked = [];
    errors = [];
    failing = false;
    workspace.overview = undefined;
    branches = logBranches(ask, (error) => errors.push(error));
  });

  async function unfold(parent: ParentNode): Promise<readonly LogNode[]> {
    return branches.childrenOf(parent);
  }
  async function unfoldGroup(): Promise<{ group: ParentNode; files: readonly LogNode[] }> {
    const [group] = await unfold(root);
    assert.ok(group !== undefined && isParent(group));
    return { group, files: await unfold(group) };
  }

  it('asks once, and only for what is unfolded', async () => {
    await unfold(root);
    assert.deepEqual(asked, ['workspace 0']);
    const { group, files } = await unfoldGroup();
    assert.deepEqual(files.map(keyOf), ['file:a.log', 'file:b.log']);
    assert.deepEqual(asked, ['workspace 0', 'api 0']);
    assert.deepEqual(files.map(branches.parentOf), [group, group]);
    assert.equal(branches.parentOf(root), undefined);
  });

  it('shows nothing anew where nothing changed', async () => {
    const { group, files } = await unfoldGroup();
    assert.deepEqual(await branches.refresh(), []);
    assert.deepEqual(await unfold(group), files);
  });

  it('shows a file anew that changed, as the same row with the new data', async () => {
    const { files } = await unfoldGroup();
    rows.api = [fileRow('a.log'), fileRow('b.log', 5)];
    const changed = await branches.refresh();
    assert.deepEqual(changed, [files[1]]);
    assert.equal(changed[0], files[1]);
    assert.equal(changed[0]?.kind === 'file' && changed[0].file.bytes, 5);
  });

  it('shows a parent anew whose rows came, went or moved, and keeps those that stayed', async () => {
    const { group, files } = await unfoldGroup();
    for (const now of [['a.log', 'b.log', 'c.log'], ['b.log', 'a.log'], ['a.log']]) {
      rows.api = now.map((name) => fileRow(name));
      assert.deepEqual(await branches.refresh(), [group]);
      const found = await unfold(group);
      assert.deepEqual(
        found.map(keyOf),
        now.map((name) => `file:${name}`),
      );
      assert.equal(
        found.find((node) => keyOf(node) === 'file:a.log'),
        files[0],
      );
    }
  });

  it('shows a group anew only when its words change', async () => {
    const { group } = await unfoldGroup();
    rows.workspace = [{ ...groupRow('api', 2), totals: { files: 2, bytes: 2 } } as LogRow];
    assert.deepEqual(await branches.refresh(), []);
    rows.workspace = [groupRow('api', 3)];
    assert.deepEqual(await branches.refresh(), [group]);
  });

  it('asks no more for what is below a row that went', async () => {
    await unfoldGroup();
    rows.workspace = [groupRow('other', 1)];
    await branches.refresh();
    asked = [];
    await branches.refresh();
    assert.deepEqual(asked, ['workspace 0']);
  });

  it('begins with the policy that waits', async () => {
    workspace.overview = { acceptance: { kind: 'pending', keys: ['retention.maxAge'] } } as never;
    const [pending] = await unfold(root);
    assert.deepEqual(pending?.kind === 'pending' && pending.keys, ['retention.maxAge']);
    workspace.overview = undefined;
    assert.deepEqual(await branches.refresh(), [root]);
  });

  it('shows a page, then one more at a time', async () => {
    rows.api = Array.from({ length: 2 * PAGE_ROWS + 5 }, (_, index) => fileRow(`${String(index)}.log`));
    const { group, files } = await unfoldGroup();
    assert.equal(files.length, PAGE_ROWS + 1);
    const more = files.at(-1);
    assert.ok(more?.kind === 'more' && more.rest === PAGE_ROWS + 5 && more.parent === group);
    const first = await branches.showMore(more);
    assert.equal(first && keyOf(first), `file:${String(PAGE_ROWS)}.log`);
    assert.equal((await unfold(group)).length, 2 * PAGE_ROWS + 1);
    assert.equal(more.rest, 5);
    await branches.showMore(more);
    const all = await unfold(group);
    assert.deepEqual([all.length, all.at(-1)?.kind], [2 * PAGE_ROWS + 5, 'file']);
    asked = [];
    assert.deepEqual(await branches.refresh(), []);
    assert.deepEqual(asked, ['workspace 0', 'api 0', 'api 1000', 'api 2000']);
  });

  it('shows a name once that stands on two pages, since the folder changed between them', async () => {
    rows.api = [fileRow('a.log'), fileRow('a.log'), fileRow('b.log')];
    const { files } = await unfoldGroup();
    assert.deepEqual(files.map(keyOf), ['file:a.log', 'file:b.log']);
  });

  it('tells a failure, keeps what it has, and asks again', async () => {
    const { group, files } = await unfoldGroup();
    failing = true;
    assert.deepEqual(await branches.refresh(), []);
    assert.equal(errors.length, 2);
    assert.deepEqual(await unfold(group), files);
    failing = false;
    rows.api = [];
    assert.deepEqual(await branches.refresh(), [group]);
  });

  describe('of archives', () => {
    const archive = (bytes: number, lock: LockState = 'unknown'): LogRow => {
      const parts = parseFileName('m.zip');
      return {
        kind: 'archive',
        file: { name: 'm.zip', folder: 's', parts, bytes, modified: 1, inode: 1 },
        lock,
      };
    };
    const member = (name: string): LogRow => {
      const file = {
        name: 'm.zip',
        folder: 's',
        parts: parseFileName('m.zip'),
        bytes: 1,
        modified: 1,
        inode: 1,
      };
      return { kind: 'member', archive: file, member: { name, bytes: 1, encrypted: true } };
    };
    async function unfoldArchive(): Promise<ParentNode> {
      const { files } = await unfoldGroup();
      const [node] = files;
      assert.ok(node?.kind === 'archive');
      await unfold(node);
      return node;
    }
    beforeEach(() => {
      rows.api = [archive(1)];
      rows['s/m.zip'] = [member('meta.json'), member('logs.jsonl')];
    });

    it('asks for what is inside once, as long as the file is the same', async () => {
      const node = await unfoldArchive();
      assert.deepEqual((await unfold(node)).map(keyOf), ['member:meta.json', 'member:logs.jsonl']);
      assert.deepEqual(branches.archives(), [node]);
      asked = [];
      await branches.refresh();
      assert.deepEqual(asked, ['workspace 0', 'api 0']);
      rows.api = [archive(2)];
      rows['s/m.zip'] = [member('meta.json')];
      await branches.refresh();
      assert.deepEqual((await unfold(node)).map(keyOf), ['member:meta.json']);
    });

    it('keeps the row when its lock opens, and shows it anew', async () => {
      const node = await unfoldArchive();
      const file = node.kind === 'archive' && node.file;
      rows.api = [archive(1, 'open')];
      assert.deepEqual(await branches.refresh(), [node]);
      assert.ok(node.kind === 'archive' && node.lock === 'open');
      assert.deepEqual(node.file, file);
      const now = node.file;
      assert.deepEqual(await branches.refresh(), []);
      // It is the same object, so a caller that compares objects sees that it has not changed.
      assert.equal(node.file, now);
    });

    it('tells once why an archive cannot be opened, and tries it when it is unfolded again', async () => {
      const { files } = await unfoldGroup();
      const [node] = files;
      assert.ok(node?.kind === 'archive');
      failing = 's/m.zip';
      assert.deepEqual(await unfold(node), []);
      await branches.refresh();
      assert.equal(errors.length, 1);
      failing = false;
      assert.equal((await unfold(node)).length, 2);
    });
  });

  it('shows what changed while rows were asked for the first time', async () => {
    const first = unfold(root);
    rows.workspace = [groupRow('api', 2), groupRow('other', 1)];
    const changed = branches.refresh();
    await first;
    assert.ok((await changed).length <= 1);
    assert.equal((await unfold(root)).length, 2);
  });
});
