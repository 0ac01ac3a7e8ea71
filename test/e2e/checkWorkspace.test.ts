import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { fewLogs } from './workspaceFolder.ts';

describe('Check Workspace, by keyboard alone', () => {
  let vscode: OpenVscode;
  const git = (...words: string[]): string =>
    execFileSync('git', words, {
      cwd: vscode.workspace.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ignore = (): string => join(vscode.workspace.folder, '.gitignore');
  /** Chooses a command from the palette. */
  const give = async (title: string): Promise<void> => {
    await vscode.page.focusCommand(`Workspace Logs: ${title}`);
    await vscode.page.page.keyboard.press('Enter');
  };
  /** Rows of the list as they are read aloud. */
  const rows = async (first: RegExp): Promise<string[]> => {
    const list = vscode.page.question.locator('.monaco-list-row');
    await list.first().filter({ hasText: first }).waitFor();
    return list.allInnerTexts();
  };

  before(async () => {
    vscode = await SharedWindow.fresh({ files: fewLogs(), git: true });
    git('add', '--force', 'logs');
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('Undo Ignore Rule takes it out long after the notification', async () => {
    await give('Initialize');
    await vscode.page.told('logs/ was added to .gitignore');
    assert.equal(readFileSync(ignore(), 'utf8'), 'logs/\n');
    await vscode.page.told(/are tracked by Git in spite of the ignore rule/);
    await vscode.reload();
    await vscode.page.logs.row('api.log').waitFor();
    await give('Undo Ignore Rule');
    await vscode.page.told('The ignore rule is out of .gitignore again');
    assert.equal(existsSync(ignore()), false);
    await give('Undo Ignore Rule');
    await vscode.page.told('so there is nothing to undo');
  });

  it('shows what is to be mended, mends what is chosen, and shows the rest', async () => {
    await give('Check Workspace');
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
    await give('Install Pre-Commit Check');
    await vscode.page.told('The pre-commit check is installed in');
    git('add', '--force', 'logs/api.log');
    assert.throws(commit, /this commit would add or change log files/);
    await give('Untrack Logs');
    await vscode.page.told('1 log file is not tracked any more');
    await give('Remove Pre-Commit Check');
    await vscode.page.told('The pre-commit check is removed from');
    git('add', '--force', 'logs/api.log');
    commit();
  });

  it('what nobody can mend from here is told in full', async () => {
    await give('Check Workspace');
    await rows(/Not tracked by Git/);
    await vscode.page.page.keyboard.press('ArrowDown');
    await vscode.page.page.keyboard.press('Enter');
    await vscode.page.told('Change every secret that they hold');
    await vscode.screenshot('check-workspace-history');
  });
});

describe('Check Workspace in Restricted Mode', () => {
  let vscode: OpenVscode;
  before(async () => {
    vscode = await SharedWindow.fresh({
      files: { ...fewLogs(), '.workspace-logs.json': '{ "version": 1 }' },
      git: true,
      restricted: true,
    });
    await vscode.page.restrictedMode();
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('shows the findings and mends nothing', async () => {
    await vscode.page.runCommand('Workspace Logs: Check Workspace');
    const finding = vscode.page.question.locator('.monaco-list-row').filter({ hasText: 'Ignored by Git' });
    await finding.waitFor();
    await vscode.screenshot('check-workspace-restricted');
    await finding.click();
    await vscode.page.told('Git does not ignore the logs');
    assert.equal(existsSync(join(vscode.workspace.folder, '.gitignore')), false);
  });
});
