import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/vscode/api/recorderApi.ts';

const SETTLE_MS = 200;

describe('what activate hands to other extensions', () => {
  async function api(): Promise<ExtensionApi> {
    const found = vscode.extensions.getExtension<ExtensionApi>('workspace-logs.workspace-logs');
    assert.ok(found, 'the extension is not there');
    return found.activate();
  }

  function folder(): vscode.WorkspaceFolder {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first, 'no folder is open');
    return first;
  }

  it('says its version', async () => {
    assert.equal((await api()).version, 1);
  });

  it('records nothing in a workspace without a policy', async () => {
    await assert.rejects((await api()).recorder(folder()), { code: 'not-managed' });
  });

  it('records masked entries under the policy', async () => {
    await vscode.commands.executeCommand('workspaceLogs.initialize', folder().uri);
    const log = join(folder().uri.fsPath, 'logs', 'api.log');
    const before = await readFile(log, 'utf8');
    const secret = `s${String(Math.random()).slice(2)}`;
    const recorder = await (await api()).recorder(folder());
    assert.equal(recorder.record({ method: 'GET', path: '/x', status: 204, password: secret }), true);
    await recorder.close();
    const added = (await readFile(log, 'utf8')).slice(before.length);
    const { timestamp, workspace_id: id, ...entry } = JSON.parse(added) as Record<string, unknown>;
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(String(id), /^[\w-]{12}$/);
    const request = { user: 'anonymous', method: 'GET', path: '/x', status: 204, duration_ms: null };
    assert.deepEqual(entry, { ...request, password: '********' });
    // The view may look once more before the workspace goes.
    await delay(SETTLE_MS);
  });
});
