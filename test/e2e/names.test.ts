import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipArchive } from 'archiver';
import { closeMenu, withMenu } from './menu.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { COPY_PATHS } from './vscodePage.ts';
import { waitUntil } from './waitUntil.ts';
import { paletteTitle, title } from './titles.ts';

const damaged = '[Click me](command:workbench.action.openSettings) bad.gz';
const policy = '{ "version": 1, "workspaceId": "billing" }\n';

function zipOfTwo(): Promise<Buffer> {
  const zip = new ZipArchive();
  for (const name of ['a.log', '$(trash)\u202e.log']) zip.append('text', { name });
  void zip.finalize();
  return buffer(zip);
}

describe('names that VS Code may take for more than text', () => {
  let vscode: OpenVscode;
  before(async () => {
    vscode = await SharedWindow.fresh({
      files: {
        'logs/api.log': '{}\n',
        [`logs/${damaged}`]: Buffer.from([0x1f, 0x8b, 8, 0]),
        'logs/two.zip': await zipOfTwo(),
        'logs/$(trash).log': 'text',
        '.workspace-logs.json': policy,
      },
    });
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.logs.unfold('Other Logs');
  });

  /** Until its rows are there, the palette's are. */
  async function openPicker(): Promise<void> {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.openLog'));
    await vscode.page.question.locator('.monaco-list-row').filter({ hasText: 'two.zip' }).waitFor();
  }

  /**
   * The texts of the rows of the box at the top, and the number of their icons. (A row that VS Code reuses hides its
   * old content.)
   */
  async function rows(): Promise<{ texts: string[]; icons: number }> {
    const list = vscode.page.question.locator('.monaco-list-row .label-name:visible');
    await list.first().waitFor();
    const texts = (await list.allInnerTexts()).map((text) => text.replaceAll('\u200b', ''));
    return { texts, icons: await list.locator('.codicon').count() };
  }

  it('a link in a name stays text in a message: it would run a command', async () => {
    await openPicker();
    await vscode.page.answer('Click me');
    const message = vscode.page.notification('[Click me]');
    await message.filter({ hasText: 'is damaged' }).waitFor();
    assert.equal(await message.locator('.notification-list-item-message a').count(), 0);
  });

  it('an icon in the name of a log stays text', async () => {
    await openPicker();
    const { texts, icons } = await rows();
    assert.ok(texts.includes('$(trash).log'), texts.join());
    assert.equal(icons, 0);
    await vscode.page.answer('two.zip');
  });

  it('so do an icon and a change of direction in the name of a file in a zip', async () => {
    await vscode.page.question.getByText('Which file of two.zip?').waitFor();
    await vscode.page.question.locator('.monaco-list-row').filter({ hasText: 'a.log' }).waitFor();
    const { texts, icons } = await rows();
    assert.deepEqual(texts, ['a.log', '$(trash)\\u202e.log']);
    assert.equal(icons, 0);
    await vscode.page.page.keyboard.press('Escape');
  });
});

describe('keys of the view', () => {
  let vscode: OpenVscode;
  const press = (key: string): Promise<void> => vscode.page.page.keyboard.press(key);
  before(async () => {
    vscode = await SharedWindow.fresh({
      files: { 'logs/api.log': '{}\n', 'logs/api.1.log': '{}\n', '.workspace-logs.json': policy },
    });
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('the explorer’s menu names no key beside Delete Log…, the view’s does', async () => {
    await vscode.page.explorer.unfold('logs');
    for (const [tree, key] of [
      [vscode.page.explorer, ''],
      [vscode.page.logs, 'Del'],
    ] as const) {
      const { page } = vscode.page;
      const item = page
        .locator('.monaco-menu .action-item')
        .filter({ hasText: title('workspaceLogs.deleteLog') });
      const open = (): Promise<void> => tree.row('api.log').click({ button: 'right' });
      // Read in one call, so that the menu does not close in between: its item, and the key beside it.
      const words = await withMenu(page, open, () => item.innerText({ timeout: 10_000 }));
      assert.equal(words.replace(/\s/g, ''), `DeleteLog…${key}`);
      await closeMenu(page);
    }
  });

  it('where VS Code does not name the row in focus, the selected rows are meant', async () => {
    await vscode.page.focusLogs();
    await vscode.page.logs.row('api.log').click();
    await vscode.page.tabInFront('api.log');
    await vscode.page.page.evaluate('navigator.clipboard.writeText("")');
    await press(COPY_PATHS.pressed);
    const path = join(vscode.workspace.folder, 'logs', 'api.log');
    await waitUntil(
      async () => (await vscode.page.page.evaluate('navigator.clipboard.readText()')) === path,
      'the path is on the clipboard',
    );
  });
});
