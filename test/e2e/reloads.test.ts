import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { aesZip } from '../unit/archive/aesZip.ts';
import { LocalApi } from './apiSteps.ts';
import { ArchiveSteps, CHAT } from './archiveSteps.ts';
import { OpenVscode } from './openVscode.ts';
import { comesToEqual, waitUntil } from './waitUntil.ts';
import { fewLogs } from './workspaceFolder.ts';
import { paletteTitle } from './titles.ts';

/** Of the samples: see their README. */
const PASSWORD = 'correct horse battery staple';
const samples = join(import.meta.dirname, '../fixtures/session-archives');

/** One window for all tests that reload the page. */
let vscode: OpenVscode;
before(async () => {
  vscode = await OpenVscode.open({ keepsSecrets: true });
});
after(() => vscode.close());

/** In a browser VS Code writes down every five seconds, when it has the time, which tabs are open. */
async function remembersTab(name: string): Promise<void> {
  await waitUntil(async () => {
    const state = String(await vscode.page.page.evaluate(EDITORS_WRITTEN));
    return state.includes(name) && !/"preview":\d/.test(state);
  }, `it is written down that ${name} is open, and not only looked at`);
}

/** Runs in the page. */
const EDITORS_WRITTEN = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  let states = '';
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await done(indexedDB.open(name));
    const items = database.transaction('ItemTable').objectStore('ItemTable');
    states += (await done(items.get('memento/workbench.parts.editor'))) ?? '';
    database.close();
  }
  return states;
})()`;

describe('a password after a reload', function () {
  // VS Code starts twice or three times in each.
  this.timeout(300_000);
  const name = 'both-lzma.zip';
  let person: ArchiveSteps;

  /** Waits until the active editor shows the sample's log. */
  const showsLog = async (): Promise<void> => {
    const text = await readFile(join(samples, 'expected/logs.jsonl'), 'utf8');
    await comesToEqual(() => vscode.page.editorText(), text);
  };
  const isAsked = async (): Promise<boolean> => {
    await vscode.page.page.waitForTimeout(1500);
    const { question } = vscode.page;
    return (await question.locator('input[type=password]').count()) > 0 && (await question.isVisible());
  };
  beforeEach(async () => {
    await vscode.refill({
      files: {
        '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n',
        'logs/api.log': '{}\n',
        [`logs/${name}`]: await readFile(join(samples, name)),
      },
    });
    person = new ArchiveSteps(vscode);
    await vscode.page.logs.row('api.log').waitFor();
  });

  async function unlock(answer: 'Until VS Code Is Closed' | 'Remember'): Promise<void> {
    await person.answer(name, PASSWORD);
    await person.keep(answer);
  }

  async function openFirst(answer: 'Until VS Code Is Closed' | 'Remember'): Promise<void> {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.openLog'));
    await vscode.page.pick(name);
    await vscode.page.pick('logs.jsonl');
    await unlock(answer);
    await vscode.page.tabInFront('logs.jsonl');
    await showsLog();
    // A tab that is not a preview comes back after a reload.
    await vscode.page.runCommand('View: Keep Editor');
    await remembersTab('logs.jsonl');
  }

  it('is not asked for where it is remembered', async () => {
    await openFirst('Remember');
    await vscode.reload();
    await vscode.page.tabInFront('logs.jsonl');
    await showsLog();
    assert.equal(await isAsked(), false);
    await vscode.page.runCommand(paletteTitle('workspaceLogs.forgetPasswords'));
    await vscode.page.dialog.getByRole('button', { name: 'Forget Passwords' }).click();
    await vscode.page.told('All passwords of archives are forgotten.');
    await vscode.reload();
    await vscode.page.told(/whose password is needed again/);
    assert.equal(await isAsked(), false);
  });

  it('is asked for where it is not, once somebody wants it', async () => {
    await openFirst('Until VS Code Is Closed');
    await vscode.reload();
    await vscode.page.told(/whose password is needed again/);
    assert.equal(await isAsked(), false);
    assert.match(await vscode.page.editorText(), /is encrypted, and no known password opens it/);
    await vscode.screenshot('archive-restored');
    await vscode.page.pressOnNotification(/whose password is needed again/, 'Type Password');
    await unlock('Until VS Code Is Closed');
    await showsLog();
  });
});

describe('an archive that changes while its document is open', function () {
  this.timeout(120_000);

  const password = randomBytes(12).toString('hex');
  const other = randomBytes(12).toString('hex');
  let person: ArchiveSteps;
  const path = (name: string): string => join(vscode.workspace.folder, CHAT, name);
  const unlock = async (name: string): Promise<void> => {
    await person.open(name);
    await person.answer(name, password);
    await person.keep('Until VS Code Is Closed');
  };
  const text = '{"message":"as it was at first"}\n';
  const zip = (words: string, by = password): Buffer =>
    aesZip([{ name: 'logs.jsonl', text: words }], { password: by });

  before(async () => {
    const names = ['cut.zip', 'grown.zip', 'renewed.zip', 'replaced.zip', 'deleted.zip'];
    await vscode.refill({
      files: {
        '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n',
        'logs/api.log': '{}\n',
        ...Object.fromEntries(names.map((name) => [`${CHAT}/${name}`, zip(text)])),
      },
    });
    // In a window that had other session archives before, VS Code reports no change of a file's content below their folder.
    await vscode.reload();
    person = new ArchiveSteps(vscode);
    await vscode.page.logs.row('api.log').waitFor();
    // The explorer has room for all rows then.
    await vscode.page.page.locator('.pane-header[aria-label="Workspace Logs Section"]').click();
    await person.unfold();
    await unlock('cut.zip');
    await person.shows('as it was at first');
  });
  beforeEach(async function () {
    const [name = ''] = this.currentTest?.title.split(':') ?? [];
    await person.open(name);
    await person.shows('as it was at first');
  });
  afterEach(() => person.closeAll());

  it('cut.zip: says so, and what was read stays on the screen', async () => {
    await truncate(path('cut.zip'), 60);
    await person.told(
      'The archive “cut.zip” is damaged: it does not end as a zip does. Restore it from a copy if there is one.',
    );
    await person.shows('as it was at first');
  });

  it('grown.zip: it is read as before, since bytes behind its end are no damage', async () => {
    await appendFile(path('grown.zip'), 'something else');
    await person.shows('as it was at first');
    await person.closeAll();
    await person.open('grown.zip');
    await person.shows('as it was at first');
    // What is said of the test before may still come.
    const said = await vscode.page.notifications();
    assert.deepEqual(
      said.filter((text) => text.includes('grown.zip')),
      [],
    );
  });

  it('renewed.zip: its new text is shown', async () => {
    await writeFile(path('new'), zip('{"message":"as it is now"}\n'));
    await rename(path('new'), path('renewed.zip'));
    await person.shows('as it is now');
  });

  it('deleted.zip: the tab says so', async () => {
    await rm(path('deleted.zip'));
    await vscode.page.page
      .locator('.tab.active[aria-label*="deleted" i], .tab.active .strikethrough')
      .first()
      .waitFor();
    await person.shows('as it was at first');
  });

  it('replaced.zip: its text is not shown until that is typed', async () => {
    await writeFile(path('new'), zip('{"message":"of somebody else"}\n', other));
    await rename(path('new'), path('replaced.zip'));
    const sentence = 'Open editors show encrypted archives, whose password is needed again.';
    await person.shows('This file is encrypted, and no known password opens it.');
    await vscode.screenshot('bad-archive-replaced');
    await vscode.page.pressOnNotification(sentence, 'Type Password');
    await person.answer('replaced.zip', other);
    await person.keep('Until VS Code Is Closed');
    await person.shows('of somebody else');
  });
});

describe('Check Workspace, by keyboard alone', () => {
  const git = (...words: string[]): string =>
    execFileSync('git', words, {
      cwd: vscode.workspace.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ignore = (): string => join(vscode.workspace.folder, '.gitignore');
  /** Chooses a command from the palette. */
  const give = async (id: string): Promise<void> => {
    await vscode.page.focusCommand(paletteTitle(id));
    await vscode.page.page.keyboard.press('Enter');
  };
  /** Rows of the list as they are read aloud. */
  const rows = async (first: RegExp): Promise<string[]> => {
    const list = vscode.page.question.locator('.monaco-list-row');
    await list.first().filter({ hasText: first }).waitFor();
    return list.allInnerTexts();
  };

  before(async () => {
    await vscode.refill({ files: fewLogs(), git: true });
    git('add', '--force', 'logs');
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('Undo Ignore Rule takes it out long after the notification', async () => {
    await give('workspaceLogs.initialize');
    await vscode.page.told('“logs/” was added to .gitignore');
    assert.equal(readFileSync(ignore(), 'utf8'), 'logs/\n');
    await vscode.page.told(/are tracked by Git in spite of the ignore rule/);
    await vscode.reload();
    await vscode.page.logs.row('api.log').waitFor();
    await give('workspaceLogs.undoIgnoreRule');
    await vscode.page.told('The ignore rule is out of .gitignore again');
    assert.equal(existsSync(ignore()), false);
    await give('workspaceLogs.undoIgnoreRule');
    await vscode.page.told('so there is nothing to undo');
  });

  it('shows what is to be mended, mends what is chosen, and shows the rest', async () => {
    await give('workspaceLogs.checkWorkspace');
    const found = await rows(/Ignored by Git/);
    await vscode.screenshot('check-workspace');
    assert.match(
      found.join('\n'),
      /the rule was undone on this machine[^]*To mend[^]*Git tracks 3 log files[^]*Fine/,
    );
    await vscode.page.page.keyboard.press('Enter');
    await rows(/Not tracked by Git/);
    assert.equal(readFileSync(ignore(), 'utf8'), 'logs/\n');
    await vscode.page.page.keyboard.press('Enter');
    await vscode.page.told('3 log files are not tracked any more');
    await vscode.page.told('All 9 checks of the logs of billing are fine');
    assert.equal(git('ls-files', 'logs'), '');
    assert.equal(existsSync(join(vscode.workspace.folder, 'logs/api.log')), true);
    await vscode.screenshot('check-workspace-fine');
  });

  it('the pre-commit check stops a forced add until it is removed', async () => {
    const commit = (): void =>
      void git('-c', 'user.name=a', '-c', 'user.email=a@example.invalid', 'commit', '-qm', 'x');
    await give('workspaceLogs.installCommitCheck');
    await vscode.page.told('The pre-commit check is installed in');
    git('add', '--force', 'logs/api.log');
    assert.throws(commit, /this commit would add or change log files/);
    await give('workspaceLogs.untrackLogs');
    await vscode.page.told('1 log file is not tracked any more');
    await give('workspaceLogs.removeCommitCheck');
    await vscode.page.told('The pre-commit check is removed from');
    git('add', '--force', 'logs/api.log');
    commit();
  });

  it('what nobody can mend from here is told in full', async () => {
    await give('workspaceLogs.checkWorkspace');
    await rows(/Not tracked by Git/);
    await vscode.page.page.keyboard.press('ArrowDown');
    await vscode.page.page.keyboard.press('Enter');
    await vscode.page.told('Change every secret that they hold');
    await vscode.screenshot('check-workspace-history');
  });
});

describe('two workspace folders, one inside the other', () => {
  before(async () => {
    await vscode.refill({
      files: {
        'logs/outer.log': 'x',
        'inner/logs/api.log': 'x',
        'inner/.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }',
        'both.code-workspace': '{ "folders": [{ "path": "." }, { "path": "inner" }] }',
      },
    });
    const workspace = join(vscode.workspace.folder, 'both.code-workspace');
    await vscode.openWorkspaceFile(workspace);
    await vscode.page.logs.row('billing').waitFor({ timeout: 60_000 });
    // Room for the view.
    await vscode.page.page.locator('.pane-header').first().click();
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('each show their own logs', async () => {
    await vscode.page.logs.unfold('Other Logs');
    await vscode.page.logs.row('outer.log').waitFor();
    await comesToEqual(
      () => vscode.page.logs.labels(),
      ['billing', 'Other Logs', 'outer.log', 'inner', 'API Logs', 'api.log'],
    );
  });

  it('follow changes each for itself', async () => {
    appendFileSync(join(vscode.workspace.folder, 'inner', 'logs', 'api.log'), 'x'.repeat(999));
    await vscode.page.logs.row('api.log').filter({ hasText: '1,000 bytes' }).waitFor();
    mkdirSync(join(vscode.workspace.folder, 'inner', 'logs', 'folder'));
    writeFileSync(join(vscode.workspace.folder, 'logs', 'later.log'), '');
    await vscode.page.logs.row('later.log').waitFor();
  });

  it('lose the rows of a folder that is taken out, its form and the local API', async () => {
    const api = await LocalApi.start(vscode);
    assert.equal((await api.get('billing', '/files')).status, 200);
    await vscode.page.runCommand(paletteTitle('workspaceLogs.configure'));
    await vscode.page.question.getByText('Which folder?').waitFor();
    await vscode.page.pick(/^inner/);
    await vscode.page.webview.locator('#save').waitFor();
    await vscode.page.runCommand('Workspaces: Remove Folder from Workspace');
    await vscode.page.pick('inner');
    await vscode.page.logs.row('inner').waitFor({ state: 'detached' });
    // All rows are removed with the folder and may be made again.
    await vscode.page.logs.row('later.log').waitFor();
    assert.equal(await vscode.page.logs.row('inner').count(), 0);
    await comesToEqual(() => vscode.page.tabs(), []);
    const sentence = 'The local API was stopped, because one of its folders was closed.';
    await vscode.page.told(sentence);
    assert.deepEqual(await vscode.page.notifications(), [sentence]);
    await api.isGone();
  });
});

describe('the local API', () => {
  it('ends with its window', async () => {
    await vscode.refill({
      files: { '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n', 'logs/api.log': '' },
    });
    const api = await LocalApi.start(vscode);
    const stream = await api.get('billing', '/stream');
    await vscode.reload();
    assert.match(await stream.text(), /event: end\n/);
    await api.isGone();
  });
});
