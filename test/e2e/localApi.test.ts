import assert from 'node:assert/strict';
import { LocalApi } from './apiSteps.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { paletteTitle, title } from './titles.ts';
import { waitUntil } from './waitUntil.ts';

const [START, STOP] = [paletteTitle('workspaceLogs.startApi'), paletteTitle('workspaceLogs.stopApi')];

describe('the local API', () => {
  let vscode: OpenVscode;
  const offered = (): Promise<string[]> => vscode.page.commands('Local API');
  const item = () => vscode.page.page.locator('.statusbar-item').filter({ hasText: 'Logs API' });
  const clipboard = (): Promise<unknown> => vscode.page.page.evaluate('navigator.clipboard.readText()');
  before(async () => {
    vscode = await SharedWindow.fresh({ files: { 'logs/api.log': '{}\n' } });
  });

  it('is not offered where no folder has a policy', async () => {
    assert.deepEqual(await offered(), []);
  });

  it('runs when it is asked for, answers to its tokens, and shows where it is', async () => {
    await vscode.workspace.fill({ '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n' });
    await waitUntil(async () => (await offered()).includes(START), 'the command to start it is offered');
    assert.equal(await item().count(), 0);
    const api = await LocalApi.start(vscode);
    assert.deepEqual(await offered(), [STOP]);
    const answer = await api.get('billing', '/files');
    const { items } = (await answer.json()) as { items: { name: string }[] };
    assert.deepEqual(
      items.map(({ name }) => name),
      ['api.log'],
    );
    assert.equal((await fetch(`${api.url}/api/workspaces`)).status, 401);

    const label = (await item().locator('[aria-label]').first().getAttribute('aria-label')) ?? '';
    assert.ok(label.includes(api.url) && label.includes(api.tokenFile), label);
    for (const [choice, text] of [
      ['Copy Address', api.url],
      ['Copy Path of Token File', api.tokenFile],
    ] as const) {
      await item().click();
      await vscode.page.pick(choice);
      await waitUntil(async () => (await clipboard()) === text, `${choice}: it is on the clipboard`);
    }
    await item().click();
    await vscode.page.question.getByText('Copy Address').waitFor();
    await vscode.screenshot('local-api');
    await vscode.page.pick(title('workspaceLogs.stopApi'));
    await api.isGone();
    await item().waitFor({ state: 'hidden' });
    assert.deepEqual(await offered(), [START]);
  });

  it('starts again, with other tokens, and stops by its command', async () => {
    const api = await LocalApi.start(vscode);
    assert.equal((await api.get('billing', '/files')).status, 200);
    await vscode.page.runCommand(STOP);
    await api.isGone();
    await item().waitFor({ state: 'hidden' });
  });
});
