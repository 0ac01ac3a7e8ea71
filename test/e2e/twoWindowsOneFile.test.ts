import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { countLines, logTexts } from '../faults/logText.ts';
import { leftoversIn } from '../faults/workspaceFolder.ts';
import { apiLog, commentedPolicy } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';
import type { VscodePage } from './vscodePage.ts';
import type { Files } from './workspaceFolder.ts';
import { paletteTitle, title } from './titles.ts';

const HOUR = 3_600_000;
const now = Date.now();

const files: Files = {
  'logs/api.log': apiLog(now - HOUR, 0.01),
  ...Object.fromEntries(
    // No two lines alike: an archive that holds the very bytes of a log stands for it.
    Array.from({ length: 9 }, (_, index) => [
      `logs/api.${String(index + 1)}.log`,
      apiLog(now - (10 - index) * 24 * HOUR, 1),
    ]),
  ),
  'logs/server.log': 'started\n',
  'logs/server.log.1': 'started last week\n',
  'logs/worker.log': 'working\n',
  'logs/worker.log.1': 'worked last week\n',
  '.workspace-logs.json': commentedPolicy,
};

// Deleting, rotating and maintaining happen in different processes: every window has an extension host of its own.
describe('two windows on one workspace', () => {
  let vscode: OpenVscode;
  let windows: readonly [VscodePage, VscodePage];
  let atFirst: ReadonlyMap<string, number>;
  const path = (name: string): string => join(vscode.workspace.folder, name);
  const inLogs = async (): Promise<string[]> =>
    (await readdir(path('logs'))).filter((name) => !/^(\.|audit\.db)/.test(name)).sort();
  const both = async (act: (window: VscodePage) => Promise<unknown>): Promise<void> => {
    await Promise.all(windows.map(act));
  };
  /** The messages of the two windows, in no order. */
  const bothSay = async (words: RegExp): Promise<string[]> =>
    Promise.all(
      windows.map(async (window) => {
        const message = window.notification(words).locator('.notification-list-item-message');
        await message.waitFor();
        return message.innerText();
      }),
    );
  const silence = (): Promise<void> => both((window) => window.silence());
  /** Gives a command for worker.log.1; only some rows of the view are in sight. */
  const choose = async (window: VscodePage, command: string): Promise<void> => {
    await window.runCommand(paletteTitle(command));
    await window.question.locator('.monaco-list-row').filter({ hasText: 'worker.log.1' }).waitFor();
    await window.answer('worker.log.1');
  };
  const count = (texts: readonly string[], words: RegExp): number =>
    texts.filter((text) => words.test(text)).length;

  before(async () => {
    vscode = await OpenVscode.open({ files });
    windows = [vscode.page, await vscode.openSecondWindow()];
    await both(async (window) => {
      await window.logs.row('api.log').waitFor({ timeout: 60_000 });
      // Folded, it leaves room for the others.
      await window.logs.fold('API Logs');
      await window.logs.unfold('Other Logs');
      await window.logs.unfold('server');
    });
    atFirst = countLines(logTexts(vscode.workspace.folder).values());
  });
  after(() => vscode.close());
  afterEach(() => silence());

  it('both are asked about the same log and say yes: one deletes it, the other says that it is gone', async () => {
    const names = await inLogs();
    await both(async (window) => {
      await window.logs.chooseFrom('server.log.1', title('workspaceLogs.deleteLog'));
      await window.dialog.getByText('Delete “server.log.1”').waitFor();
    });
    await both((window) => window.dialog.getByRole('button', { name: 'Delete for Good' }).click());
    const said = await bothSay(/server\.log\.1/);
    assert.equal(count(said, /^“server\.log\.1” was deleted/), 1, said.join('\n'));
    assert.equal(count(said, /^There is no file “.*server\.log\.1”\.$/), 1, said.join('\n'));
    assert.deepEqual(
      await inLogs(),
      names.filter((name) => name !== 'server.log.1'),
    );
    await both((window) => window.logs.row('server.log.1').waitFor({ state: 'detached' }));
  });

  it('one deletes a log that the other has open: its text stays on the screen, and no file comes back', async () => {
    const [one, other] = windows;
    await choose(other, 'workspaceLogs.openLog');
    await other.tabInFront('worker.log.1');
    assert.equal(await other.editorText(), 'worked last week\n');
    await choose(one, 'workspaceLogs.deleteLog');
    await one.dialog.getByRole('button', { name: 'Delete for Good' }).click();
    await one.told('“worker.log.1” was deleted');
    await other.logs.row('Other Logs').filter({ hasText: '2 files' }).waitFor();
    await other.page.waitForTimeout(1500);
    assert.equal(await other.editorText(), 'worked last week\n');
    assert.deepEqual(await other.notifications(), []);
    assert.equal((await inLogs()).includes('worker.log.1'), false);
  });

  it('both press Rotate Now: the log is rotated once, and the other says why it did nothing', async () => {
    const names = await inLogs();
    const text = await readFile(path('logs/api.log'), 'utf8');
    await both((window) => window.focusCommand(paletteTitle('workspaceLogs.rotateNow')));
    await both((window) => window.page.keyboard.press('Enter'));
    const said = await bothSay(/api\.log/);
    assert.equal(count(said, /^api\.log is api\.10\.log now/), 1, said.join('\n'));
    assert.equal(count(said, /“api\.log” (was changed meanwhile|is empty or missing)/), 1, said.join('\n'));
    assert.equal(await readFile(path('logs/api.10.log'), 'utf8'), text);
    assert.deepEqual(await inLogs(), [...names.filter((name) => name !== 'api.log'), 'api.10.log'].sort());
  });

  it('both run maintenance: what is due is done once', async () => {
    await both((window) => window.focusCommand(paletteTitle('workspaceLogs.runMaintenance')));
    await both((window) => window.page.keyboard.press('Enter'));
    const said = await bothSay(/files? zipped|Nothing to do|already running/);
    assert.equal(count(said, /^5 files zipped/), 1, said.join('\n'));
    assert.equal(count(said, /^Nothing to do/), 1, said.join('\n'));
    const names = await inLogs();
    assert.equal(names.filter((name) => name.endsWith('.zip')).length, 5, names.join(', '));
    const found = countLines(logTexts(vscode.workspace.folder).values());
    assert.deepEqual(found, atFirst);
    assert.deepEqual(leftoversIn(vscode.workspace.folder), []);
  });

  it('both forms save a key of their own: the file has both, and its comments', async () => {
    const ids = ['maxFile', 'keepPlain'] as const;
    await both(async (window) => {
      await window.runCommand(paletteTitle('workspaceLogs.configure'));
      await window.webview.locator('#summary').filter({ hasText: /\d/ }).waitFor();
    });
    const [one, other] = windows;
    await one.webview.locator(`#${ids[0]} input`).fill('33');
    await other.webview.locator(`#${ids[1]} input`).fill('4');
    await both((window) => window.webview.locator('#save:not([disabled])').waitFor());
    await both((window) => window.webview.locator('#save').click());
    await both((window) => window.told('The policy of billing is saved'));
    const text = await readFile(path('.workspace-logs.json'), 'utf8');
    assert.match(text, /"maxFileMB": 33/);
    assert.match(text, /"keepPlain": 4/);
    assert.match(text, /Ours since the audit of last spring[^]*as the disk allows/);
  });
});
