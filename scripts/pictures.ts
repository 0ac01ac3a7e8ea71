/**
 * Takes the pictures of the documents and of the walkthrough anew, from the packed extension in a real VS Code on the demo
 * workspace: `node scripts/pictures.ts`, after `npm run build`. Look at each before it is committed.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenVscode } from '../test/e2e/openVscode.ts';
import { themes, type Theme } from '../test/e2e/themes.ts';
import { makeDemo } from './demo.ts';
import { checkout } from './folders.ts';
import { buildExtension, packExtension } from './packExtension.ts';

const gallery = join(checkout, 'media', 'screenshots');
const walkthrough = join(checkout, 'media', 'walkthrough');
const suffixes: Readonly<Record<Theme, string>> = {
  light: 'light',
  dark: 'dark',
  'high contrast light': 'hc-light',
  'high contrast dark': 'hc-dark',
};
const inTheWalkthrough = new Set<Theme>(['light', 'dark']);
/** The part of the window that a step of the walkthrough has room for. */
const stepView = { x: 48, y: 36, width: 900, height: 620 };

await buildExtension();
await packExtension();
for (const folder of [gallery, walkthrough]) await mkdir(folder, { recursive: true });
const vscode = await OpenVscode.open({ files: { '.gitkeep': '' }, theme: 'light' });
try {
  const { page } = vscode;
  const demo = vscode.workspace.folder;
  const shoot = async (folder: string, name: string, theme: Theme, clip?: typeof stepView): Promise<void> => {
    const path = join(folder, `${name}-${suffixes[theme]}.png`);
    await page.page.screenshot({ path, animations: 'disabled', ...(clip !== undefined && { clip }) });
  };
  const inEachTheme = async (take: (theme: Theme) => Promise<void>): Promise<void> => {
    for (const theme of Object.keys(themes) as Theme[]) {
      await page.changeTheme(theme);
      await page.page.waitForTimeout(800);
      await take(theme);
    }
  };

  /** Folds the files of the explorer, so that the view has the whole side bar, or unfolds them. */
  const toggleExplorer = async (): Promise<void> => {
    await page.page.locator('.pane-header').first().click();
    await page.page.waitForTimeout(500);
  };

  // Before it is managed: the view's welcome beside the logs.
  await rm(demo, { recursive: true });
  await makeDemo(demo);
  await rename(join(demo, '.workspace-logs.json'), join(demo, '..', 'policy'));
  await vscode.reload();
  await page.logs.row('API Logs').waitFor({ timeout: 60_000 });
  await page.page.waitForTimeout(2000);
  await toggleExplorer();
  await inEachTheme(async (theme) => {
    if (inTheWalkthrough.has(theme)) await shoot(walkthrough, 'initialize', theme, stepView);
  });
  await toggleExplorer();

  await rename(join(demo, '..', 'policy'), join(demo, '.workspace-logs.json'));
  await page.page.waitForTimeout(2000);
  await page.explorer.chooseFrom('logs', 'Configure Logging');
  await page.webview.locator('#summary').filter({ hasText: '→' }).waitFor();
  await inEachTheme(async (theme) => {
    await shoot(gallery, 'form', theme);
    if (inTheWalkthrough.has(theme)) await shoot(walkthrough, 'configure', theme, { ...stepView, x: 348 });
  });
  await page.webview.locator('#exclude textarea').fill('/health');
  for (const box of ['logsAll', 'writes', 'errors']) await page.webview.locator(`#${box} label`).click();
  await page.page.waitForTimeout(1500);
  await inEachTheme(async (theme) => {
    await page.webview.locator('#recorded').evaluate((element: unknown) => {
      (element as { scrollIntoView(options: object): void }).scrollIntoView({ block: 'start' });
    });
    await page.page.waitForTimeout(500);
    if (!inTheWalkthrough.has(theme)) return;
    await shoot(gallery, 'recording', theme);
    await shoot(walkthrough, 'record', theme, { ...stepView, x: 348 });
  });
  await page.webview.locator('#cancel').click();

  await page.runCommand('Workspace Logs: Run Maintenance Now');
  await page.notification(/deleted/).waitFor();
  await page.runCommand('Notifications: Clear All Notifications');
  await toggleExplorer();
  await page.runCommand('Workspace Logs: Open Log');
  await page.pick(/\.log\.zip/);
  await page.page.locator('.editor-instance .view-lines').first().waitFor();
  await inEachTheme(async (theme) => {
    if (inTheWalkthrough.has(theme)) await shoot(walkthrough, 'openArchive', theme, stepView);
  });
  await page.runCommand('View: Close All Editors');

  // The view alone, wide enough for what it says.
  await page.page.mouse.move(349, 404);
  await page.page.mouse.down();
  await page.page.mouse.move(760, 404, { steps: 8 });
  await page.page.mouse.up();
  await inEachTheme(async (theme) => {
    await shoot(gallery, 'tree', theme, { x: 48, y: 36, width: 716, height: 730 });
  });

  // The walkthrough itself shows its pictures only in a wide window, and those that were packed: a second run shows the new ones.
  await page.page.setViewportSize({ width: 1700, height: 950 });
  await page.runCommand('View: Toggle Primary Side Bar Visibility');
  await page.runCommand('Welcome: Open Walkthrough');
  await page.question.locator('.monaco-list-row').filter({ hasText: 'Workspace Logs' }).waitFor();
  await page.answer('Workspace Logs');
  await page.page.locator('.getting-started-step').first().waitFor();
  await inEachTheme(async (theme) => {
    await shoot(gallery, 'walkthrough', theme);
  });
} finally {
  await vscode.close();
}
