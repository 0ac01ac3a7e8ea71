import assert from 'node:assert/strict';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listingOf } from './listing.ts';
import { aWeekOfLogs, commentedPolicy } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { paletteTitle } from './titles.ts';

describe('a policy that changes on disk', () => {
  let vscode: OpenVscode;
  /** Replaces the policy in one step, as Git and editors do, so that no reader sees half of it. */
  const write = async (text: string): Promise<void> => {
    const path = join(vscode.workspace.folder, '.workspace-logs.json');
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  const logs = async (): Promise<number> =>
    (await readdir(join(vscode.workspace.folder, 'logs'))).filter((name) => name.startsWith('api.')).length;
  before(async () => {
    vscode = await SharedWindow.fresh({ files: aWeekOfLogs() });
    await vscode.page.logs.row('api.log').filter({ hasText: 'rotates at 20 MB' }).waitFor();
  });

  it('is at work within a second or two', async () => {
    const begin = Date.now();
    await write(commentedPolicy.replace('20', '30'));
    await vscode.page.logs.row('api.log').filter({ hasText: 'rotates at 30 MB' }).waitFor();
    console.log(`      seen after ${Date.now() - begin} ms`);
  });

  it('is told with field and line when it is damaged, and nothing is changed', async () => {
    await write('{\n  "version": 1,\n  "rotation": { "maxFileMB": "20" }\n}\n');
    await vscode.page.told(/line 3, rotation\.maxFileMB: must be a whole number from 1 to 10,240/);
    await vscode.page.logs.row('billing').filter({ hasText: 'the policy needs mending' }).waitFor();
    const untouched = await listingOf(vscode.workspace.folder);
    await vscode.page.runCommand(paletteTitle('workspaceLogs.runMaintenance'));
    await vscode.page.told(/Nothing is changed until it is mended/, 'error');
    assert.deepEqual(await listingOf(vscode.workspace.folder), untouched);
  });

  it('deletes nothing when it came with a pull, until it is applied here', async () => {
    await write('{ "version": 1, "workspaceId": "billing", "retention": { "maxAge": { "days": 1 } } }');
    const question = /now deletes more than before \(retention\.maxAge\)/;
    await vscode.page.told(question);
    assert.equal(await logs(), 8);
    await vscode.page.runCommand(paletteTitle('workspaceLogs.runMaintenance'));
    await vscode.page.told(/deletes more than was accepted on this machine/);
    assert.equal(await logs(), 8);
    // A save of something else in the form accepts no more than that.
    await vscode.page.runCommand(paletteTitle('workspaceLogs.configure'));
    await vscode.page.webview.locator('#keepPlain input').fill('6');
    await vscode.page.webview.locator('#notes').filter({ hasText: 'Nothing is deleted until' }).waitFor();
    await vscode.page.webview.locator('#save:not([disabled])').click();
    await vscode.page.told('The policy of billing is saved');
    await vscode.page.runCommand(paletteTitle('workspaceLogs.previewMaintenance'));
    await vscode.page.tabInFront('Maintenance Preview of billing');
    const plan = await vscode.page.editorText();
    assert.match(plan, /api\.7\.log: kept: the policy deletes more than was accepted/);
    assert.doesNotMatch(plan, /\d\. delete/);
    const row = vscode.page.logs.row('Nothing is deleted yet');
    await row.waitFor();
    await vscode.page.showNotifications();
    await vscode.page.pressOnNotification(question, 'Apply');
    await vscode.page.notification(question).waitFor({ state: 'hidden' });
    // The question closes as soon as it is answered; its row disappears once the answer has taken effect.
    await row.waitFor({ state: 'detached' });
    await vscode.page.runCommand(paletteTitle('workspaceLogs.runMaintenance'));
    await vscode.page.told(/\d files? deleted|, \d deleted/);
    assert.equal(await logs(), 1);
  });
});
