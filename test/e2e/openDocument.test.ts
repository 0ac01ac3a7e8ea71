import assert from 'node:assert/strict';
import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { zipOf } from './zipOf.ts';

describe('an open log', () => {
  let vscode: OpenVscode;
  let log: string;

  /** Waits until the editor in front shows this text. */
  const shows = async (text: string): Promise<void> => {
    let shown = '';
    for (let tries = 0; tries < 30 && shown !== text; tries += 1) {
      await vscode.page.page.waitForTimeout(300);
      shown = await vscode.page.editorText();
    }
    assert.equal(shown, text);
  };

  before(async () => {
    const broken = await zipOf('broken.log', 'x'.repeat(1000));
    broken.fill(0xff, 40, 45);
    vscode = await SharedWindow.fresh({
      files: {
        '.workspace-logs.json': '{ "version": 1 }',
        'logs/api.log': 'one\n',
        'logs/broken.log.zip': broken,
      },
    });
    log = join(vscode.workspace.folder, 'logs/api.log');
    await vscode.page.logs.open('api.log');
    await vscode.page.tabInFront('api.log');
    await shows('one\n');
  });

  it('follows its file, however often it grows', async () => {
    await appendFile(log, 'two\n');
    await shows('one\ntwo\n');
    await appendFile(log, 'three\n');
    await shows('one\ntwo\nthree\n');
  });

  it('says that its file is gone, and goes on with the one that takes its name', async () => {
    await rename(log, join(vscode.workspace.folder, 'logs/api.1.log'));
    await vscode.page.page
      .locator(
        '.tabs-container .tab.active[aria-label*="deleted" i], .tabs-container .tab.active .strikethrough',
      )
      .first()
      .waitFor();
    await writeFile(log, 'four\n');
    await shows('four\n');
    await rm(log);
  });

  it('that cannot be shown says why', async () => {
    await vscode.page.runCommand('Workspace Logs: Open Log');
    await vscode.page.pick('broken.log.zip');
    await vscode.page.told('is damaged');
  });
});
