import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aWeekOfLogs, commentedPolicy } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { waitUntil } from './waitUntil.ts';
import { paletteTitle } from './titles.ts';

describe('the form and a policy that changes elsewhere', () => {
  let vscode: OpenVscode;
  const path = (): string => join(vscode.workspace.folder, '.workspace-logs.json');
  const field = (id: string) => vscode.page.webview.locator(`#${id}`);
  const type = (id: string, text: string): Promise<void> => field(id).locator('input').fill(text);
  const value = (id: string): Promise<string> => field(id).locator('input').inputValue();
  const says = (id: string, text: string | RegExp): Promise<void> =>
    field(id).filter({ hasText: text }).filter({ visible: true }).waitFor();
  const canSave = (): Promise<void> => vscode.page.webview.locator('#save:not([disabled])').waitFor();
  const cannotSave = (): Promise<void> => vscode.page.webview.locator('#save[disabled]').waitFor();
  /** Replaces the policy in one step, as Git and editors do, so that no reader sees half of it. */
  const write = async (text: string): Promise<void> => {
    await writeFile(`${path()}.new`, text);
    await rename(`${path()}.new`, path());
  };
  /** The page gives the focus a moment later. */
  const focused = (id: string): Promise<void> => vscode.page.webview.locator(`#${id}:focus-within`).waitFor();
  const openForm = (): Promise<void> => vscode.page.runCommand(paletteTitle('workspaceLogs.configure'));
  const becomes = async (id: string, text: string, kind: 'input' | 'textarea' = 'input'): Promise<void> => {
    const now = (): Promise<string> => field(id).locator(kind).inputValue();
    for (let tries = 0; tries < 100 && (await now()) !== text; tries += 1)
      await vscode.page.page.waitForTimeout(100);
    assert.equal(await now(), text);
  };

  before(async () => {
    vscode = await SharedWindow.fresh({
      files: { ...aWeekOfLogs(), 'README.md': '# Billing\n' },
      theme: 'light',
    });
    await vscode.page.logs.row('api.log').waitFor();
  });

  // Invalid policies: unit/policy/policyText.test.ts; their messages: unit/words/failures.test.ts.
  it('does not open on a policy that cannot be used, and says why', async () => {
    await write('{ "version": 1, "rotations": {} }');
    await openForm();
    await vscode.page.told(/line 1, rotations: there is no such key/, 'error');
    assert.deepEqual(await vscode.page.tabs(), []);
    await vscode.page.silence();
  });

  it('does not open on a folder or a link in the policy’s place', async () => {
    await rm(path());
    await mkdir(path());
    await openForm();
    await vscode.page.told(/is a folder, not a file/, 'error');
    // No more than three are on the screen at a time.
    await vscode.page.silence();
    await rm(path(), { recursive: true });
    await symlink('README.md', path());
    await openForm();
    await vscode.page.told(/is a link, not a file/, 'error');
    assert.deepEqual(await vscode.page.tabs(), []);
    await rm(path());
    await write(commentedPolicy);
    await vscode.page.logs.row('api.log').filter({ hasText: 'rotates at 20 MB' }).waitFor();
    await vscode.page.silence();
  });

  it('shows the new value of a field that nobody touched, and says so', async () => {
    await openForm();
    await vscode.page.tabInFront(/Configure Logging/);
    await says('summary', '3 files zipped');
    assert.equal(await field('notice').isVisible(), false);
    await write(commentedPolicy.replace('20', '30'));
    await becomes('maxFile', '30');
    await says('notice', 'The policy was changed elsewhere');
    await canSave();
  });

  it('keeps what is typed beside it', async () => {
    await type('keepPlain', '4');
    await write(commentedPolicy.replace('20', '40'));
    await becomes('maxFile', '40');
    assert.equal(await value('keepPlain'), '4');
    await canSave();
  });

  it('asks where both changed, and keeps what is typed meanwhile', async () => {
    await type('maxFile', '33');
    await write(commentedPolicy.replace('20', '50'));
    await says('maxFile-question', 'Changed elsewhere to 50 MB.');
    await says('summary', 'To be chosen first: Maximum file size.');
    await cannotSave();
    assert.equal(await value('maxFile'), '33');
    await vscode.screenshot('form-conflict-light');
  });

  it('goes on asking while more is typed, also the old value', async () => {
    await type('maxFile', '40');
    await vscode.page.page.waitForTimeout(600);
    assert.equal(await value('maxFile'), '40');
    await says('maxFile-question', 'Changed elsewhere to 50 MB.');
    await cannotSave();
  });

  it('is answered by keyboard alone', async () => {
    const { keyboard } = vscode.page.page;
    await field('maxFile').locator('input').focus();
    await keyboard.press('Tab');
    await focused('maxFile-theirs');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await field('maxFile-asked').waitFor({ state: 'hidden' });
    await canSave();
    assert.equal(await value('maxFile'), '40');
    await focused('maxFile');
  });

  it('takes the other value where a person says so', async () => {
    await write(commentedPolicy.replace('20', '60'));
    await says('maxFile-question', 'Changed elsewhere to 60 MB.');
    await field('maxFile-theirs').click();
    await becomes('maxFile', '60');
    await canSave();
    assert.equal(await value('keepPlain'), '4');
  });

  it('takes back its question when the other side takes back its change', async () => {
    await type('maxFile', '70');
    await write(commentedPolicy.replace('20', '80'));
    await says('maxFile-question', 'Changed elsewhere to 80 MB.');
    await write(commentedPolicy.replace('20', '60'));
    await field('maxFile-asked').waitFor({ state: 'hidden' });
    assert.equal(await value('maxFile'), '70');
    await canSave();
  });

  for (const [what, text, words] of [
    ['half a file', '{ "version": 1, "rotation": {', /not valid JSON/],
    ['of a newer version', '{ "version": 2 }', /newer version/],
  ] as const)
    it(`waits while the policy is ${what}, and keeps what is typed`, async () => {
      await write(text);
      await says('notice', words);
      await cannotSave();
      await says('summary', 'Nothing can be saved now');
      await write(commentedPolicy.replace('20', '60'));
      await canSave();
      assert.deepEqual([await value('maxFile'), await value('keepPlain')], ['70', '4']);
    });

  it('waits while a folder or a link is in the policy’s place', async () => {
    await rm(path());
    await mkdir(path());
    await says('notice', 'is a folder, not a file');
    await cannotSave();
    await rm(path(), { recursive: true });
    await symlink('README.md', path());
    await says('notice', 'is a link, not a file');
    await cannotSave();
    await rm(path());
    await write(commentedPolicy.replace('20', '60'));
    await canSave();
  });

  it('holds what is typed while another tab is in front and while it moves to another group', async () => {
    await vscode.page.explorer.row('README.md').dblclick();
    await vscode.page.tabInFront('README.md');
    await write(
      commentedPolicy
        .replace('20', '60')
        .replace('"version": 1', '"version": 1, "masking": { "extraKeys": ["iban"] }'),
    );
    await vscode.page.page.waitForTimeout(1500);
    await vscode.page.page.locator('.tabs-container .tab').filter({ hasText: 'Configure Logging' }).click();
    await vscode.page.tabInFront(/Configure Logging/);
    // The page takes the changes once it is in front.
    await becomes('extraKeys', 'iban', 'textarea');
    await becomes('maxFile', '70');
    await vscode.page.runCommand('View: Move Editor into Next Group');
    await vscode.page.page.locator('.editor-group-container').nth(1).waitFor();
    await canSave();
    await becomes('extraKeys', 'iban', 'textarea');
    assert.deepEqual([await value('maxFile'), await value('keepPlain')], ['70', '4']);
  });

  it('holds what is typed and asked when its page is loaded anew, as in a window of its own', async () => {
    await write((await readFile(path(), 'utf8')).replace('60', '90'));
    await says('maxFile-question', 'Changed elsewhere to 90 MB.');
    await vscode.page.webview.locator('html').evaluate((page: unknown) => {
      (page as { dataset: Record<string, string> }).dataset.old = '';
    });
    await vscode.page.runCommand('Developer: Reload Webviews');
    await vscode.page.webview.locator('html:not([data-old]) #form').waitFor();
    await says('maxFile-question', 'Changed elsewhere to 90 MB.');
    assert.deepEqual([await value('maxFile'), await value('keepPlain')], ['70', '4']);
    await field('maxFile-mine').click();
    await canSave();
  });

  it('asks also where Save is pressed before the change is noticed', async () => {
    // The messages about the invalid policies cover the page.
    await vscode.page.silence();
    let isPressed = false;
    // If the change is noticed first, Save is disabled; then another change is made.
    for (let size = 91; !isPressed && size <= 95; size += 1) {
      const text = await readFile(path(), 'utf8');
      await write(text.replace(/"maxFileMB": \d+/, `"maxFileMB": ${String(size)}`));
      isPressed = await field('save').evaluate(pressed);
      await says('maxFile-question', `Changed elsewhere to ${String(size)} MB.`);
      await cannotSave();
      assert.match(await readFile(path(), 'utf8'), new RegExp(`"maxFileMB": ${String(size)}\\b`));
      await field('maxFile-mine').click();
      await canSave();
    }
    assert.ok(isPressed, 'every change was noticed before Save was pressed');
  });

  it('saves what was typed, and nobody else’s value, also one that was not noticed yet', async () => {
    const recording = '"recording": { "exclude": ["/health"] },';
    // The messages about the invalid policies cover the page.
    await vscode.page.silence();
    await write((await readFile(path(), 'utf8')).replace('"rotation"', `${recording} "rotation"`));
    // If the change is noticed first, Save is disabled until the form was checked with it.
    await waitUntil(() => field('save').evaluate(pressed), 'Save is pressed');
    await vscode.page.told('The policy of billing is saved');
    const text = await readFile(path(), 'utf8');
    assert.match(text, /"maxFileMB": 70/);
    assert.match(text, /"keepPlain": 4/);
    assert.match(text, /"extraKeys": \["iban"\]/);
    assert.ok(text.includes(recording), text);
    assert.match(text, /Ours since the audit of last spring/);
    await vscode.page.pressOnNotification('The policy of billing is saved', 'Open Policy File');
    await vscode.page.tabInFront('.workspace-logs.json');
  });

  it('makes a deleted policy anew, with what the form says', async () => {
    await openForm();
    await vscode.page.tabInFront(/Configure Logging/);
    await becomes('maxFile', '70');
    await canSave();
    await rm(path());
    await says('notice', 'The policy file was deleted. Save makes it anew');
    await canSave();
    assert.equal(await value('maxFile'), '70');
    await vscode.page.silence();
    await field('save').click();
    await vscode.page.told('The policy of billing is saved');
    const text = await readFile(path(), 'utf8');
    assert.match(text, /"maxFileMB": 70/);
    assert.match(text, /"keepPlain": 4/);
  });
});

/** Runs in the page: presses a button, at once. @returns whether that did anything */
function pressed(button: unknown): boolean {
  const { disabled } = button as Button;
  (button as Button).click();
  return !disabled;
}

interface Button {
  readonly disabled: boolean;
  click(): void;
}
