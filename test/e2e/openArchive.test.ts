import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { sample } from '../chance.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { answerPath } from './pathDialog.ts';
import type { Files } from './workspaceFolder.ts';
import { paletteTitle, title } from './titles.ts';

/** Of the samples: see their README. */
const PASSWORD = 'correct horse battery staple';
const samples = join(import.meta.dirname, '../fixtures/session-archives');
const names = readdirSync(samples).filter((name) => name.endsWith('.zip'));
const policy = '{ "version": 1, "workspaceId": "billing" }\n';
const FOLDER = 'session_logs/u-7f3c/chat-42';

const expected = (member: string): Promise<string> => readFile(join(samples, 'expected', member), 'utf8');
const mainOf = (name: string): string => (name === 'v1-text-lzma.zip' ? 'logs.txt' : 'logs.jsonl');

async function archives(folder: string, some: readonly string[]): Promise<Files> {
  const files = some.map(async (name) => [`${folder}/${name}`, await readFile(join(samples, name))] as const);
  return {
    '.workspace-logs.json': policy,
    'logs/api.log': '{}\n',
    ...Object.fromEntries(await Promise.all(files)),
  };
}

let vscode: OpenVscode;
const box = (): Locator => vscode.page.question;
const press = (key: string): Promise<void> => vscode.page.page.keyboard.press(key);
const give = (id: string): Promise<void> => vscode.page.runCommand(paletteTitle(id));

async function type(password: string): Promise<void> {
  await box().locator('input[type=password]').fill(password);
  await press('Enter');
}

/** Types the password where it is asked for, and says whether to keep it. */
async function unlock(name: string, answer: 'Until VS Code Is Closed' | 'Remember'): Promise<void> {
  await box().getByText(`Password of ${name}`).waitFor();
  await type(PASSWORD);
  await box().getByText('Keep this password?').waitFor();
  await vscode.page.pick(answer);
}

/** Waits until the active editor shows the sample's text. */
async function shows(member: string): Promise<void> {
  const text = await expected(member);
  let shown = '';
  for (let tries = 0; tries < 20 && shown !== text; tries += 1) {
    shown = await vscode.page.editorText();
    if (shown !== text) await vscode.page.page.waitForTimeout(300);
  }
  assert.equal(shown, text);
}

async function unfoldInExplorer(folder: string): Promise<void> {
  for (const name of folder.split('/')) await vscode.page.explorer.unfold(name);
}

/** A name that would be a link and an icon where VS Code looks for them. */
const LINK = '[Press](command:workbench.action.toggleZenMode) $(trash).zip';

describe('session archives in the explorer', () => {
  before(async () => {
    const secret = await readFile(join(samples, 'both-lzma.zip'));
    vscode = await SharedWindow.fresh({
      files: { ...(await archives(FOLDER, names)), 'logs/secret.zip': secret, [`${FOLDER}/${LINK}`]: secret },
    });
    await vscode.page.logs.row('api.log').waitFor();
    await unfoldInExplorer(FOLDER);
  });

  it('nothing in the name of an archive is a link or an icon where its password is asked for', async () => {
    await vscode.page.explorer.chooseFrom(LINK, title('workspaceLogs.openArchive'));
    const words = box().locator('.quick-input-message');
    for (const said of ['is encrypted', 'does not open']) {
      await words.filter({ hasText: said }).waitFor();
      assert.equal(await words.locator('a, .codicon-trash').count(), 0);
      await type('wrong');
    }
    await press('Escape');
  });

  it('two wrong passwords say so, and the third opens the first archive', async () => {
    const [first = ''] = names;
    await vscode.page.explorer.chooseFrom(first, title('workspaceLogs.openArchive'));
    await box().getByText(`Password of ${first}`).waitFor();
    await type('');
    await box().getByText('Type a password.').waitFor();
    for (const wrong of ['wrong', 'wrong again']) {
      await type(wrong);
      // Emptied: the message is that of this try.
      await vscode.page.page.waitForFunction(
        `document.querySelector('.quick-input-widget input[type=password]').value === ''`,
      );
      await box().getByText(`This password does not open ${first}. Try again.`).waitFor();
    }
    await vscode.screenshot('archive-wrong-password');
    await type(PASSWORD);
    await box().getByText('Keep this password?').waitFor();
    await vscode.screenshot('archive-keep-password');
    await vscode.page.pick('Until VS Code Is Closed');
    await vscode.page.tabInFront(mainOf(first));
    await shows(mainOf(first));
    await vscode.screenshot('archive-open');
  });

  it('others open without a question, and their text is the expected one', async () => {
    // Their contents: unit/archive/zip/sessionArchives.test.ts.
    for (const name of sample(names.slice(1), 3, 'session archives')) {
      await vscode.page.closeEditors();
      await vscode.page.explorer.chooseFrom(name, title('workspaceLogs.openArchive'));
      await vscode.page.tabInFront(mainOf(name));
      await shows(mainOf(name));
    }
  });

  it('the explorer offers each thing once, also among the logs', async () => {
    const ours = [
      title('workspaceLogs.openLog'),
      title('workspaceLogs.openArchive'),
      title('workspaceLogs.decryptTo'),
      title('workspaceLogs.downloadLog'),
      title('workspaceLogs.deleteLog'),
    ];
    const offered = async (name: string): Promise<string[]> =>
      (await vscode.page.explorer.menuOf(name)).filter((label) => ours.includes(label));
    const [first = ''] = names;
    assert.deepEqual(await offered(first), ours.slice(1));
    await vscode.page.explorer.unfold('logs');
    assert.deepEqual(await offered('secret.zip'), [
      title('workspaceLogs.openLog'),
      title('workspaceLogs.downloadLog'),
      title('workspaceLogs.deleteLog'),
    ]);
  });
});

describe('session archives in the view', () => {
  let elsewhere: string;
  const both = 'both-lzma';
  const inFolder = (name: string): string => join(vscode.workspace.folder, FOLDER, name);

  before(async () => {
    vscode = await SharedWindow.fresh({
      files: await archives(FOLDER, ['both-lzma.zip', 'both-stored.zip', 'jsonl-deflated-ae2.zip']),
      theme: 'light',
    });
    elsewhere = join(dirname(vscode.workspace.folder), 'copies');
    await mkdir(elsewhere);
    await vscode.page.logs.row('api.log').waitFor();
    // The view has room for all rows then.
    await vscode.page.page.locator('.pane-header[aria-label^="Explorer Section"]').click();
    await vscode.page.logs.unfold('Session Archives');
    for (const name of ['u-7f3c', 'chat-42']) await vscode.page.logs.unfold(name);
    await vscode.page.logs.row(both).waitFor();
  });

  it('Escape in the box opens nothing and says nothing', async () => {
    await vscode.page.logs.row(both).click();
    await box().getByText('Password of both-lzma.zip').waitFor();
    await press('Escape');
    await vscode.page.page.waitForTimeout(500);
    assert.deepEqual(await vscode.page.tabs(), []);
    assert.deepEqual(await vscode.page.notifications(), []);
  });

  it('a click opens the log, and below the row is what else is inside', async () => {
    await vscode.page.logs.row(both).click();
    await unlock('both-lzma.zip', 'Until VS Code Is Closed');
    await vscode.page.tabInFront('logs.jsonl');
    await shows('logs.jsonl');
    for (const member of ['meta.json', 'logs.txt'] as const) {
      await vscode.page.logs.row(member).click();
      await vscode.page.tabInFront(member);
      await shows(member);
    }
    await vscode.screenshot('archive-rows');
  });

  it('Decrypt To… saves one member where a person says, and says that it is not encrypted', async () => {
    await vscode.page.logs.chooseFrom('logs.txt', title('workspaceLogs.decryptTo'));
    await box().getByText('Save logs.txt, No Longer Encrypted, on the Server').waitFor();
    await answerPath(vscode, join(elsewhere, 'one.txt'));
    await vscode.page.told(/one\.txt was saved in/);
    assert.equal(await readFile(join(elsewhere, 'one.txt'), 'utf8'), await expected('logs.txt'));
    assert.deepEqual(await readdir(elsewhere), ['one.txt']);
  });

  it('Decrypt To… saves all members of an archive, under names that tell whose they are', async () => {
    await vscode.page.logs.chooseFrom('both-stored', title('workspaceLogs.decryptTo'));
    await box().getByText('Which files are saved, no longer encrypted?').waitFor();
    await vscode.screenshot('archive-decrypt-members');
    await press('Enter');
    await answerPath(vscode, `${elsewhere}/`);
    await vscode.page.told(/3 files were saved in/);
    for (const member of ['meta.json', 'logs.txt', 'logs.jsonl'])
      assert.equal(await readFile(join(elsewhere, `both-stored-${member}`), 'utf8'), await expected(member));
  });

  it('Download Log… saves the archive as it is', async () => {
    await vscode.page.logs.chooseFrom(both, title('workspaceLogs.downloadLog'));
    await answerPath(vscode, join(elsewhere, 'as-it-is.zip'));
    await vscode.page.told(/as-it-is\.zip was saved in/);
    assert.deepEqual(
      await readFile(join(elsewhere, 'as-it-is.zip')),
      await readFile(join(samples, 'both-lzma.zip')),
    );
  });

  it('a document follows its archive: it is gone when that is deleted', async () => {
    await vscode.page.logs.row('both-stored').click();
    await vscode.page.tabInFront('logs.jsonl');
    await vscode.page.logs.chooseFrom('both-stored', title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByText('Delete “both-stored.zip”').waitFor();
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).click();
    await vscode.page.told('“both-stored.zip” was deleted');
    assert.equal(existsSync(inFolder('both-stored.zip')), false);
    await vscode.page.page
      .locator('.tabs-container .tab[aria-label*="deleted" i], .tabs-container .tab .strikethrough')
      .first()
      .waitFor();
  });

  it('Forget Passwords leaves open text, and the next archive asks again', async () => {
    await give('workspaceLogs.forgetPasswords');
    await vscode.page.dialog.getByText('stay readable until they are closed').waitFor();
    await vscode.page.dialog.getByRole('button', { name: 'Forget Passwords' }).click();
    await vscode.page.told('All passwords of archives are forgotten.');
    await vscode.page.logs.row('jsonl-deflated-ae2').click();
    await box().getByText('Password of jsonl-deflated-ae2.zip').waitFor();
    await press('Escape');
  });

  it('Add Password… makes it known before anything asks', async () => {
    await give('workspaceLogs.addPassword');
    await type(PASSWORD);
    await box().getByText('Keep this password?').waitFor();
    await press('Escape');
    await vscode.page.told('The password is known until VS Code is closed.');
    await vscode.page.logs.row('jsonl-deflated-ae2').click();
    await vscode.page.tabInFront('logs.jsonl');
    await shows('logs.jsonl');
  });

  it('Open Archive… asks for user, chat and archive where nothing tells', async () => {
    await vscode.page.closeEditors();
    await give('workspaceLogs.openArchive');
    for (const row of ['u-7f3c', 'chat-42', 'both-lzma.zip']) await vscode.page.pick(row);
    await vscode.page.tabInFront('logs.jsonl');
    await shows('logs.jsonl');
  });

  it('Find Session… finds the archives that hold an id, and opens them', async () => {
    await vscode.page.closeEditors();
    await give('workspaceLogs.findSession');
    await vscode.page.answer('req-a1b2c3d4');
    await box().getByText('2 archives hold req-a1b2c3d4').waitFor();
    await vscode.screenshot('archive-find-session');
    await vscode.page.pick('both-lzma.zip');
    await vscode.page.tabInFront('logs.jsonl');
    assert.ok(await box().isVisible());
    await press('Escape');
    await give('workspaceLogs.findSession');
    await vscode.page.answer('nobody');
    await vscode.page.told('2 archives were searched; none holds nobody.');
  });
});
