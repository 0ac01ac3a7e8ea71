import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { size } from '../chance.ts';
import { listingOf } from './listing.ts';
import { apiLog } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { zipOf } from './zipOf.ts';
import { paletteTitle } from './titles.ts';

const END = Date.parse('2026-01-31T12:00:00Z');

const MEGABYTES = size(29.9, 119.9);
const PARTS = String(size(6, 24));

describe(`a zipped log of ${String(MEGABYTES)} MB`, () => {
  let vscode: OpenVscode;
  let untouched: string[];
  const archive = /^Jan 31/;
  before(async () => {
    const text = apiLog(END, MEGABYTES);
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
    await vscode.page.logs.row(archive).waitFor();
  });

  const line = (): Locator =>
    vscode.page.page.locator('.editor-instance .view-line').filter({ hasText: '"timestamp"' }).first();
  const open = async (): Promise<void> => {
    const begin = Date.now();
    await vscode.page.logs.row(archive).click();
    await line().waitFor();
    console.log(`      first lines after ${String(Date.now() - begin)} ms`);
  };

  it('shows its first lines, of one part of several, without a question', async () => {
    await open();
    await vscode.page.tabInFront(`api.2026-01-31 (1 of ${PARTS}).log`);
    assert.equal(await vscode.page.dialog.count(), 0);
    assert.equal(await vscode.page.question.isVisible(), false);
  });

  it('leads to its last line', async () => {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.goToPart'));
    await vscode.page.question.getByText('Go to Part').waitFor();
    await vscode.page.answerFromList(`Part ${PARTS}`);
    await vscode.page.tabInFront(`(${PARTS} of ${PARTS})`);
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
    await vscode.page.tabInFront(`(${String(Number(PARTS) - 1)} of ${PARTS})`);
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
