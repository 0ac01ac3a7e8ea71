import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { forgetKnown, usePasswords } from '../../src/sessions/passwordRing.ts';
import { openArchive } from '../../src/sessions/openArchive.ts';
import { MAINTENANCE_LOCK, openFolderLock } from '../../src/files/folderLock.ts';
import { bytesOf, sessionZip } from '../unit/sessions/sessionSamples.ts';
import { onDisk } from '../unit/onDisk.ts';
import { ArchiveSteps, CHAT } from './archiveSteps.ts';
import { OpenVscode } from './openVscode.ts';
import type { Files } from './workspaceFolder.ts';
import { paletteTitle, title as titleOf } from './titles.ts';

const ARCHIVES = 30;
/**
 * Variables that programs on a server use. The extension ignores them, because a person could not see where such values
 * come from.
 */
const NOT_FOR_VSCODE = {
  SESSION_LOG_DIR: 'elsewhere',
  SESSION_LOG_ZIP_PASSWORD: randomBytes(12).toString('hex'),
};
const first = NOT_FOR_VSCODE.SESSION_LOG_ZIP_PASSWORD;
const [second, stranger, fresh] = Array.from({ length: 3 }, () => randomBytes(12).toString('hex')) as [
  string,
  string,
  string,
];
/** 20 under the first password, 9 under the second, one under a password that is not known. */
const passwordOf = (index: number): string => (index === 0 ? stranger : index % 3 === 0 ? second : first);
const nameOf = (index: number): string => `msg-${String(index).padStart(2, '0')}`;
const logOf = (index: number): string => `{"message":"the log of archive ${String(index)}"}\n`;
const indices = Array.from({ length: ARCHIVES }, (_, index) => index);

function archives(): Files {
  const files = indices.map((index) => {
    const ids = { user_id: 'u-1', chat_id: 'c-1', message_id: nameOf(index) };
    const zip = sessionZip({ password: passwordOf(index), bound: true, log: logOf(index), ids });
    return [`${CHAT}/${nameOf(index)}.zip`, zip] as const;
  });
  return {
    '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n',
    'logs/api.log': '{}\n',
    [`${NOT_FOR_VSCODE.SESSION_LOG_DIR}/u-2/c-2/other.zip`]: sessionZip({ password: first }),
    ...Object.fromEntries(files),
  };
}

describe('Change Password of Archives…, of 30 under two passwords and a foreign one', () => {
  let vscode: OpenVscode;
  let person: ArchiveSteps;

  before(async () => {
    vscode = await OpenVscode.open({ environment: NOT_FOR_VSCODE, files: archives() });
    person = new ArchiveSteps(vscode);
    await vscode.page.logs.row('api.log').waitFor();
    // The view has room for all rows then.
    await vscode.page.page.locator('.pane-header[aria-label^="Explorer Section"]').click();
    await vscode.page.logs.unfold('Session Archives');
    for (const name of ['u-1', 'c-1']) await vscode.page.logs.unfold(name);
  });
  after(async () => {
    forgetKnown();
    await vscode.close();
  });

  const box = () => vscode.page.question;
  const press = (key: string): Promise<void> => vscode.page.page.keyboard.press(key);
  const sessions = (): Record<string, string> => onDisk(join(vscode.workspace.folder, 'session_logs'));
  const prompt = (text: string): Promise<void> =>
    box().locator('.quick-input-message').filter({ hasText: text }).waitFor();
  const start = async (): Promise<void> => {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.changeArchivePasswords'));
    await box()
      .getByText(`Change Password of ${String(ARCHIVES)} Archives`, { exact: true })
      .waitFor();
    await prompt('New password');
  };
  const typeTwice = async (password: string): Promise<void> => {
    await person.type(password);
    await prompt('Repeat the new password');
    await person.type(password);
  };

  async function opensUnder(password: string, index: number): Promise<boolean> {
    forgetKnown();
    usePasswords({ passwords: [bytesOf(password)] });
    const path = join(vscode.workspace.folder, CHAT, `${nameOf(index)}.zip`);
    const { members, bound } = await openArchive({ path });
    return bound === true && members['logs.jsonl'] === logOf(index);
  }

  it('VS Code takes neither folder nor password from its environment', async () => {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.findSession'));
    await vscode.page.answer(nameOf(0));
    const sentence = `No archive could be searched for ${nameOf(0)}. No known password opens 30 archives.`;
    const words = await vscode.page.sentence(sentence);
    assert.match(words.slice(sentence.length), /^ Not searched: “.+\.zip” and 20 more\.$/);
    await person.silence();
  });

  it('a weak password is warned of, a repetition that differs is told, and Escape changes nothing', async () => {
    const before = sessions();
    await start();
    await person.type('');
    await prompt('Type a password.');
    await person.type('Sommer2024!');
    await prompt('The password is weak');
    await prompt('Press Enter again to take it all the same.');
    assert.equal(await box().locator('.quick-input-box .monaco-inputbox.warning').count(), 1);
    await vscode.screenshot('change-password-weak');
    await press('Enter');
    await prompt('Repeat the new password');
    await press('Escape');
    await start();
    await person.type('Sommer2024!');
    await prompt('The password is weak');
    await person.type(fresh);
    await prompt('Repeat the new password');
    await person.type(`${fresh}x`);
    await prompt('This is not the password that you typed first.');
    await vscode.screenshot('change-password-repeat');
    await person.type(fresh);
    await box().getByText('Keep this password?').waitFor();
    await press('Escape');
    await vscode.page.page.waitForTimeout(500);
    assert.deepEqual(sessions(), before);
    assert.deepEqual(await vscode.page.notifications(), []);
  });

  it('it waits for maintenance, and can be cancelled', async () => {
    const before = sessions();
    const lock = await openFolderLock(join(vscode.workspace.folder, 'logs'), MAINTENANCE_LOCK, {});
    const held = await lock.hold({});
    try {
      await start();
      await typeTwice(fresh);
      await person.keep('Until VS Code Is Closed');
      await vscode.page.pressOnNotification('Changing the password of 30 archives', 'Cancel');
      await vscode.page.notification(/./).waitFor({ state: 'hidden' });
    } finally {
      held.release();
      lock.close();
    }
    await vscode.page.page.waitForTimeout(500);
    assert.deepEqual(sessions(), before);
  });

  it('those that open get the new password; with another old one it goes on with those that were left', async () => {
    await vscode.page.logs.row(nameOf(28)).click();
    await person.answer(`${nameOf(28)}.zip`, first);
    await person.keep('Until VS Code Is Closed');
    await person.shows('the log of archive 28');
    await start();
    await typeTwice(fresh);
    await person.keep('Until VS Code Is Closed');
    const left = 'left as they are: no known password opens them.';
    await vscode.page.told(`20 archives now open with the new password. 10 archives are ${left}`);
    await vscode.screenshot('change-password-left');
    await vscode.page.pressOnNotification(left, 'Add Password…');
    await person.type(second);
    await person.keep('Until VS Code Is Closed');
    const sentence =
      '29 archives now open with the new password. 1 archive is left as it is: no known password opens it.';
    await person.told(sentence);
    for (const index of indices) assert.equal(await opensUnder(fresh, index), index > 0, nameOf(index));
    assert.equal(await opensUnder(stranger, 0), true);
    assert.equal(Object.keys(sessions()).filter((path) => path.includes('.tmp')).length, 0);
  });

  it('what is open stays open, and the view opens the others without a question', async () => {
    await vscode.page.tabInFront('logs.jsonl');
    assert.equal(await vscode.page.editorText(), logOf(28));
    assert.equal(await vscode.page.page.locator('.tab.active .strikethrough').count(), 0);
    for (const index of [29, 27]) {
      await vscode.page.logs.row(nameOf(index)).click();
      await person.shows(`the log of archive ${String(index)}`);
    }
    await vscode.screenshot('change-password-done');
  });

  it('rows of the view offer it for what they stand for', async () => {
    for (const [row, title] of [
      [nameOf(26), 'Change Password of 1 Archive'],
      ['c-1', 'Change Password of 30 Archives'],
      ['Session Archives', 'Change Password of 30 Archives'],
    ] as const) {
      await vscode.page.logs.chooseFrom(row, titleOf('workspaceLogs.changeArchivePasswords'));
      await box().getByText(title, { exact: true }).waitFor();
      await press('Escape');
    }
  });
});
