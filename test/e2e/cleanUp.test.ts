import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionZip } from '../unit/app/sessionSamples.ts';
import { OpenVscode } from './openVscode.ts';
import { waitUntil } from './waitUntil.ts';

const DAY_SECONDS = 86_400;
const EXPIRED = 'session_logs/anna/trip/expired.zip';
const YOUNG = 'session_logs/anna/invoice/young.zip';
const ALIEN = 'session_logs/anna/trip2/alien.zip';

describe('session archives that expire', () => {
  let vscode: OpenVscode;
  before(async () => {
    const zip = sessionZip({ password: String(Math.random()) });
    vscode = await OpenVscode.open({
      files: {
        'logs/api.log': '',
        '.workspace-logs.json': policy({ enabled: false }),
        [EXPIRED]: zip,
        [YOUNG]: zip,
        [ALIEN]: 'no archive',
      },
      settings: { 'workspaceLogs.maintenance.intervalMinutes': 60 },
    });
    for (const path of [EXPIRED, ALIEN]) await age(path, 91);
  });
  after(() => vscode.close());

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
    await vscode.page.runCommand('View: Close All Editors');
    await vscode.page.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    await vscode.page.runCommand('Workspace Logs: Preview Maintenance');
    await vscode.page.tabInFront(/^Maintenance Preview of billing/);
    return vscode.page.editorText();
  };

  it('stay while none are written here, and the preview tells of none', async () => {
    assert.doesNotMatch(await preview(), /session_logs/);
    assert.ok(isThere(EXPIRED));
  });

  it('go by themselves once some are, and nothing else goes', async () => {
    await save(policy({ enabled: true }));
    await waitUntil(() => Promise.resolve(!isThere(EXPIRED)), 'the expired one is gone');
    await waitUntil(() => Promise.resolve(!isThere('session_logs/anna/trip')), 'so is its folder');
    assert.ok(isThere(YOUNG));
    assert.ok(isThere(ALIEN));
    assert.deepEqual(await vscode.page.notifications(), []);
  });

  it('stay when a shorter time came from elsewhere, and the preview says so', async () => {
    await age(YOUNG, 30);
    await save(policy({ enabled: true, retentionDays: 7 }));
    await vscode.page.told(/now deletes more than before/);
    assert.match(await preview(), /Session archives left alone:\n[^]*invoice\/young\.zip: kept/);
    await vscode.screenshot('clean-up-preview');
    assert.ok(isThere(YOUNG));
  });
});

function policy(sessions: object): string {
  return JSON.stringify({ version: 1, workspaceId: 'billing', sessions });
}
