import assert from 'node:assert/strict';
import type { LogRow, LogRowsPage, RowParent } from '../../../../src/view/rows.ts';
import { logBranches } from '../../../../src/vscode/tree/logBranches.ts';
import { isParent, type ParentNode } from '../../../../src/vscode/tree/logNode.ts';
import type { LogWorkspace } from '../../../../src/vscode/window/logWorkspace.ts';

const workspace = { folder: { name: 'billing' }, root: '/w' } as unknown as LogWorkspace;
const totals = { files: 1, bytes: 1 };

function fileRow(bytes: number): LogRow {
  const parts = { kind: 'active', family: 'api' } as const;
  return { kind: 'file', file: { name: 'api.log', parts, bytes, modified: 1, inode: 1 } };
}

describe('logBranches, of a row that is no more,', () => {
  const root: ParentNode = { kind: 'workspace', workspace };
  /** The answers of the worker, by the kind of the parent. */
  let rows: Partial<Record<RowParent['kind'], LogRow[]>>;
  let asked: string[];
  /** Called while the rows below a family are asked for. */
  let onFamily: () => void;
  const branches = logBranches(ask, (error) => assert.fail(String(error)));

  function ask(_: string, { kind }: RowParent): Promise<LogRowsPage> {
    asked.push(kind);
    if (kind === 'family') onFamily();
    const all = rows[kind] ?? [];
    return Promise.resolve({ rows: all, total: all.length });
  }

  async function firstBelow(parent: ParentNode): Promise<ParentNode> {
    const [node] = await branches.childrenOf(parent);
    assert.ok(node !== undefined && isParent(node));
    return node;
  }

  it('shows nothing, and asks for nothing that was below it', async () => {
    onFamily = () => undefined;
    rows = {
      workspace: [{ kind: 'group', group: 'other', totals }],
      group: [{ kind: 'family', family: 'worker', totals }],
      family: [fileRow(1)],
    };
    asked = [];
    const group = await firstBelow(root);
    const family = await firstBelow(group);
    await branches.childrenOf(family);

    // It goes while what is below it is asked for.
    onFamily = () => {
      branches.forget(group);
    };
    rows.family = [];
    assert.deepEqual(await branches.refresh(), []);

    asked = [];
    await branches.refresh();
    assert.deepEqual(asked, ['workspace']);
  });
});
