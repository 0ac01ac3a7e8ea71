import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/folders.ts';
import { listingOf } from './listing.ts';
import { aWeekOfLogs } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
  };
}

/** The manifest's words by their keys. */
type Words = Readonly<Record<string, string>>;

describe('Restricted Mode', () => {
  let vscode: OpenVscode;
  let untouched: string[];
  before(async () => {
    // A policy that would delete at once, and a file that is due for everything.
    const policy =
      '{ "version": 1, "rotation": { "maxFileMB": 1 }, "retention": { "maxAge": { "days": 1 } } }';
    vscode = await OpenVscode.open({
      files: { ...aWeekOfLogs(), '.workspace-logs.json': policy },
      restricted: true,
      git: true,
      // Nor by itself.
      settings: { 'workspaceLogs.maintenance.intervalMinutes': 1 / 60 },
    });
    untouched = await listingOf(vscode.workspace.folder);
    await vscode.page.restrictedMode();
    await vscode.page.logs.row('api.log').waitFor();
  });
  after(() => vscode.close());

  it('leaves every file as it was, whatever command is given', async () => {
    const manifest = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as Manifest;
    const words = JSON.parse(await readFile(join(checkout, 'package.nls.json'), 'utf8')) as Words;
    const tried: string[] = [];
    for (const command of manifest.contributes.commands) {
      const title = words[command.title.replaceAll('%', '')] ?? '';
      const whole = `Workspace Logs: ${title}`;
      if (!(await vscode.page.commands(whole)).includes(whole)) continue;
      tried.push(title);
      await vscode.page.runCommand(whole);
      await vscode.page.page.waitForTimeout(500);
      await vscode.page.page.keyboard.press('Escape');
      await vscode.page.page.keyboard.press('Escape');
      // A page that it opened keeps the keys to itself.
      await vscode.page.page.locator('.pane-header[aria-label^="Explorer Section"]').first().click();
      await vscode.page.page.locator('.pane-header[aria-label^="Explorer Section"]').first().click();
    }
    assert.ok(tried.includes('Preview Maintenance') && tried.includes('Open Log…'), tried.join(', '));
    assert.ok(
      !tried.includes('Run Maintenance Now') && !tried.includes('Configure Logging'),
      tried.join(', '),
    );
    assert.deepEqual(await listingOf(vscode.workspace.folder), untouched);
    // Thirty commands, one after the other.
  }).timeout(600_000);

  it('opens a log all the same', async () => {
    await vscode.page.logs.open('api.log');
    await vscode.page.tabInFront('api.log');
    assert.deepEqual(await listingOf(vscode.workspace.folder), untouched);
  });
});
