import assert from 'node:assert/strict';
import { everHad } from './everHad.ts';
import { aWeekOfLogs } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { title } from './titles.ts';

describe('the form and the view, for the eye', () => {
  let vscode: OpenVscode;
  before(async () => {
    vscode = await SharedWindow.fresh({ files: aWeekOfLogs(), git: true, theme: 'light' });
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.explorer.chooseFrom('logs', title('workspaceLogs.configure'));
    await vscode.page.webview.locator('#summary').filter({ hasText: '3 files zipped' }).waitFor();
  });

  for (const theme of ['light', 'dark', 'high contrast dark', 'high contrast light'] as const) {
    it(`has no serious finding of axe in ${theme}`, async () => {
      if (theme !== 'light') await vscode.page.changeTheme(theme);
      await vscode.screenshot(`form-${theme.replaceAll(' ', '-')}`);
      assert.deepEqual(await vscode.page.accessibilityFindings(), []);
    });
  }

  it('is worked by keyboard alone', async () => {
    const { keyboard } = vscode.page.page;
    const wasStale = await everHad(vscode.page.webview, '#summary', 'stale');
    await vscode.page.webview.locator('#maxFile input').focus();
    await keyboard.press('Control+a');
    await keyboard.type('2');
    await wasStale();
    await vscode.page.webview.locator('#save:not([disabled])').waitFor();
    // Through every control to Save.
    for (let presses = 0; presses < 20; presses += 1) {
      await keyboard.press('Tab');
      if ((await vscode.page.webview.locator('#save:focus').count()) > 0) break;
    }
    await keyboard.press('Enter');
    await vscode.page.told('The policy of billing is saved');
  });
});
