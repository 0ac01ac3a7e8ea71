import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { listingOf } from './listing.ts';
import { apiLog } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { zipOf } from './zipOf.ts';

const END = Date.parse('2026-01-31T12:00:00Z');

describe('a zipped log of 120 MB', () => {
  let vscode: OpenVscode;
  let untouched: string[];
  const archive = /^Jan 31/;
  before(async () => {
    const text = apiLog(END, 119.9);
    const comment = JSON.stringify({
      first: new Date(END - 3_600_000),
      last: new Date(END),
      lines: 1_000_000,
    });
    vscode = await SharedWindow.fresh({
      files: {
        'logs/api.2026-01-31.log.zip': await zipOf('api.2026-01-31.log', text, comment),
        'logs/api.log': '',
      },
    });
    untouched = await listingOf(vscode.workspace.folder);
    await settled();
  });

  const line = (): Locator =>
    vscode.page.page.locator('.editor-instance .view-line').filter({ hasText: '"timestamp"' }).first();
  /** VS Code itself is still starting; what is measured is the log. */
  const settled = async (): Promise<void> => {
    await vscode.page.logs.row(archive).waitFor();
    await vscode.page.page.waitForTimeout(5000);
  };
  /** @returns after how many ms its first lines are there */
  const open = async (): Promise<number> => {
    const begin = Date.now();
    await vscode.page.logs.row(archive).click();
    await line().waitFor();
    const taken = Date.now() - begin;
    console.log(`      first lines after ${String(taken)} ms`);
    return taken;
  };
  /** Loads the page anew: neither it nor the extension, which is started again, keeps anything of the log. */
  const afresh = async (): Promise<void> => {
    await vscode.page.runCommand('View: Close All Editors');
    await vscode.page.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    // VS Code writes down every five seconds which tabs are open; this one must not come back.
    await vscode.page.page.waitForTimeout(7000);
    await vscode.reload();
    await settled();
    await line().waitFor({ state: 'detached' });
  };

  it('shows its first lines in under 3 s, without a question', async () => {
    let best = await open();
    // A stall of the machine, or other tests at work, are not the product's, and do not last through eight.
    for (let tries = 1; best >= 3000 && tries < 8; tries += 1) {
      await afresh();
      best = Math.min(best, await open());
    }
    assert.ok(best < 3000, `${String(best)} ms`);
    await vscode.page.tabInFront(/api\.2026-01-31 \(1 of 24\)\.log/);
    assert.equal(await vscode.page.dialog.count(), 0);
    assert.equal(await vscode.page.question.isVisible(), false);
  }).timeout(600_000);

  it('leads to its last line', async () => {
    await vscode.page.runCommand('Workspace Logs: Go to Part…');
    await vscode.page.question.getByText('Go to Part').waitFor();
    await vscode.page.answerFromList('Part 24');
    await vscode.page.tabInFront(/\(24 of 24\)/);
    await line().waitFor();
    const last = vscode.page.page.locator('.editor-instance .view-line').filter({ hasText: '/api/items/0"' });
    // The tab is there before its text, and the key may still meet that of the part before.
    for (let tries = 0; tries < 10 && !(await last.isVisible()); tries += 1) {
      await vscode.page.page.keyboard.press('Control+End');
      await last.waitFor({ timeout: 2000 }).catch(() => undefined);
    }
    await last.waitFor();
  });

  it('goes back by the arrow in the title', async () => {
    await vscode.page.page.locator('.editor-actions').getByRole('button', { name: 'Previous Part' }).click();
    await vscode.page.tabInFront(/\(23 of 24\)/);
  });

  it('has made no file', async () => {
    assert.deepEqual(await listingOf(vscode.workspace.folder), untouched);
  });

  it('cannot be written to', async () => {
    await vscode.page.page.locator('.editor-instance .view-lines').first().click();
    await vscode.page.page.keyboard.type('x');
    await vscode.page.page
      .locator('.monaco-editor-overlaymessage')
      .filter({ hasText: 'read-only' })
      .waitFor();
  });
});
