import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';

/** In the order in which they are shown. */
const steps = ['initialize', 'configure', 'record', 'openArchive'] as const;
type Step = (typeof steps)[number];

describe('the walkthrough', () => {
  let vscode: OpenVscode;
  const step = (name: Step): Locator =>
    vscode.page.page.locator(
      `.getting-started-step[data-step-id="workspace-logs.workspace-logs#start#${name}"]`,
    );
  /** Opens it from the palette: its tab alone leads to the overview of all walkthroughs. */
  const open = async (): Promise<void> => {
    // A page that is about to load swallows the key of the palette.
    const tab = vscode.page.page.locator('.tabs-container .tab').filter({ hasText: 'Welcome' });
    if ((await tab.count()) > 0) await tab.click();
    await vscode.page.runCommand('Welcome: Open Walkthrough');
    await vscode.page.question.locator('.monaco-list-row').filter({ hasText: 'Workspace Logs' }).waitFor();
    await vscode.page.answer('Workspace Logs');
    await step('initialize').and(vscode.page.page.locator(':enabled')).waitFor();
    // The page takes the focus a moment after it is shown.
    await vscode.page.page.waitForTimeout(1000);
  };
  const done = async (): Promise<Step[]> => {
    const ticks = await Promise.all(steps.map((name) => step(name).locator('.codicon.complete').count()));
    return steps.filter((_, index) => ticks[index]! > 0);
  };
  /** Waits until these steps and no others are ticked. */
  const ticked = async (...names: readonly Step[]): Promise<void> => {
    for (const name of names) await step(name).locator('.codicon.complete').first().waitFor();
    assert.deepEqual(await done(), names);
  };

  before(async () => {
    vscode = await SharedWindow.fresh();
    // A narrower window shows no pictures.
    await vscode.page.page.setViewportSize({ width: 1700, height: 950 });
    await vscode.page.logs.row('api.log').waitFor();
    await open();
  });

  for (const theme of ['dark', 'light'] as const)
    it(`has four steps, each with its picture in the ${theme} theme`, async () => {
      // The step that was shown last takes the focus a moment later.
      await vscode.page.page.waitForTimeout(1000);
      if (theme !== 'dark') await vscode.page.changeTheme(theme);
      assert.equal(await vscode.page.page.locator('.getting-started-step').count(), steps.length);
      for (const name of steps) {
        await step(name).click();
        const picture = vscode.page.page
          .locator('.getting-started-media img')
          .and(vscode.page.page.locator(`[srcset*="${name}-${theme}.png"]`));
        await picture.waitFor();
        // Waits until it is loaded, and fails where it is none.
        await picture.evaluate((image: unknown) => (image as { decode(): Promise<void> }).decode());
        assert.notEqual(await picture.getAttribute('alt'), '');
      }
      await vscode.screenshot(`walkthrough-${theme}`);
    });

  it('runs what each step offers, and ticks it', async () => {
    const press = async (name: Step): Promise<void> => {
      await open();
      await step(name).click();
      // VS Code gives the step the focus a moment later, and a box that a hasty hand opened would lose it.
      await vscode.page.page.waitForTimeout(1000);
      await step(name).locator('.monaco-button').click();
    };
    assert.deepEqual(await done(), []);

    await press('initialize');
    await vscode.page.told(/policy/);
    assert.ok(existsSync(join(vscode.workspace.folder, '.workspace-logs.json')));
    await ticked('initialize');

    await press('configure');
    await vscode.page.tabInFront('Configure Logging');

    await press('record');
    await vscode.page.tabInFront('Preview readme.md');
    await inSight(vscode.page.webview.getByRole('heading', { name: 'Record your backend' }));

    await press('openArchive');
    await vscode.page.pick('api.log');
    await vscode.page.tabInFront('api.log');

    await open();
    await ticked(...steps);
  });
});

/** Waits until it is scrolled to the top of its page. */
async function inSight(heading: Locator): Promise<void> {
  await heading.waitFor();
  for (let tries = 0; tries < 50; tries += 1) {
    const top = await heading.evaluate((element: unknown) => (element as Placed).getBoundingClientRect().top);
    if (Math.abs(top) < 100) return;
    await heading.page().waitForTimeout(100);
  }
  throw new Error('the section is not in sight');
}
interface Placed {
  getBoundingClientRect(): { top: number };
}
