import assert from 'node:assert/strict';
import { join } from 'node:path';
import { listingOf } from './listing.ts';
import { aWeekOfLogs } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';
import { fewLogs } from './workspaceFolder.ts';
import { ArchiveSteps, CHAT } from './archiveSteps.ts';
import { aesZip } from '../unit/archive/aesZip.ts';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openSqliteStore } from '../../src/audit/sqliteStore.ts';
import { commandIds, paletteTitle, title } from './titles.ts';
import { waitUntil } from './waitUntil.ts';

const password = randomBytes(12).toString('hex');
const sound = aesZip([{ name: 'logs.jsonl', text: '{"message":"all is well"}\n' }], { password });

/** One window for all of them: it is opened as an untrusted workspace. */
let vscode: OpenVscode;
before(async () => {
  vscode = await OpenVscode.open({
    restricted: true,
    // Nor does maintenance come by itself.
    settings: { 'workspaceLogs.maintenance.intervalMinutes': 1 / 60 },
  });
  await vscode.page.restrictedMode();
});
after(() => vscode.close());

describe('Restricted Mode', () => {
  let untouched: string[];
  before(async () => {
    // A policy that would delete at once, and a file that is due for everything.
    const policy =
      '{ "version": 1, "rotation": { "maxFileMB": 1 }, "retention": { "maxAge": { "days": 1 } } }';
    const files = {
      ...aWeekOfLogs(),
      '.workspace-logs.json': policy,
      'logs/audit.db': await trailOfOneRecord(),
    };
    await vscode.refill({ files, git: true });
    untouched = await listingOf(vscode.workspace.folder);
    await vscode.page.restrictedMode();
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('leaves every file as it was, whatever command is given', async () => {
    const tried: string[] = [];
    for (const whole of new Set(commandIds().map(paletteTitle))) {
      if (!(await vscode.page.commands(whole)).includes(whole)) continue;
      tried.push(whole);
      await vscode.page.runCommand(whole);
      await vscode.page.page.waitForTimeout(500);
      await vscode.page.page.keyboard.press('Escape');
      await vscode.page.page.keyboard.press('Escape');
      // A page that it opened keeps the keys to itself.
      await vscode.page.page.locator('.pane-header[aria-label^="Explorer Section"]').first().click();
      await vscode.page.page.locator('.pane-header[aria-label^="Explorer Section"]').first().click();
    }
    const isTried = (id: string): boolean => tried.includes(paletteTitle(id));
    for (const id of ['previewMaintenance', 'openLog', 'showAudit', 'verifyAudit'].map(
      (name) => `workspaceLogs.${name}`,
    ))
      assert.equal(isTried(id), true, id);
    for (const id of ['workspaceLogs.runMaintenance', 'workspaceLogs.configure'])
      assert.equal(isTried(id), false, id);
    assert.deepEqual(await listingOf(vscode.workspace.folder), untouched);
    // Thirty commands, one after the other.
  }).timeout(600_000);

  it('opens a log all the same', async () => {
    await vscode.page.logs.open('api.log');
    await vscode.page.tabInFront('api.log');
    assert.deepEqual(await listingOf(vscode.workspace.folder), untouched);
  });
});

describe('a workspace that nobody trusts', () => {
  before(() => vscode.refill({ theme: 'light' }));

  it('lists its logs in Restricted Mode', async () => {
    await vscode.page.restrictedMode();
    await vscode.page.logs.row('api.log').waitFor();
  });
});

describe('Check Workspace in Restricted Mode', () => {
  before(async () => {
    await vscode.refill({
      files: { ...fewLogs(), '.workspace-logs.json': '{ "version": 1 }' },
      git: true,
    });
    await vscode.page.restrictedMode();
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('shows the findings and mends nothing', async () => {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.checkWorkspace'));
    const finding = vscode.page.question.locator('.monaco-list-row').filter({ hasText: 'Ignored by Git' });
    await finding.waitFor();
    await vscode.screenshot('check-workspace-restricted');
    await finding.click();
    await vscode.page.told('Git does not ignore the logs');
    assert.equal(existsSync(join(vscode.workspace.folder, '.gitignore')), false);
  });
});

describe('archives elsewhere, in Restricted Mode', function () {
  this.timeout(120_000);
  let person: ArchiveSteps;
  let untouched: string[];
  const everything = async (): Promise<string[]> => listingOf(join(vscode.workspace.folder, '..'));

  before(async () => {
    const files = {
      'logs/export of May.zip': sound,
      'logs/older/deeper.zip': sound,
      [`${CHAT}/one.zip`]: sound,
    };
    await vscode.refill({
      files: {
        '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n',
        'logs/api.log': '{}\n',
        ...files,
      },
    });
    person = new ArchiveSteps(vscode);
    await vscode.page.logs.row('api.log').waitFor();
    // The explorer has room for all rows then.
    await vscode.page.page.locator('.pane-header[aria-label="Workspace Logs Section"]').click();
    untouched = await everything();
    await vscode.page.restrictedMode();
  });

  it('a foreign archive in logs/ opens from the explorer’s menu', async () => {
    await vscode.page.explorer.unfold('logs');
    await vscode.page.explorer.chooseFrom('export of May.zip', title('workspaceLogs.openLog'));
    await person.answer('export of May.zip', password);
    await person.keep('Until VS Code Is Closed');
    await person.shows('all is well');
    await vscode.screenshot('bad-archive-foreign');
    await person.closeAll();
  });

  it('so does one in a folder below', async () => {
    await vscode.page.explorer.unfold('older');
    // VS Code reports no file in a folder that was created with its parents, so the menu may show it only after the
    // next look.
    await vscode.page.runCommand(paletteTitle('workspaceLogs.refresh'));
    await waitUntil(
      async () =>
        (await vscode.page.explorer.menuOf('deeper.zip')).includes(title('workspaceLogs.openArchive')),
      'the menu offers to open it',
    );
    await person.open('deeper.zip');
    await person.shows('all is well');
    await person.closeAll();
  });

  it('and one of a session; nothing is offered that writes', async () => {
    await person.unfold();
    const labels = await vscode.page.explorer.menuOf('one.zip');
    const ours = [
      title('workspaceLogs.openArchive'),
      title('workspaceLogs.decryptTo'),
      title('workspaceLogs.downloadLog'),
      title('workspaceLogs.deleteLog'),
    ];
    assert.deepEqual(
      labels.filter((label) => ours.includes(label)),
      [title('workspaceLogs.openArchive')],
    );
    await person.open('one.zip');
    await person.shows('all is well');
  });

  it('nothing was written', async () => {
    assert.deepEqual(await everything(), untouched);
  });
});

/** The file of an audit trail that no program has open. Whoever only looks at it leaves no other file beside it. */
async function trailOfOneRecord(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'trail-'));
  try {
    const store = openSqliteStore(join(folder, 'audit.db'));
    const record = { id: 'a', user_id: 'anna', action: 'login', entity_type: 'user', entity_id: '' };
    await store.append([{ entry: JSON.stringify({ ...record, created_at: 1_767_225_600 }), filled: [] }]);
    store.close();
    return await readFile(join(folder, 'audit.db'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
