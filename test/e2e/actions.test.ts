import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Locator } from 'playwright-core';
import { Keyboard } from './keyboard.ts';
import { apiLog } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { answerPath } from './pathDialog.ts';
import { zipOf } from './zipOf.ts';
import type { Files } from './workspaceFolder.ts';
import { waitUntil } from './waitUntil.ts';
import { paletteTitle, title } from './titles.ts';

const DAY = 86_400_000;
const now = Date.now();
const policy = '{ "version": 1, "workspaceId": "billing" }\n';
const days = [3, 4, 5].map((back) => new Date(now - back * DAY).toISOString().slice(0, 10));
const archives = days.map((day) => `api.${day}.log.zip`);
const textOf = (back: number): string => apiLog(now - back * DAY, 0.01);

async function logs(): Promise<Files> {
  const zips = archives.map(async (name, index) => {
    const time = now - (index + 3) * DAY;
    const times = { first: new Date(time - 3_600_000), last: new Date(time), lines: 10 };
    return [
      `logs/${name}`,
      await zipOf(name.replace(/\.zip$/, ''), textOf(index + 3), JSON.stringify(times)),
    ] as const;
  });
  return {
    ...Object.fromEntries(await Promise.all(zips)),
    'logs/api.log': apiLog(now, 0.01),
    'logs/api.1.log': apiLog(now - DAY, 0.01),
    'logs/server.log': 'started\n',
    'logs/server.log.1.gz': gzipSync('started last week\n'),
    '.workspace-logs.json': policy,
  };
}

/** The files in `logs/`, without the locks. */
async function namesIn(vscode: OpenVscode): Promise<string[]> {
  const names = await readdir(join(vscode.workspace.folder, 'logs'));
  return names.filter((name) => !/^(\.|audit\.db)/.test(name)).sort();
}

const without = (names: readonly string[], ...gone: readonly string[]): string[] =>
  names.filter((name) => !gone.includes(name));

describe('actions by mouse, from the explorer', () => {
  let vscode: OpenVscode;
  let atFirst: string[];
  let elsewhere: string;
  const inLogs = (name: string): string => join(vscode.workspace.folder, 'logs', name);
  const [first = '', second = '', third = ''] = archives;

  before(async () => {
    vscode = await SharedWindow.fresh({ files: await logs() });
    elsewhere = join(dirname(vscode.workspace.folder), 'copies');
    await mkdir(elsewhere);
    atFirst = await namesIn(vscode);
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.explorer.unfold('logs');
  });

  it('Download Log… saves the archive as it is, byte for byte', async () => {
    await vscode.page.explorer.chooseFrom(first, title('workspaceLogs.downloadLog'));
    await vscode.page.pick('As It Is');
    await vscode.page.question.getByText(`Save a Copy of ${first} on the Server`).waitFor();
    await answerPath(vscode, join(elsewhere, 'kept.zip'));
    await vscode.page.told(/kept\.zip was saved in/);
    assert.deepEqual(await readFile(join(elsewhere, 'kept.zip')), await readFile(inLogs(first)));
    assert.deepEqual(await readdir(elsewhere), ['kept.zip']);
    assert.deepEqual(await namesIn(vscode), atFirst);
  });

  it('Download Log… does not save among the logs', async () => {
    await vscode.page.explorer.chooseFrom('api.1.log', title('workspaceLogs.downloadLog'));
    await answerPath(vscode, inLogs('copy.log'));
    await vscode.page.told(/lies among the logs/);
    assert.deepEqual(await namesIn(vscode), atFirst);
  });

  it('Delete Log… deletes nothing where a person says no', async () => {
    await vscode.page.explorer.chooseFrom(first, title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByText('cannot be undone').waitFor();
    await vscode.page.dialog.getByRole('button', { name: 'Cancel' }).click();
    await vscode.page.page.waitForTimeout(500);
    assert.deepEqual(await namesIn(vscode), atFirst);
  });

  it('Delete Log… deletes the archive for good', async () => {
    await vscode.page.explorer.chooseFrom(first, title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByText(`Delete “${first}”`).waitFor();
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).click();
    await vscode.page.told(`“${first}” was deleted`);
    assert.deepEqual(await namesIn(vscode), without(atFirst, first));
  });

  it('Delete Log… asks twice about the active log', async () => {
    await vscode.page.explorer.chooseFrom('api.log', title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).click();
    await vscode.page.dialog.getByText('still being written').waitFor();
    await vscode.page.dialog.getByRole('button', { name: 'Cancel' }).click();
    await vscode.page.page.waitForTimeout(500);
    assert.deepEqual(await namesIn(vscode), without(atFirst, first));
  });

  it('leaves a log that is swapped while the question is open', async () => {
    await vscode.page.explorer.chooseFrom(second, title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).waitFor();
    await writeFile(inLogs('new'), 'another file now');
    await rename(inLogs('new'), inLogs(second));
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).click();
    await vscode.page.told(`“${second}” was changed meanwhile`);
    assert.equal(await readFile(inLogs(second), 'utf8'), 'another file now');
  });

  it('leaves a log that becomes a link while the question is open, and what it leads to', async () => {
    const precious = join(elsewhere, 'precious');
    await writeFile(precious, 'precious');
    await vscode.page.explorer.chooseFrom(third, title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).waitFor();
    await symlink(precious, inLogs('link'));
    await rename(inLogs('link'), inLogs(third));
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).click();
    await vscode.page.told(/is a link, not a regular file/);
    assert.equal(await readFile(inLogs(third), 'utf8'), 'precious');
  });
});

describe('actions by keyboard alone', () => {
  let vscode: OpenVscode;
  let atFirst: string[];
  let elsewhere: string;
  let keyboard: Keyboard;
  const press = (key: string): Promise<void> => vscode.page.page.keyboard.press(key);

  before(async () => {
    vscode = await SharedWindow.fresh({ files: await logs() });
    keyboard = new Keyboard(vscode.page);
    elsewhere = join(dirname(vscode.workspace.folder), 'copies');
    await mkdir(elsewhere);
    atFirst = await namesIn(vscode);
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('finds another program’s .gz in the view and opens it', async () => {
    await keyboard.goTo('server.log.1.gz');
    await press('Enter');
    await vscode.page.tabInFront('server.log.1');
    // The text may come later than its tab.
    await waitUntil(
      async () => (await vscode.page.editorText()) === 'started last week\n',
      'the whole text is in the editor',
    );
  });

  it('asks about the row in focus, not about the one that was opened', async () => {
    await keyboard.goTo(archives[0] ?? '');
    await press('Delete');
    await vscode.page.dialog.getByText(`Delete “${archives[0] ?? ''}”`).waitFor();
    await press('Escape');
    await vscode.page.dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await namesIn(vscode), atFirst);
  });

  it('saves a zip unzipped', async () => {
    const { question } = vscode.page;
    const row = (text: string): Locator => question.locator('.monaco-list-row').filter({ hasText: text });
    await keyboard.give(paletteTitle('workspaceLogs.downloadLog'));
    await question.locator('.quick-input-title').filter({ hasText: 'Download Log' }).waitFor();
    // Enter before the logs are listed would do nothing. Of several to be checked none is in focus.
    await row(archives[0] ?? '').waitFor();
    await keyboard.type(archives[0] ?? '');
    await row(archives[1] ?? '').waitFor({ state: 'detached' });
    await press('Enter');
    await row('As It Is').and(question.locator('.focused')).waitFor();
    await press('ArrowDown');
    await row('Unzipped').and(question.locator('.focused')).waitFor();
    await press('Enter');
    await answerPath(vscode, join(elsewhere, 'unzipped.log'));
    await vscode.page.told(/unzipped\.log was saved in/);
    assert.equal(await readFile(join(elsewhere, 'unzipped.log'), 'utf8'), textOf(3));
  });

  it('deletes two archives that are selected with Shift', async () => {
    await keyboard.select(...archives.slice(1));
    await press('Delete');
    await vscode.page.dialog.getByText('Delete 2 logs').waitFor();
    await vscode.screenshot('actions-delete-two');
    await press('Enter');
    await vscode.page.told(/2 logs were deleted/);
    assert.deepEqual(await namesIn(vscode), without(atFirst, ...archives.slice(1)));
  });

  it('rotates now', async () => {
    const text = await readFile(join(vscode.workspace.folder, 'logs/api.log'), 'utf8');
    await keyboard.give(paletteTitle('workspaceLogs.rotateNow'));
    await vscode.page.told(/api\.log is api\.2\.log now/);
    assert.equal(await readFile(join(vscode.workspace.folder, 'logs/api.2.log'), 'utf8'), text);
    await waitUntil(async () => !(await namesIn(vscode)).includes('api.log'), 'there is no api.log');
  });

  it('says that there is nothing more to rotate', async () => {
    await keyboard.give(paletteTitle('workspaceLogs.rotateNow'));
    await vscode.page.told(/“api\.log” is empty or missing/);
  });

  it('copies the paths of the selected logs, one a line', async () => {
    await keyboard.select('server.log', 'server.log.1.gz');
    await press('Shift+Alt+c');
    await waitUntil(async () => {
      const copied = String(await vscode.page.page.evaluate('navigator.clipboard.readText()'));
      const paths = ['server.log', 'server.log.1.gz'].map((name) =>
        join(vscode.workspace.folder, 'logs', name),
      );
      return copied.split('\n').sort().join() === paths.sort().join();
    }, 'both paths are on the clipboard');
  });

  it('copies the path of the row in focus, also while its rows are shown anew all the time', async () => {
    const log = join(vscode.workspace.folder, 'logs/server.log');
    await keyboard.goTo('server.log');
    await press('Escape');
    await keyboard.goTo('server.log');
    const writing = new AbortController();
    const written = (async () => {
      while (!writing.signal.aborted) {
        await appendFile(log, `${'x'.repeat(3000)}\n`);
        await delay(20);
      }
    })();
    try {
      for (let presses = 0; presses < 40; presses += 1) {
        await vscode.page.page.evaluate(`navigator.clipboard.writeText('')`);
        await press('Shift+Alt+c');
        const copied = async (): Promise<boolean> =>
          (await vscode.page.page.evaluate('navigator.clipboard.readText()')) === log;
        await waitUntil(copied, 'its path is on the clipboard');
      }
    } finally {
      writing.abort();
      await written;
    }
  });

  it('deletes nothing while the policy is on hold', async () => {
    await writeFile(
      join(vscode.workspace.folder, '.workspace-logs.json'),
      '{ "version": 1, "retention": { "hold": true } }\n',
    );
    await keyboard.goTo('server.log.1.gz');
    await press('Delete');
    await vscode.page.told(/on hold, so nothing is deleted/);
    assert.ok((await namesIn(vscode)).includes('server.log.1.gz'));
  });
});
