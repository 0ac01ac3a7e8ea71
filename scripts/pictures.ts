/**
 * Takes the pictures for the documents and the walkthrough again, from the packed extension in a real VS Code on the
 * demo workspace: `node scripts/pictures.ts`. Look at each picture before you commit it.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenVscode } from '../test/e2e/openVscode.ts';
import { themes, type Theme } from '../test/e2e/themes.ts';
import type { VscodePage } from '../test/e2e/vscodePage.ts';
import { makeDemo } from './demo.ts';
import { makeAuditTrail } from './demo/auditTrail.ts';
import { Chance } from './demo/chance.ts';
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

interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The part of the window that fits into a step of the walkthrough. */
const sideAndEditor: Clip = { x: 48, y: 36, width: 900, height: 620 };
const editor: Clip = { ...sideAndEditor, x: 348 };
const window: Clip = { ...sideAndEditor, width: 1232 };
const wideSide: Clip = { x: 48, y: 36, width: 716, height: 730 };

await buildExtension();
await packExtension();
for (const folder of [gallery, walkthrough]) await mkdir(folder, { recursive: true });
await withVscode(takeDemo);
await withVscode(takeAudit);
// Packs the extension with the new pictures.
await packExtension();
await withVscode(takeWalkthrough);

async function withVscode(take: (vscode: OpenVscode) => Promise<void>): Promise<void> {
  const vscode = await OpenVscode.open({ files: { 'logs/api.log': '' }, theme: 'light' });
  try {
    await take(vscode);
  } finally {
    await vscode.close();
  }
}

async function takeDemo(vscode: OpenVscode): Promise<void> {
  const { page } = vscode;
  const { folder } = vscode.workspace;
  const policy = join(folder, '.workspace-logs.json');
  const policyAside = join(folder, '..', 'policy');

  // The workspace has no policy yet.
  await rm(folder, { recursive: true });
  await makeDemo(folder);
  await rename(policy, policyAside);
  await vscode.reload();
  await page.logs.row('API Logs').waitFor({ timeout: 60_000 });
  await page.page.waitForTimeout(2000);
  await toggleExplorer(page);
  await inThemes(page, ['light', 'dark'], async (theme) => {
    await shoot(page, walkthrough, 'initialize', theme, sideAndEditor);
  });
  await toggleExplorer(page);

  await rename(policyAside, policy);
  await page.page.waitForTimeout(2000);
  await page.explorer.chooseFrom('logs', 'Configure Logging');
  await page.webview.locator('#summary').filter({ hasText: '→' }).waitFor();
  await inThemes(page, Object.keys(themes) as Theme[], async (theme) => {
    await shoot(page, gallery, 'form', theme);
    if (theme === 'light' || theme === 'dark') await shoot(page, walkthrough, 'configure', theme, editor);
  });
  await page.webview.locator('#exclude textarea').fill('/health');
  for (const box of ['logsAll', 'writes', 'errors']) await page.webview.locator(`#${box} label`).click();
  await page.page.waitForTimeout(1500);
  await inThemes(page, ['light', 'dark'], async (theme) => {
    await page.webview.locator('#recorded').evaluate((element: unknown) => {
      (element as { scrollIntoView(options: object): void }).scrollIntoView({ block: 'start' });
    });
    await page.page.waitForTimeout(500);
    await shoot(page, gallery, 'recording', theme);
    await shoot(page, walkthrough, 'record', theme, editor);
  });
  await page.webview.locator('#cancel').click();

  await page.runCommand('Workspace Logs: Run Maintenance Now');
  await page.notification(/deleted/).waitFor();
  await page.runCommand('Notifications: Clear All Notifications');
  await toggleExplorer(page);
  await page.runCommand('Workspace Logs: Open Log');
  // The view lists the newest files first, and archives are old.
  await page.question.locator('input[type=text]').first().fill('api.20');
  await page.pick(/api\.20.*\.log\.zip/);
  await page.page.locator('.editor-instance .view-lines').first().waitFor();
  await inThemes(page, ['light', 'dark'], async (theme) => {
    await shoot(page, walkthrough, 'openArchive', theme, sideAndEditor);
  });
  await page.runCommand('View: Close All Editors');

  await openSession(page);
  await inThemes(page, Object.keys(themes) as Theme[], async (theme) => {
    await shoot(page, gallery, 'sessions', theme, window);
  });
  await page.runCommand('View: Close All Editors');
  await page.logs.row('Session Archives').locator('.monaco-tl-twistie').click();
  await page.logs.unfold('API Logs');

  // Only the view, wide enough for its texts.
  await page.page.mouse.move(349, 404);
  await page.page.mouse.down();
  await page.page.mouse.move(760, 404, { steps: 8 });
  await page.page.mouse.up();
  await inThemes(page, Object.keys(themes) as Theme[], async (theme) => {
    await shoot(page, gallery, 'tree', theme, wideSide);
  });
}

/** Opens one of the demo's session archives from its row, with the password from the demo's README. */
async function openSession(vscode: VscodePage): Promise<void> {
  const { logs, page, question } = vscode;
  await logs.row('API Logs').locator('.monaco-tl-twistie').click();
  for (const row of ['Session Archives', 'anna', 'trip-to-lisbon']) await logs.unfold(row);
  await logs.row('m-1').click();
  await vscode.answer('correct horse battery staple');
  await question.getByText('Keep this password?').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.editor-instance .view-lines').first().waitFor();
  await page.waitForTimeout(1000);
}

/** The page *Audit Trail* with a million records. Making them takes a minute. */
async function takeAudit(vscode: OpenVscode): Promise<void> {
  const { page, workspace } = vscode;
  await vscode.refill({ files: { '.workspace-logs.json': '{ "version": 1 }\n', 'logs/api.log': '' } });
  const environment = { XDG_STATE_HOME: workspace.stateFolder };
  const demo = { chance: new Chance(1), now: Date.now() };
  await makeAuditTrail(workspace.folder, demo, 1_000_000, environment);
  await page.runCommand('Workspace Logs: Verify Audit Trail');
  await page.notification('is sound').waitFor({ timeout: 600_000 });
  await page.runCommand('Notifications: Clear All Notifications');
  await page.runCommand('View: Toggle Primary Side Bar Visibility');
  await page.runCommand('Workspace Logs: Audit Trail');
  const { webview } = page;
  await webview.locator('#total').filter({ hasText: '1,000,000 records' }).waitFor();
  await webview.locator('#search').fill('policy_changed');
  await webview.locator('.row').filter({ hasText: 'policy changed' }).first().click();
  await webview.locator('#detail-title').filter({ hasText: 'Record' }).waitFor();
  await webview.locator('#search').fill('');
  await webview
    .locator('#total')
    .filter({ hasText: /^1,000,000 records/ })
    .waitFor();
  await inThemes(page, ['light', 'dark'], async (theme) => {
    await shoot(page, gallery, 'audit', theme);
  });
  await page.runCommand('View: Toggle Primary Side Bar Visibility');
}

async function takeWalkthrough({ page }: OpenVscode): Promise<void> {
  await page.logs.row('api.log').waitFor();
  // In a narrow editor the walkthrough shows no pictures.
  await page.runCommand('View: Toggle Primary Side Bar Visibility');
  await page.page.waitForTimeout(1000);
  await page.runCommand('Welcome: Open Walkthrough');
  await page.question.locator('.monaco-list-row').filter({ hasText: 'Workspace Logs' }).waitFor();
  await page.answer('Workspace Logs');
  await page.page.locator('.getting-started-media img').waitFor();
  // A page that is loading swallows keys.
  await page.page.waitForTimeout(3000);
  await inThemes(page, Object.keys(themes) as Theme[], async (theme) => {
    await shoot(page, gallery, 'walkthrough', theme);
  });
}

async function inThemes(
  page: VscodePage,
  some: readonly Theme[],
  take: (theme: Theme) => Promise<void>,
): Promise<void> {
  for (const theme of some) {
    await page.changeTheme(theme);
    await page.page.waitForTimeout(800);
    await take(theme);
  }
}

async function shoot(
  page: VscodePage,
  folder: string,
  name: string,
  theme: Theme,
  clip?: Clip,
): Promise<void> {
  const path = join(folder, `${name}-${suffixes[theme]}.png`);
  await page.page.screenshot({ path, animations: 'disabled', ...(clip !== undefined && { clip }) });
}

/** Collapses the files of the explorer, so that the view has the whole side bar, or expands them. */
async function toggleExplorer(page: VscodePage): Promise<void> {
  await page.page.locator('.pane-header').first().click();
  await page.page.waitForTimeout(500);
}
