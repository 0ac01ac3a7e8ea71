import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sample } from '../chance.ts';
import { aWeekOfLogs, commentedPolicy } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { title } from './titles.ts';

describe('the form with errors, warnings and questions, for every eye', () => {
  let vscode: OpenVscode;
  const field = (id: string) => vscode.page.webview.locator(`#${id}`);
  const type = (id: string, text: string): Promise<void> => field(id).locator('input').fill(text);
  before(async () => {
    vscode = await SharedWindow.fresh({ files: aWeekOfLogs(), theme: 'light' });
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.explorer.chooseFrom('logs', title('workspaceLogs.configure'));
    await vscode.page.tabInFront(/Configure Logging/);
    await field('summary').filter({ hasText: '3 files zipped' }).waitFor();
    await type('maxFile', '33');
    await field('maxFolderUnit').click();
    await vscode.page.webview.getByRole('option', { name: 'MB' }).click();
    const path = join(vscode.workspace.folder, '.workspace-logs.json');
    await writeFile(`${path}.new`, commentedPolicy.replace('20', '50'));
    await rename(`${path}.new`, path);
    await field('maxFile-question').filter({ hasText: '50 MB' }).waitFor();
    await type('keepPlain', '-1');
    await field('keepPlain-error').filter({ hasText: 'Must be' }).waitFor();
  });

  const themes = ['light', 'dark', 'high contrast dark', 'high contrast light'] as const;
  const looks = themes.flatMap((theme) => [1280, 800, 500].map((width) => ({ theme, width })));
  for (const { theme, width } of sample(looks, 5, 'themes and widths'))
    it(`has no serious finding of axe in ${theme}, ${String(width)} pixels wide`, async () => {
      const { page } = vscode.page;
      await page.setViewportSize({ width: 1280, height: 800 });
      await vscode.page.haveTheme(theme);
      await page.setViewportSize({ width, height: 800 });
      for (const id of ['maxFile-question', 'keepPlain-error', 'maxFolder-warning'])
        await field(id).filter({ visible: true }).waitFor();
      const scrolls = await field('form').evaluate((form) => {
        const { scrollWidth, clientWidth } = (form as { ownerDocument: { documentElement: Size } })
          .ownerDocument.documentElement;
        return scrollWidth > clientWidth;
      });
      assert.equal(scrolls, false);
      assert.deepEqual(await vscode.page.accessibilityFindings(), []);
    });

  it('is filled, answered and saved by keyboard alone', async () => {
    const { page, webview } = vscode.page;
    const { keyboard } = page;
    await page.setViewportSize({ width: 1280, height: 800 });
    const tabTo = async (id: string): Promise<void> => {
      for (let presses = 0; presses < 30; presses += 1) {
        if ((await webview.locator(`#${id}:focus-within`).count()) > 0) return;
        await keyboard.press('Tab');
      }
      assert.fail(`Tab never came to ${id}.`);
    };
    await field('maxFile').locator('input').focus();
    await tabTo('maxFile-mine');
    await keyboard.press('Space');
    await field('maxFile-asked').waitFor({ state: 'hidden' });
    await tabTo('keepPlain');
    await keyboard.press('Control+a');
    await keyboard.type('4');
    await tabTo('hold');
    await keyboard.press('Space');
    await webview.locator('#save:not([disabled])').waitFor();
    await tabTo('save');
    await keyboard.press('Enter');
    await vscode.page.told('The policy of billing is saved');
    const text = await readFile(join(vscode.workspace.folder, '.workspace-logs.json'), 'utf8');
    for (const saved of ['"maxFileMB": 33', '"keepPlain": 4', '"maxFolderMB": 1', '"hold": true'])
      assert.ok(text.includes(saved), text);
  });
});

interface Size {
  readonly scrollWidth: number;
  readonly clientWidth: number;
}
