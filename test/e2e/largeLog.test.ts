import assert from 'node:assert/strict';
import { listingOf } from './listing.ts';
import { apiLog } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';
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
    vscode = await OpenVscode.open({
      files: {
        'logs/api.2026-01-31.log.zip': await zipOf('api.2026-01-31.log', text, comment),
        'logs/api.log': '',
      },
    });
    untouched = await listingOf(vscode.workspace.folder);
    await vscode.page.logs.row(archive).waitFor();
    // VS Code itself is still starting; what is measured is the log.
    await vscode.page.page.waitForTimeout(5000);
  });
  after(() => vscode.close());

  it('shows its first lines in under 3 s, without a question', async () => {
    const begin = Date.now();
    await vscode.page.logs.row(archive).click();
    const first = vscode.page.page
      .locator('.editor-instance .view-line')
      .filter({ hasText: '"timestamp"' })
      .first();
    await first.waitFor();
    const taken = Date.now() - begin;
    console.log(`      first lines after ${taken} ms`);
    assert.ok(taken < 3000, `${taken} ms`);
    await vscode.page.tabInFront(/api\.2026-01-31 \(1 of 24\)\.log/);
    assert.equal(await vscode.page.dialog.count(), 0);
    assert.equal(await vscode.page.question.isVisible(), false);
  });

  it('leads to its last line', async () => {
    await vscode.page.runCommand('Workspace Logs: Go to Part…');
    await vscode.page.question.getByText('Go to Part').waitFor();
    await vscode.page.answer('Part 24');
    await vscode.page.tabInFront(/\(24 of 24\)/);
    await vscode.page.page
      .locator('.editor-instance .view-line')
      .filter({ hasText: '"timestamp"' })
      .first()
      .waitFor();
    await vscode.page.page.keyboard.press('Control+End');
    const last = vscode.page.page.locator('.editor-instance .view-line').filter({ hasText: '/api/items/0"' });
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
