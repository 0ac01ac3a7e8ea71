import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startBackend, type Backend } from '../../scripts/demo/backend.ts';
import { backendFiles } from '../../scripts/demo/server.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { title } from './titles.ts';

const files = {
  'package.json': '{ "name": "harbour-billing", "private": true, "type": "module" }\n',
  ...backendFiles,
  '.workspace-logs.json': '{ "version": 1, "workspaceId": "harbour-billing" }\n',
  '.gitignore': 'node_modules/\nlogs/\n',
  // As in the demo. The explorer may miss a folder that is made in the moment in which it opens.
  'logs/api.log': '',
};
const PATIENCE_MS = 60_000;

interface Line {
  readonly timestamp: string;
  readonly path: string;
  readonly status: number;
}

describe('the demo’s backend records under the policy of the form', () => {
  let vscode: OpenVscode;
  let backend: Backend;
  before(async () => {
    vscode = await SharedWindow.fresh({ files, git: true });
    backend = await startBackend(vscode.workspace.folder);
  });
  after(() => backend.stop());

  const log = (): string => join(vscode.workspace.folder, 'logs', 'api.log');
  /** Those that begin at `from` or behind it. The last one may be half written, here and where it was measured. */
  const lines = async (from = 0): Promise<Line[]> => {
    const text = (await readFile(log()).catch(() => Buffer.alloc(0))).toString('latin1');
    const before = from === 0 ? -1 : text.indexOf('\n', from - 1);
    if (from > 0 && before === -1) return [];
    const whole = text.slice(before + 1, text.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    const begin = Date.now();
    while (!(await holds())) {
      assert.ok(Date.now() - begin < PATIENCE_MS, what);
      await delay(50);
    }
  };
  const field = (id: string) => vscode.page.webview.locator(`#${id}`);
  /** @returns the statuses that the client saw */
  const call = async (method: string, path: string, times: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: times }, async () => {
        const response = await fetch(backend.address + path, { method });
        await response.arrayBuffer();
        return response.status;
      }),
    );

  it('grows its log in the tree', async () => {
    const row = vscode.page.logs.row('api.log');
    await row.waitFor();
    const size = await row.innerText();
    await call('GET', '/api/invoices', 50);
    await until('the row shows no new size', async () => (await row.innerText()) !== size);
  });

  it('writes only what the form’s rule keeps, within a second of saving it', async () => {
    await until('nothing is recorded', async () => (await lines()).some(({ status }) => status < 400));
    await vscode.page.explorer.chooseFrom('logs', title('workspaceLogs.configure'));
    await field('summary').filter({ hasText: /./ }).waitFor();
    await field('logsAll').locator('label').click();
    await field('errors').locator('label').click();
    await field('exclude').locator('textarea').fill('/health');
    await until('it cannot be saved', async () => (await field('save').getAttribute('disabled')) === null);
    await field('save').click();
    const policy = join(vscode.workspace.folder, '.workspace-logs.json');
    await until('the policy is not saved', async () => (await readFile(policy, 'utf8')).includes('"errors"'));
    // When it got its name: it may have been written long before, where the disk is busy.
    const inForce = (await stat(policy)).ctimeMs + 1000;
    await delay(inForce - Date.now());

    const { size } = await stat(log());
    await call('GET', '/health', 50);
    const seen = [
      ...(await call('POST', '/api/auth/login', 100)),
      ...(await call('GET', '/api/invoices/7', 100)),
    ];
    const failed = seen.filter((status) => status >= 400).length;
    assert.ok(failed > 0 && failed < seen.length, `${String(failed)} of the answers were errors`);
    const calledHere = async (): Promise<Line[]> =>
      (await lines(size)).filter(({ path }) => path === '/api/auth/login' || path === '/api/invoices/7');
    await until('an error is missing', async () => (await calledHere()).length >= failed);
    // The demo's own traffic adds errors of its own.
    const kept = (await lines(size)).filter(({ timestamp }) => Date.parse(timestamp) >= inForce);
    assert.deepEqual(
      kept.filter(({ path, status }) => status < 400 || path === '/health'),
      [],
    );
  });
});
