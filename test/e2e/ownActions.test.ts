import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from '../../src/audit/record.ts';
import { ArchiveSteps, CHAT } from './archiveSteps.ts';
import type { OpenVscode } from './openVscode.ts';
import { answerPath } from './pathDialog.ts';
import { SharedWindow } from './sharedWindow.ts';
import { title } from './titles.ts';
import { waitUntil } from './waitUntil.ts';

/** Of the samples: see their README. */
const PASSWORD = 'correct horse battery staple';
const ARCHIVE = 'both-lzma.zip';
const sample = join(import.meta.dirname, '../fixtures/session-archives', ARCHIVE);
const POLICY = '{ "version": 1, "workspaceId": "billing" }\n';

describe('what a person does, in the audit trail', () => {
  let vscode: OpenVscode;
  let steps: ArchiveSteps;
  let elsewhere: string;
  let seen = 0;
  const path = (...names: string[]): string => join(vscode.workspace.folder, ...names);
  const audit = (): string => path('logs', 'audit.db');

  /** The records since those that were expected last, in their order. */
  function since(): AuditRecord[] {
    const database = new DatabaseSync(audit(), { readOnly: true });
    const rows = database.prepare('SELECT entry FROM record ORDER BY seq').all() as { entry: string }[];
    database.close();
    return rows.slice(seen).map(({ entry }) => JSON.parse(entry) as AuditRecord);
  }

  async function leaves(
    ...expected: readonly (readonly [action: string, entity: string])[]
  ): Promise<AuditRecord[]> {
    // A document has its tab before its text, which is recorded when it is read.
    await waitUntil(() => Promise.resolve(since().length >= expected.length), 'the records');
    const records = since();
    seen += records.length;
    assert.deepEqual(
      records.map(({ action, entity_id }) => [action, entity_id]),
      expected,
    );
    for (const { user_id, audit_metadata } of records) {
      assert.equal(user_id, userInfo().username);
      assert.partialDeepStrictEqual(audit_metadata, { door: 'vscode' });
    }
    return records;
  }

  before(async () => {
    vscode = await SharedWindow.fresh({
      files: {
        '.workspace-logs.json': POLICY,
        'logs/api.log': '{}\n',
        'logs/api.1.log': '{}\n',
        'logs/api.2.log': '{}\n',
        [`${CHAT}/${ARCHIVE}`]: await readFile(sample),
        [`${CHAT}/other.zip`]: await readFile(sample),
      },
    });
    steps = new ArchiveSteps(vscode);
    elsewhere = join(dirname(vscode.workspace.folder), 'copies');
    await mkdir(elsewhere);
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.explorer.unfold('logs');
    await steps.unfold();
  });
  after(async () => {
    await chmod(audit(), 0o600);
  });

  async function configure(megabytes: string): Promise<void> {
    await vscode.page.explorer.chooseFrom('logs', title('workspaceLogs.configure'));
    await vscode.page.tabInFront(/Configure Logging/);
    await vscode.page.webview.locator('#maxFile input').fill(megabytes);
    await vscode.page.webview.locator('#save:not([disabled])').waitFor();
    await vscode.page.webview.locator('#save').click();
  }

  async function download(name: string, copy: string): Promise<void> {
    await vscode.page.explorer.chooseFrom(name, title('workspaceLogs.downloadLog'));
    await answerPath(vscode, join(elsewhere, copy));
  }

  async function remove(name: string): Promise<void> {
    await vscode.page.explorer.chooseFrom(name, title('workspaceLogs.deleteLog'));
    await vscode.page.dialog.getByRole('button', { name: 'Delete for Good' }).click();
  }

  async function decrypt(copy: string): Promise<void> {
    await vscode.page.explorer.chooseFrom(ARCHIVE, title('workspaceLogs.decryptTo'));
    await vscode.page.question.getByText('Which files are saved').waitFor();
    await vscode.page.page.keyboard.press('Enter');
    await answerPath(vscode, `${join(elsewhere, copy)}/`);
  }

  it('configuring leaves the old and the new value', async () => {
    await configure('5');
    await vscode.page.told('The policy of billing is saved');
    const [record] = await leaves(['policy_changed', '.workspace-logs.json']);
    assert.deepEqual(record?.changes, { 'rotation.maxFileMB': { old: 20, new: 5 } });
    await vscode.page.closeEditors();
  });

  it('a download', async () => {
    await download('api.1.log', 'copy.log');
    await vscode.page.told(/copy\.log was saved in/);
    await leaves(['log_downloaded', 'logs/api.1.log']);
  });

  it('a deletion', async () => {
    await remove('api.1.log');
    await vscode.page.told('“api.1.log” was deleted');
    await leaves(['log_deleted', 'logs/api.1.log']);
  });

  it('a password and the archive that it opens, once', async () => {
    await steps.open(ARCHIVE);
    await steps.answer(ARCHIVE, PASSWORD);
    await steps.keep('Until VS Code Is Closed');
    await vscode.page.tabInFront('logs.jsonl');
    await leaves(['password_added', ''], ['archive_opened', `${CHAT}/${ARCHIVE}`]);
  });

  it('decrypted copies of the files of one archive', async () => {
    await mkdir(join(elsewhere, 'plain'));
    await decrypt('plain');
    await vscode.page.told(/3 files were saved in/);
    const [record] = await leaves(['archive_decrypted', `${CHAT}/${ARCHIVE}`]);
    assert.partialDeepStrictEqual(record?.audit_metadata, {
      members: ['meta.json', 'logs.txt', 'logs.jsonl'],
    });
  });

  it('an opened file of a log', async () => {
    await vscode.page.explorer.chooseFrom('api.2.log', title('workspaceLogs.openLog'));
    await vscode.page.tabInFront(/api\.2\.log/);
    assert.deepEqual(await leaves(), []);
  });

  it('is shown in the view with the size of its files', async () => {
    const size = (await stat(audit())).size;
    assert.ok(size > 0);
    await vscode.page.logs.row('Audit Logs').click();
    await vscode.page.logs.row('audit.db').waitFor();
  });

  it('and nothing is done where it cannot be recorded', async () => {
    await vscode.page.closeEditors();
    await chmod(audit(), 0o444);
    const before = {
      policy: await readFile(path('.workspace-logs.json'), 'utf8'),
      logs: (await readdir(path('logs'))).filter((name) => name.startsWith('api.')),
      copies: await readdir(elsewhere),
    };
    const refused = /Nothing was done, because it cannot be recorded/;

    await configure('7');
    await vscode.page.webview.getByText(refused).waitFor();
    await vscode.page.closeEditors();
    await vscode.page.silence();

    await download('api.2.log', 'refused.log');
    await vscode.page.told(refused);
    await vscode.page.silence();

    await remove('api.2.log');
    await vscode.page.told(refused);
    await vscode.page.silence();

    await steps.open('other.zip');
    await vscode.page.told(refused);
    await vscode.page.silence();

    await mkdir(join(elsewhere, 'refused'));
    await decrypt('refused');
    await vscode.page.told(refused);

    assert.deepEqual(await readdir(join(elsewhere, 'refused')), []);
    assert.deepEqual(
      {
        policy: await readFile(path('.workspace-logs.json'), 'utf8'),
        logs: (await readdir(path('logs'))).filter((name) => name.startsWith('api.')),
        copies: (await readdir(elsewhere)).filter((name) => name !== 'refused'),
      },
      before,
    );
    assert.deepEqual(await leaves(), []);
  });
});
