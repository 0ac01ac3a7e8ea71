import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { everHad } from './everHad.ts';
import { commentedPolicy } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { title } from './titles.ts';

/** 1,200 requests a second apart: of each hundred 40 /health (10 fail), 25 /login by POST (5 fail), 35 /api/items. */
function requests(end: number): string {
  const lines = Array.from({ length: 1200 }, (_, index) => {
    const place = index % 100;
    const facts =
      place < 40
        ? { method: 'GET', path: `/health?n=${String(index)}`, status: place < 10 ? 503 : 200 }
        : place < 65
          ? { method: 'POST', path: '/api/v1/login', status: place < 45 ? 401 : 200 }
          : { method: 'GET', path: `/api/items/${String(index)}`, status: 200 };
    const timestamp = new Date(end - (1200 - index) * 1000).toISOString();
    return JSON.stringify({ timestamp, workspace_id: 'billing', user: 'alice', ...facts, duration_ms: 12 });
  });
  return `${lines.join('\n')}\n`;
}

describe('the form’s recording part', () => {
  let vscode: OpenVscode;
  before(async () => {
    vscode = await SharedWindow.fresh({
      files: { 'logs/api.log': requests(Date.now()), '.workspace-logs.json': commentedPolicy },
      theme: 'dark',
    });
    await vscode.page.logs.row('api.log').waitFor();
    await vscode.page.explorer.chooseFrom('logs', title('workspaceLogs.configure'));
    await vscode.page.tabInFront(/Configure Logging/);
  });

  const field = (id: string) => vscode.page.webview.locator(`#${id}`);
  const says = (id: string, text: string): Promise<void> =>
    field(id).filter({ hasText: text }).filter({ visible: true }).waitFor();
  const lines = (id: string, text: string): Promise<void> => field(id).locator('textarea').fill(text);
  const check = (id: string): Promise<void> => field(id).locator('label').click();
  const policy = (): Promise<string> =>
    readFile(join(vscode.workspace.folder, '.workspace-logs.json'), 'utf8');

  it('says how many of the last requests would be recorded', async () => {
    await says('recorded', 'Of the last 1,000 requests 1,000 would be recorded.');
    await says('counts', 'Among them: 250 writes, 250 of authentication, 0 deployments, 150 errors.');
    const [newest] = await field('requests').locator('tbody tr').all();
    const [time = '', ...others] = (await newest?.locator('td').allInnerTexts()) ?? [];
    assert.match(time, /\d{1,2}:\d\d:\d\d/);
    assert.match(await field('requests').locator('th').first().innerText(), /^Time \(\S+\)$/);
    assert.deepEqual(others, ['GET', '/api/items/1199', '200', 'yes']);
  });

  it('shows the fields that matter', async () => {
    for (const id of ['exclude', 'extraKeys']) assert.equal(await field(id).isVisible(), true, id);
    for (const id of ['authPaths', 'deploymentPaths', 'maxBody'])
      assert.equal(await field(id).isVisible(), false, id);
  });

  it('counts by exclusions and kinds', async () => {
    await lines('exclude', '/health');
    await says('recorded', 'Of the last 1,000 requests 600 would be recorded.');
    await check('logsAll');
    await check('errors');
    await says('recorded', 'Of the last 1,000 requests 50 would be recorded.');
    await lines('exclude', '');
    await says('recorded', 'Of the last 1,000 requests 150 would be recorded.');
  });

  it('warns where no kind of request is chosen', async () => {
    await check('errors');
    await says('categories-warning', 'Nothing is recorded: no kind of request is chosen.');
    await says('recorded', 'Of the last 1,000 requests 0 would be recorded.');
    await vscode.screenshot('recording-nothing-dark');
  });

  it('shows the paths of a kind once it is chosen, and counts by them', async () => {
    await check('auth');
    await check('deployments');
    await says('recorded', 'Of the last 1,000 requests 250 would be recorded.');
    assert.match(await field('authPaths').locator('textarea').inputValue(), /^\*\*\/auth\n/);
    await lines('deploymentPaths', '/api/items/*');
    await says('recorded', 'Of the last 1,000 requests 600 would be recorded.');
    await lines('authPaths', '');
    await says('authPaths-warning', 'No request counts as authentication');
    await says('recorded', 'Of the last 1,000 requests 350 would be recorded.');
    await lines('authPaths', 'login');
    await says('authPaths-warning', 'Write “/login” or “**/login”.');
    await lines('authPaths', '**/login');
    await field('authPaths-warning').waitFor({ state: 'hidden' });
    await says('recorded', 'Of the last 1,000 requests 600 would be recorded.');
  });

  it('asks for the length of bodies where bodies are recorded, with its limits', async () => {
    await field('level').click();
    await vscode.page.webview.getByRole('option', { name: 'Metadata and request body' }).click();
    await says('maxBody-limits', '0 to 1,048,576 bytes');
    await field('maxBody').locator('input').fill('2 KB');
    await says('maxBody-error', 'Must be a whole number from 0 to 1,048,576.');
    assert.notEqual(await field('save').getAttribute('disabled'), null);
    await field('maxBody').locator('input').fill('4096');
    await field('maxBody-error').waitFor({ state: 'hidden' });
    await lines('extraKeys', 'customer_number\n\niban\n');
    await vscode.page.webview.locator('#save:not([disabled])').waitFor();
  });

  for (const theme of ['dark', 'light', 'high contrast dark', 'high contrast light'] as const)
    it(`has no serious finding of axe in ${theme}`, async () => {
      if (theme !== 'dark') await vscode.page.changeTheme(theme);
      await field('recorded').scrollIntoViewIfNeeded();
      await field('authPaths').scrollIntoViewIfNeeded();
      await vscode.screenshot(`recording-${theme.replaceAll(' ', '-')}`);
      assert.deepEqual(await vscode.page.accessibilityFindings(), []);
    });

  it('holds in a window of 900 pixels', async () => {
    await vscode.page.page.setViewportSize({ width: 900, height: 700 });
    const { scrolls, clipped } = await vscode.page.webview.locator('body').evaluate((body) => {
      const page = body as unknown as { scrollWidth: number; clientWidth: number };
      return { scrolls: page.scrollWidth > page.clientWidth, clipped: page.clientWidth };
    });
    assert.equal(scrolls, false, String(clipped));
    await field('recorded').scrollIntoViewIfNeeded();
    await vscode.screenshot('recording-900-wide');
    await vscode.page.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('saves exactly the keys that were changed', async () => {
    const before = await policy();
    await vscode.page.webview.locator('#save:not([disabled])').click();
    await vscode.page.told('The policy of billing is saved');
    const after = await policy();
    assert.ok(after.startsWith('{\n  // Ours since the audit of last spring.\n'), after);
    const [old, saved] = [before, after].map(
      (text) => JSON.parse(text.replace(/\/\/.*$/gm, '')) as Record<string, unknown>,
    );
    assert.deepEqual(saved, {
      ...old,
      recording: {
        log: ['auth', 'deployments'],
        authPaths: ['**/login'],
        deploymentPaths: ['/api/items/*'],
        level: 'REQUEST',
        maxBodyBytes: 4096,
      },
      masking: { extraKeys: ['customer_number', 'iban'] },
    });
  });
});

describe('the form’s recording part without a request', () => {
  let vscode: OpenVscode;
  before(async () => {
    vscode = await SharedWindow.fresh({
      files: { 'logs/worker.log': 'started\n', '.workspace-logs.json': commentedPolicy },
    });
    await vscode.page.view(title('workspaceLogs.logs')).locator('.monaco-list-row').first().waitFor();
  });

  it('says that there is none, and is worked by keyboard alone', async () => {
    await vscode.page.explorer.chooseFrom('logs', title('workspaceLogs.configure'));
    const { webview, page } = vscode.page;
    await webview.locator('#recorded').filter({ hasText: 'No requests are recorded yet.' }).waitFor();
    await webview.locator('#keepPlain input').focus();
    const tabTo = async (id: string): Promise<void> => {
      for (let presses = 0; presses < 25; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await webview.locator(`#${id}:focus-within`).count()) > 0) return;
      }
      assert.fail(`Tab never came to ${id}.`);
    };
    const wasStale = await everHad(webview, '#summary', 'stale');
    await tabTo('logsAll');
    await page.keyboard.press('Space');
    await webview.locator('#categories-warning').filter({ hasText: 'Nothing is recorded' }).waitFor();
    await tabTo('deployments');
    await page.keyboard.press('Space');
    await tabTo('deploymentPaths');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('/deploy/**\n');
    await tabTo('extraKeys');
    await page.keyboard.type('iban');
    await wasStale();
    await webview.locator('#save:not([disabled])').waitFor();
    await tabTo('save');
    await page.keyboard.press('Enter');
    await vscode.page.told('The policy of billing is saved');
    const text = await readFile(join(vscode.workspace.folder, '.workspace-logs.json'), 'utf8');
    const { recording, masking } = JSON.parse(text.replace(/\/\/.*$/gm, '')) as Record<string, object>;
    assert.deepEqual(recording, {
      log: ['deployments'],
      deploymentPaths: ['/deploy/**', '/api/deployments', '/api/deployments/**'],
    });
    assert.deepEqual(masking, { extraKeys: ['iban'] });
  });
});
