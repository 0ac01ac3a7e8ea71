import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

const id = 'workspace-logs.workspace-logs';
const PATIENCE_MS = 60_000;

describe('the extension', () => {
  it('activates by itself in a workspace with a logs folder', async () => {
    const begin = Date.now();
    while (!extension().isActive) {
      assert.ok(Date.now() - begin < PATIENCE_MS, 'it is not active');
      await delay(100);
    }
  });

  it('registers every command that it contributes', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension().packageJSON as Manifest;
    const contributed = contributes.commands.map(({ command }) => command);
    assert.ok(contributed.includes('workspaceLogs.configure'));
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });
});

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(id);
  assert.ok(found, `${id} is not there`);
  return found;
}
