import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aWeekOfLogs, commentedPolicy } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';

describe('the form with errors, warnings and questions, for every eye', () => {
  let vscode: OpenVscode;
  const field = (id: string) => vscode.page.webview.locator(`#${id}`);
  const type = (id: string, text: string): Promise<void> => field(id).locator('input').fill(text);
  before(async () => {
    vscode = await OpenVscode.open({ files: aWeekOfLogs(), theme: 'light' });
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.explorer.chooseFrom('logs', 'Configure Logging');
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
  after(() => vscode.close());

  for (const theme of ['light', 'dark', 'high contrast dark', 'high contrast light'] as const)
    for (const width of [1280, 500])
      it(`has no serious finding of axe in ${theme}, ${String(width)} pixels wide`, async () => {
        const { page } = vscode.page;
        await page.setViewportSize({ width: 1280, height: 800 });
        if (width === 1280 && theme !== 'light') await vscode.page.changeTheme(theme);
        await page.setViewportSize({ width, height: 800 });
        for (const id of ['maxFile-question', 'keepPlain-error', 'maxFolder-warning'])
          await field(id).filter({ visible: true }).waitFor();
        const scrolls = await field('form').evaluate((form) => {
          const { scrollWidth, clientWidth } = (form as { ownerDocument: { documentElement: Size } })
            .ownerDocument.documentElement;
          return scrollWidth > clientWidth;
        });
        assert.equal(scrolls, false);
        await vscode.screenshot(`form-remarks-${theme.replaceAll(' ', '-')}-${String(width)}`);
        assert.deepEqual(await vscode.page.accessibilityFindings(), []);
      });
});

interface Size {
  readonly scrollWidth: number;
  readonly clientWidth: number;
}
