import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { apiLog } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';
import { sessionZip } from '../unit/sessions/sessionSamples.ts';
import { waitUntil } from './waitUntil.ts';
import { putPolicy, type Files } from './workspaceFolder.ts';
import { paletteTitle, title } from './titles.ts';

const DAY_MS = 86_400_000;
/** Three seconds, in minutes. */
const OFTEN = 0.05;
const SOME_ROUNDS_MS = 7000;
/** Some hundred megabytes are zipped, beside other tests. */
const LONGEST_MS = 300_000;

const policy = `{
  // Agreed with operations.
  "version": 1,
  "workspaceId": "billing",
  "rotation": { "maxFileMB": 1, "keepPlain": 1 },
  // The active audit.log counts also while there is none.
  "audit": { "keepPlain": 2 }
}
`;

/** No two alike: an archive that holds the very bytes of a log stands for it. */
function rotated(count: number, megabytes: number): Files {
  const text = apiLog(Date.now() - 60_000, megabytes);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `logs/api.${String(index + 1)}.log`,
      `${String(index)}\n${text}`,
    ]),
  );
}

/** Files without entries, whose age follows from their names. */
function archives(...days: readonly number[]): Files {
  const names = days.map((back) => new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10));
  return Object.fromEntries(names.map((day) => [`logs/api.${day}.log.zip`, 'no zip, but named like one']));
}

/** One window for all of them: in it maintenance comes often, and deletions are applied and declined on this machine. */
let vscode: OpenVscode;
before(async () => {
  vscode = await OpenVscode.open();
});
after(() => vscode.close());
const open = (files: Files): Promise<void> => vscode.refill({ files, maintainedEvery: OFTEN });

describe('maintenance that comes by itself', function () {
  this.timeout(600_000);

  const names = async (): Promise<string[]> => readdir(join(vscode.workspace.folder, 'logs'));
  const zipped = async (kind: string): Promise<number> =>
    (await names()).filter((name) => name.startsWith(`${kind}.`) && name.endsWith('.zip')).length;
  const zips = (): Promise<number> => zipped('api');
  const put = async (name: string, content: string | Buffer): Promise<void> => {
    const path = join(vscode.workspace.folder, name);
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
  };
  const statusItem = (): Locator =>
    vscode.page.page.locator('.statusbar-item').filter({ hasText: /^\s*Logs( \d+\/\d+)?\s*$/ });
  const until = async (what: () => Promise<boolean>, name: string): Promise<void> => {
    const end = Date.now() + LONGEST_MS;
    while (!(await what())) {
      if (Date.now() > end) assert.fail(`${name}: ${(await names()).join(', ')}`);
      await vscode.page.page.waitForTimeout(150);
    }
  };
  /** Waits until maintenance has run twice more: each run zips files that have just become due. */
  const twoRounds = async (): Promise<void> => {
    const write = (number: number): Promise<void> =>
      put(`logs/audit.${String(number)}.log`, `${String(number)}\n`);
    const before = await zipped('audit');
    // The newest stays plain.
    if (before === 0) await write(1);
    for (let number = before + 1; number <= before + 2; number += 1) {
      await write(number + 1);
      await until(async () => (await zipped('audit')) === number, 'maintenance comes');
    }
  };

  it('puts overdue logs in order, says so in the status bar alone, and can be cancelled', async () => {
    await open({ 'logs/api.log': '', '.workspace-logs.json': policy });
    const seen = statusItem().waitFor({ timeout: LONGEST_MS });
    // All at once, and many: zipping them has to last until the palette was asked for Cancel.
    const logs = Object.entries(rotated(16, 24));
    for (const [name, content] of logs)
      await writeFile(join(vscode.workspace.folder, `${name}.new`), content);
    for (const [name] of logs) {
      const path = join(vscode.workspace.folder, name);
      await rename(`${path}.new`, path);
    }
    await seen;
    const label = await statusItem().locator('a').getAttribute('aria-label');
    assert.match(label ?? '', /^Maintenance runs in billing(: file \d+ of \d+)?$/);
    // The palette has it only while the run lasts.
    const cancel = await vscode.page.findCommand(paletteTitle('workspaceLogs.cancelMaintenance'));
    await vscode.screenshot('background-status');
    await cancel.click();
    await until(async () => (await zips()) >= 15, 'the timer comes again');
    await statusItem().waitFor({ state: 'hidden' });
    assert.deepEqual(await vscode.page.notifications(), []);
    assert.deepEqual(
      (await names()).filter((name) => name.includes('.tmp-')),
      [],
    );
  });

  it('tells a failure once, until a run went well', async () => {
    const files = {
      ...rotated(4, 1),
      'logs/api.log': '',
      'logs/.maintenance/in the way': '',
      '.workspace-logs.json': policy,
    };
    await open(files);
    const lock = join(vscode.workspace.folder, 'logs', '.maintenance');
    const failure = vscode.page.notification(/\.maintenance/);
    await failure.waitFor();
    await vscode.screenshot('background-failure');
    await failure.getByRole('button', { name: 'Show Output' }).waitFor();
    await vscode.page.silence();
    // A round that fails leaves nothing to wait for.
    await vscode.page.page.waitForTimeout(SOME_ROUNDS_MS);
    assert.deepEqual(await vscode.page.notifications(), []);
    await rm(lock, { recursive: true });
    await until(async () => (await zips()) === 4, 'nothing is in the way any more');
    await twoRounds();
    folderInsteadOf(lock);
    await failure.waitFor();
  });

  it('deletes nothing by a policy that was pulled in, until it is applied', async () => {
    await open({ ...archives(0, 7, 8), 'logs/api.log': '', '.workspace-logs.json': policy });
    await vscode.page.logs.row('api.log').waitFor();
    await twoRounds();
    await put(
      '.workspace-logs.json',
      policy.replace('}\n}', '},\n  "retention": { "maxAge": { "days": 1 } }\n}'),
    );
    const question = await vscode.page.told(/now deletes more than before/);
    await vscode.page.pressOnNotification(/now deletes more than before/, 'Not on This Machine');
    await vscode.page.told('Nothing is deleted from the logs of billing on this machine');
    await twoRounds();
    assert.equal(await zips(), 3);
    assert.equal(await question.count(), 0);
    // The row still shows it, and offers the same three commands.
    const row = 'Nothing is deleted yet';
    await vscode.page.logs.row(row).filter({ hasText: 'retention.maxAge' }).waitFor();
    await vscode.page.logs.pressOn(row, title('workspaceLogs.reviewPlan'));
    await vscode.page.tabInFront('Plan for billing');
    assert.match(await vscode.page.editorText(), /Would be deleted:\n +1\. .*\n +2\. /);
    await vscode.screenshot('background-pending');
    await vscode.page.logs.pressOn(row, title('workspaceLogs.applyPolicy'));
    // It is a small icon, and its action cannot be undone.
    await vscode.page.dialog.getByText('Apply the policy of billing on this machine?').waitFor();
    assert.equal(await zips(), 3);
    await vscode.page.dialog.getByRole('button', { name: 'Apply' }).click();
    await vscode.page.told('The policy of billing now holds on this machine');
    await until(async () => (await zips()) === 1, 'the expired ones are deleted');
    await vscode.page.logs.row(row).waitFor({ state: 'detached' });
  });

  it('deletes nothing while the policy is on hold', async () => {
    await open({ 'logs/api.log': '', '.workspace-logs.json': policy });
    await vscode.page.runCommand(paletteTitle('workspaceLogs.hold'));
    await vscode.page.told('Nothing is deleted from the logs of billing until');
    const text = await readFile(join(vscode.workspace.folder, '.workspace-logs.json'), 'utf8');
    assert.match(text, /Agreed with operations[^]*"hold": true/);
    for (const [name, content] of Object.entries(archives(0, 400, 401))) await put(name, content);
    await twoRounds();
    assert.equal(await zips(), 3);
    await vscode.page.runCommand(paletteTitle('workspaceLogs.releaseHold'));
    await vscode.page.told('The hold is released');
    await until(async () => (await zips()) === 1, 'the expired ones are deleted');
  });

  it('stops when its folder leaves the workspace', async () => {
    await open({ 'logs/api.log': '', '.workspace-logs.json': policy });
    const parent = dirname(vscode.workspace.folder);
    const file = join(parent, 'two.code-workspace');
    const shop = join(parent, 'shop');
    await mkdir(join(shop, 'logs'), { recursive: true });
    const logs = rotated(30, 8);
    for (const [name, content] of Object.entries(logs)) await writeFile(join(shop, name), content);
    await writeFile(join(shop, 'logs', 'api.log'), '');
    await writeFile(file, JSON.stringify({ folders: [{ path: 'billing' }, { path: 'shop' }] }));
    await vscode.openWorkspaceFile(file);
    await vscode.page.logs.row('shop').waitFor();
    // It is managed from now on, so that the page is there before the run is over.
    await putPolicy(join(shop, '.workspace-logs.json'), policy);
    await statusItem().waitFor();
    await writeFile(file, JSON.stringify({ folders: [{ path: 'billing' }] }));
    await vscode.page.logs.row('shop').waitFor({ state: 'hidden' });
    await statusItem().waitFor({ state: 'hidden' });
    const left = await readdir(join(shop, 'logs'));
    assert.ok(left.includes('api.30.log'), left.join(', '));
    await twoRounds();
    assert.deepEqual(await readdir(join(shop, 'logs')), left);
    assert.deepEqual(
      left.filter((name) => name.includes('.tmp-')),
      [],
    );
    assert.deepEqual(await vscode.page.notifications(), []);
  });
});

/** Replaces a file by a folder. A maintenance run may create the file again in between. */
function folderInsteadOf(file: string): void {
  for (let tries = 1; ; tries += 1) {
    rmSync(file, { recursive: true, force: true });
    try {
      mkdirSync(file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === 10) throw error;
    }
  }
}

const DAY_SECONDS = 86_400;
const EXPIRED = 'session_logs/anna/trip/expired.zip';
const YOUNG = 'session_logs/anna/invoice/young.zip';
const ALIEN = 'session_logs/anna/trip2/alien.zip';

describe('session archives that expire', () => {
  before(async () => {
    const zip = sessionZip({ password: String(Math.random()) });
    await open({
      'logs/api.log': '',
      '.workspace-logs.json': policyOf({ enabled: false }),
      [EXPIRED]: zip,
      [YOUNG]: zip,
      [ALIEN]: 'no archive',
    });
    for (const path of [EXPIRED, ALIEN]) await age(path, 91);
  });

  const pathOf = (name: string): string => join(vscode.workspace.folder, name);
  const isThere = (name: string): boolean => existsSync(pathOf(name));
  const age = async (name: string, days: number): Promise<void> => {
    const then = Date.now() / 1000 - days * DAY_SECONDS;
    await utimes(pathOf(name), then, then);
  };
  const save = async (text: string): Promise<void> => {
    const path = pathOf('.workspace-logs.json');
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  const preview = async (): Promise<string> => {
    // The one before has the same tab, and would be in front with its old text.
    await vscode.page.closeEditors();
    await vscode.page.runCommand(paletteTitle('workspaceLogs.previewMaintenance'));
    await vscode.page.tabInFront(/^Maintenance Preview of billing/);
    return vscode.page.editorText();
  };

  it('stay while none are written here, and the preview tells of none', async () => {
    assert.doesNotMatch(await preview(), /session_logs/);
    assert.ok(isThere(EXPIRED));
  });

  it('go by themselves once some are, and nothing else goes', async () => {
    await save(policyOf({ enabled: true }));
    await waitUntil(() => Promise.resolve(!isThere(EXPIRED)), 'the expired one is gone');
    await waitUntil(() => Promise.resolve(!isThere('session_logs/anna/trip')), 'so is its folder');
    assert.ok(isThere(YOUNG));
    assert.ok(isThere(ALIEN));
    assert.deepEqual(await vscode.page.notifications(), []);
  });

  it('stay when a shorter time came from elsewhere, and the preview says so', async () => {
    await age(YOUNG, 30);
    await save(policyOf({ enabled: true, retentionDays: 7 }));
    await vscode.page.told(/now deletes more than before/);
    assert.match(await preview(), /Session archives left alone:\n[^]*invoice\/young\.zip: kept/);
    await vscode.screenshot('clean-up-preview');
    assert.ok(isThere(YOUNG));
  });
});

function policyOf(sessions: object): string {
  return JSON.stringify({ version: 1, workspaceId: 'billing', sessions });
}
