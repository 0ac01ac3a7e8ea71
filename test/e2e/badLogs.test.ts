import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sample, size } from '../chance.ts';
import { commandLine, requireTools } from '../faults/commandLine.ts';
import { countLines, logTexts } from '../faults/logText.ts';
import { leftoversIn } from '../faults/workspaceFolder.ts';
import { hostileNames } from '../hostileNames.ts';
import { apiLog } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { comes } from './waitUntil.ts';
import { zipOf } from './zipOf.ts';
import { paletteTitle, title } from './titles.ts';

const DAY = 86_400_000;
const now = Date.now();
const policy = '{ "version": 1, "workspaceId": "billing", "rotation": { "keepPlain": 1 } }\n';

let vscode: OpenVscode;
const path = (...names: string[]): string => join(vscode.workspace.folder, ...names);
const says = (words: RegExp): Promise<unknown> => vscode.page.told(words);
const silence = (): Promise<void> => vscode.page.silence();
const give = (id: string): Promise<void> => vscode.page.runCommand(paletteTitle(id));
/**
 * Runs a command and types a text that finds a log in its list. The list comes later than its title, and Enter before
 * it does nothing. A log that has just come back is listed after the next look, so the command is run again.
 */
const findLog = async (id: string, text: string): Promise<void> => {
  const { question, page } = vscode.page;
  const shown = question.locator('.quick-input-title').filter({ hasText: title(id).replace(/…$/, '') });
  // Of several to be checked none is in focus: the only one that the text can mean is taken.
  const marked = question.locator('.monaco-list-row.focused, .monaco-list-row:has([role=checkbox])');
  const row = marked.filter({ hasText: text }).first();
  for (let tries = 0; tries < 3; tries += 1) {
    await give(id);
    // Until the box is there, the palette gets the keys, and the rows are the palette's.
    await shown.waitFor();
    await question.locator('input[type=text]').first().fill(text);
    const isListed = await comes(row.waitFor({ timeout: 5000 }));
    if (isListed) return;
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
  }
  throw new Error(`“${id}” does not list “${text}”`);
};
/** Gives a command for the log that this text finds. */
const choose = async (id: string, text: string): Promise<void> => {
  await findLog(id, text);
  await vscode.page.page.keyboard.press('Enter');
};

// A policy that cannot be used: formMerge.test.ts, policyOnDisk.test.ts.
describe('something else in the place of logs/ while the window is open', () => {
  const aside = (): string => join(dirname(vscode.workspace.folder), 'aside');
  const form = (id: string) => vscode.page.webview.locator(id);

  before(async () => {
    requireTools('mount');
    const logs = { 'logs/api.log': apiLog(now, 0.01), 'logs/api.1.log': apiLog(now - DAY, 0.01) };
    vscode = await SharedWindow.fresh({ files: { ...logs, '.workspace-logs.json': policy } });
    await vscode.page.logs.row('api.log').waitFor();
    await give('workspaceLogs.configure');
    await form('#summary').filter({ hasText: '1 file zipped' }).waitFor();
  });
  afterEach(() => silence());

  // Other things in its place: unit/maintenance/maintain.test.ts, rotateNow.test.ts, changePolicy.test.ts.
  it('a link: the row, Run Maintenance, Rotate Now and Save say so, and it stays', async () => {
    const sentence = /logs” is a link, not a folder\. Only a real folder/;
    await rename(path('logs'), aside());
    await symlink(aside(), path('logs'));
    await vscode.page.logs.row('billing').filter({ hasText: 'cannot be read' }).waitFor();
    await give('workspaceLogs.runMaintenance');
    await says(sentence);
    await silence();
    await give('workspaceLogs.rotateNow');
    await says(sentence);
    await form('#maxFile input').fill('31');
    await vscode.page.webview.getByText(sentence).first().waitFor();
    await rm(path('logs'));
    await rename(aside(), path('logs'));
    await vscode.page.logs.row('billing').filter({ hasText: 'of 1 GB' }).waitFor();
    assert.equal((await readdir(path('logs'))).filter((name) => name.startsWith('api.')).length, 2);
    assert.match(await readFile(path('.workspace-logs.json'), 'utf8'), /keepPlain/);
  });

  it('nothing: the row and Run Maintenance say so', async () => {
    await rename(path('logs'), aside());
    await vscode.page.logs.row('billing').filter({ hasText: 'no logs yet' }).waitFor();
    await give('workspaceLogs.runMaintenance');
    await says(/There is no folder “.*logs”/);
    await rename(aside(), path('logs'));
    await vscode.page.logs.row('billing').filter({ hasText: 'of 1 GB' }).waitFor();
  });

  it('a folder that nobody may write to: Run Maintenance says so, and the logs are shown', async () => {
    // Root ignores permissions, so the folder is mounted read-only instead.
    execFileSync('mount', ['--bind', path('logs'), path('logs')]);
    execFileSync('mount', ['-o', 'remount,ro,bind', path('logs')]);
    try {
      await give('workspaceLogs.runMaintenance');
      await says(/may not be changed|cannot be used \(EROFS|refused/);
      await vscode.page.logs.row('api.log').waitFor();
    } finally {
      execFileSync('umount', ['-l', path('logs')]);
    }
    assert.equal((await readdir(path('logs'))).filter((name) => name.endsWith('.zip')).length, 0);
  });

  it('a full disk: Run Maintenance says so, and nothing is lost', async () => {
    await rename(path('logs'), aside());
    await mkdir(path('logs'));
    const log = apiLog(now - DAY, 0.5);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=640k', 'none', path('logs')]);
    try {
      await writeFile(path('logs/api.1.log'), log);
      await writeFile(path('logs/api.log'), '');
      await writeFile(path('logs/filling'), Buffer.alloc(640_000)).catch(() => undefined);
      await give('workspaceLogs.runMaintenance');
      await says(/The disk is full, so “.*” was not written\. Make room and try again; nothing is lost/);
      assert.equal(await readFile(path('logs/api.1.log'), 'utf8'), log);
      assert.deepEqual(leftoversIn(vscode.workspace.folder), []);
    } finally {
      execFileSync('umount', ['-l', path('logs')]);
    }
    await rm(path('logs'), { recursive: true });
    await rename(aside(), path('logs'));
  });

  it('a folder without any permission: what root gets is a folder like any other, others are told', async () => {
    await chmod(path('logs'), 0);
    await give('workspaceLogs.runMaintenance');
    await says(process.getuid?.() === 0 ? /1 file zipped/ : /may not be read by this user/);
    await chmod(path('logs'), 0o755);
  });
});

describe('bad logs', () => {
  /**
   * Effects that no name may have: unit/reading/readLog.test.ts, deleteLogs.test.ts,
   * unit/vscode/window/plainText.test.ts.
   */
  const hostile = sample(Object.entries(hostileNames), 2, 'hostile names');
  const content = (name: string): string => `this is ${name}\n`;
  /** Longer than the text that is shown at once. */
  const LONG_LINE = size(25_000_000, 100_000_000);
  const last = '{"timestamp":"2026-11-2';

  before(async () => {
    const whole = await zipOf('api.2026-11-02.log', apiLog(now, 0.05));
    vscode = await SharedWindow.fresh({
      files: {
        ...Object.fromEntries(hostile.map(([, name]) => [`logs/${name}`, content(name)])),
        'logs/api.log': `${apiLog(now, 0.01)}${last}`,
        'logs/api.2026-11-01.log.zip': 'no zip',
        'logs/api.2026-11-02.log.zip': whole.subarray(0, whole.length - 300),
        'logs/api.1.log': 'no time\nat all\n',
        'logs/api.2.log': `{"timestamp":"${new Date(now - DAY).toISOString()}","x":"${'y'.repeat(LONG_LINE)}"}\n`,
        'logs/utf.log': Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0x0a]),
        'logs/nothing.log': '',
        '.workspace-logs.json': policy,
      },
    });
    execFileSync('mkfifo', [path('logs/fifo.log'), path('logs/api.7.log')]);
    await mkdir(path('logs/folder.log'));
    await writeFile(path('precious'), 'precious\n');
    await symlink('../precious', path('logs/link.log'));
    await symlink('../precious', path('logs/api.9.log'));
    await vscode.page.logs.row('billing').filter({ hasText: 'of 1 GB' }).waitFor();
  });
  afterEach(() => silence());

  const opens = async (find: string, first: string | RegExp): Promise<void> => {
    await choose('workspaceLogs.openLog', find);
    const lines = vscode.page.page.locator('.editor-instance .view-lines');
    await lines.filter({ hasText: first }).waitFor();
    await vscode.page.closeEditors();
  };

  it('no pipe, folder or link is listed', async () => {
    await give('workspaceLogs.openLog');
    const rows = vscode.page.question.locator('.monaco-list-row');
    await rows.filter({ hasText: 'utf.log' }).waitFor();
    const names = (await rows.allInnerTexts()).join('\n');
    await vscode.screenshot('bad-logs-list');
    assert.doesNotMatch(names, /fifo|folder|link|api\.7|api\.9/);
    await vscode.page.page.keyboard.press('Escape');
  });

  it('opening a damaged archive says so', async () => {
    const day = 'api.2026-11-01';
    await choose('workspaceLogs.openLog', day);
    await says(new RegExp(`The archive “${day}\\.log\\.zip” is damaged: .*[^.]\\. Restore it`));
    assert.deepEqual(await vscode.page.tabs(), []);
  });

  it('opens a torn last line, a line of many MB, invalid UTF-8, no entries, no times', async () => {
    await opens('utf.log', /a\ufffd/);
    await opens('api.1.log', 'no time');
    await opens('api.2.log', 'yyyyyyyyyy');
    await opens('api.log', '/api/items/');
    await choose('workspaceLogs.openLog', 'nothing.log');
    await vscode.page.tabInFront('nothing');
    await vscode.page.closeEditors();
  });

  it('opens exactly the log of each name', async () => {
    for (const [find, name] of hostile) {
      await choose('workspaceLogs.openLog', find);
      await vscode.page.page.locator('.tabs-container .tab').first().waitFor();
      // The text may come later than its tab.
      let shown = '';
      for (let tries = 0; tries < 20 && shown !== content(name); tries += 1)
        shown = (await vscode.page.editorText()).replaceAll('\r', '');
      assert.equal(shown, content(name));
      await vscode.page.closeEditors();
    }
  });

  it('a pipe and a link with a log’s name are refused from the explorer’s menu, and never waited for', async () => {
    await vscode.page.explorer.unfold('logs');
    for (const name of ['fifo.log', 'link.log']) {
      await vscode.page.explorer.chooseFrom(name, title('workspaceLogs.deleteLog'));
      await says(/is a (link|special file), not a regular file, and is left alone/);
      await silence();
    }
    assert.equal(await readlink(path('logs/link.log')), '../precious');
    assert.equal(await readFile(path('precious'), 'utf8'), 'precious\n');
  });

  it('a log that became a link is not opened: in its place nothing else is', async () => {
    // A listed log may have become a link, or be gone: unit/workspace/requireLog.test.ts, readLog.test.ts.
    for (const id of ['workspaceLogs.openLog', 'workspaceLogs.openRaw']) {
      await findLog(id, 'utf.log');
      await rename(path('logs/utf.log'), path('kept'));
      await symlink('../precious', path('logs/utf.log'));
      await vscode.page.page.keyboard.press('Enter');
      await says(/is a link, not a regular file/);
      assert.deepEqual(await vscode.page.tabs(), []);
      await rm(path('logs/utf.log'));
      await rename(path('kept'), path('logs/utf.log'));
      await silence();
    }
  });

  it('deletes exactly the log of each name, and its name is text in the message', async () => {
    const isLog = (name: string): boolean => !/^(\.lock|audit\.db)/.test(name);
    let left = (await readdir(path('logs'))).filter(isLog);
    for (const [find, name] of hostile) {
      await choose('workspaceLogs.deleteLog', find);
      // A single log of its kind may be the one that its program writes to.
      for (const button of ['Delete for Good', 'Delete Anyway'])
        await vscode.page.dialog.getByRole('button', { name: button }).click();
      const message = vscode.page.notification(/was deleted/);
      await message.waitFor();
      assert.equal(await message.locator('.notification-list-item-message a').count(), 0, name);
      left = left.filter((each) => each !== name);
      const there = (await readdir(path('logs'))).filter(isLog);
      assert.deepEqual(there.sort(), left.sort());
      await silence();
    }
  });

  it('two command lines and a window maintain at once: each log is zipped once, what is damaged stays', async () => {
    const damaged = await readFile(path('logs/api.2026-11-02.log.zip'));
    const env = { ...process.env, XDG_STATE_HOME: vscode.workspace.stateFolder };
    const lines = countLines([
      await readFile(path('logs/api.1.log'), 'utf8'),
      await readFile(path('logs/api.2.log'), 'utf8'),
    ]);
    await vscode.page.focusCommand(paletteTitle('workspaceLogs.runMaintenance'));
    const runs = [1, 2].map(() =>
      spawn(process.execPath, [commandLine, 'maintain', '--workspace', vscode.workspace.folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env,
      }),
    );
    await vscode.page.page.keyboard.press('Enter');
    const said = await Promise.all(runs.map((run) => text(run.stderr)));
    await says(/files? zipped|Nothing to do|already running/);
    const complaint = /already running|api\.[79]\.log: left alone|^$/;
    for (const words of said) assert.match(words, complaint);
    const names = await readdir(path('logs'));
    assert.deepEqual(names.filter((name) => /^api\.\d\.log$/.test(name)).sort(), ['api.7.log', 'api.9.log']);
    assert.deepEqual(await readFile(path('logs/api.2026-11-02.log.zip')), damaged);
    assert.equal((await readFile(path('logs/api.log'), 'utf8')).endsWith(last), true);
    assert.equal((await lstat(path('logs/api.7.log'))).isFIFO(), true);
    for (const name of [
      'api.2026-11-01.log.zip',
      'api.2026-11-02.log.zip',
      'api.7.log',
      'api.9.log',
      'link.log',
      'fifo.log',
      'folder.log',
      'api.log',
    ])
      await rm(path('logs', name), { recursive: true });
    const found = countLines(
      [...logTexts(vscode.workspace.folder)]
        .filter(([name]) => name.endsWith('.zip'))
        .map(([, each]) => each),
    );
    assert.deepEqual(found, lines);
    assert.deepEqual(leftoversIn(vscode.workspace.folder), []);
  });
});
