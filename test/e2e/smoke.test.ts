import assert from 'node:assert/strict';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { comesToEqual } from './waitUntil.ts';

describe('a workspace with logs', () => {
  let vscode: OpenVscode;
  before(async () => {
    vscode = await SharedWindow.fresh();
  });

  it('shows its folders in the explorer', async () => {
    await comesToEqual(() => vscode.page.explorer.labels(), ['logs', 'sub', 'README.md']);
  });

  it('shows its logs in a view of their own, unfolded', async () => {
    for (const row of ['api.log', 'Other Logs']) await vscode.page.logs.row(row).waitFor();
    await comesToEqual(async () => {
      const labels = await vscode.page.logs.labels();
      return [labels[0], labels[1], labels.at(-1)];
    }, ['billing', 'API Logs', 'Other Logs']);
    await vscode.page.logs.unfold('Other Logs');
    await vscode.page.logs.row('worker.log').waitFor();
  });

  it('offers the form on the top-level logs folder, and not on one further down', async () => {
    const offered = (labels: string[]): boolean => labels.includes('Configure Logging');
    assert.ok(offered(await vscode.page.explorer.menuOf('logs')));
    await vscode.page.explorer.unfold('sub');
    const inner = vscode.page.explorer.row('logs').nth(1);
    assert.ok(!offered(await vscode.page.explorer.menuOf(inner)));
  });

  it('opens the form from the palette', async () => {
    await vscode.page.runCommand('Workspace Logs: Configure Logging');
    await vscode.page.tabInFront(/Configure Logging/);
    await vscode.page.webview.getByRole('button', { name: 'Save' }).waitFor();
    // The preview is paler than contrast rules allow until it is up to date.
    await vscode.page.webview.locator('#summary:not(.stale)').filter({ hasText: /\S/ }).waitFor();
    assert.deepEqual(await vscode.page.accessibilityFindings(), []);
  });

  it('opens a file of the explorer with its text', async () => {
    await vscode.page.explorer.open('README.md');
    await vscode.page.tabInFront('README.md');
    assert.equal(await vscode.page.editorText(), '# A workspace\n');
  });

  it('is seen in every theme', async () => {
    for (const theme of ['light', 'high contrast dark', 'high contrast light', 'dark'] as const) {
      await vscode.page.changeTheme(theme);
    }
  });
});
