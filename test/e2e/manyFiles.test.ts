import assert from 'node:assert/strict';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { size, soak } from '../chance.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { comes, comesToEqual, waitUntil } from './waitUntil.ts';
import type { Files } from './workspaceFolder.ts';
import { title } from './titles.ts';

const DAY = 86_400_000;

/** `count` archives of the API log, one a day before 16 June 2026. */
function archives(count: number): Files {
  const names = Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.parse('2026-06-15T12:00:00Z') - index * DAY).toISOString().slice(0, 10);
    return `logs/api.${day}.log.zip`;
  });
  return Object.fromEntries(names.map((name) => [name, 'no zip']));
}

function numbered(count: number, nameOf: (number: number) => string): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [nameOf(index), 'x']));
}

const policy = '{ "version": 1, "workspaceId": "billing", "retention": { "maxAge": { "months": 120 } } }';

/** Brings one end of the view into sight, by keyboard. */
async function goTo(end: 'Home' | 'End', { page }: OpenVscode): Promise<void> {
  await page.focusLogs();
  await page.page.keyboard.press(end);
}

describe('a workspace of many logs', () => {
  let vscode: OpenVscode;
  const put = (name: string, text: string): void => {
    writeFileSync(join(vscode.workspace.folder, 'logs', name), text);
  };
  before(async () => {
    vscode = await SharedWindow.fresh({
      files: {
        ...archives(230),
        ...numbered(1100, (number) => `logs/worker-${String(number)}.log`),
        'logs/api.log': 'x',
        'logs/api.7.log': 'x',
        'logs/audit.log': 'x',
        'logs/server.log': 'x',
        'logs/server.log.1.gz': 'x',
        'session_logs/one.zip': 'x',
        '.workspace-logs.json': policy,
      },
    });
    await vscode.page.logs.row('api.log').waitFor();
    // Room for the view.
    await vscode.page.page.locator('.pane-header').first().click();
  });

  it('has groups with their sizes, and months of what is more than 200 files', async () => {
    // The last row: the others are there by then.
    await vscode.page.logs.row('Session Archives').waitFor();
    // Description and label are in one line, without a blank between them. Texts that take long to compute come later.
    await comesToEqual(
      async () => (await vscode.page.logs.texts()).slice(0, 6),
      [
        'billing1.4 kB of 1 GB',
        'API Logs1.3 kB · 232 files',
        'api.log1 byte · rotates at 20 MB',
        'api.7.log1 byte · zipped after 4 more rotations',
        'June 202690 bytes · 15 files',
        'May 2026186 bytes · 31 files',
      ],
    );
    await comesToEqual(
      async () => (await vscode.page.logs.texts()).slice(-3),
      [
        'Audit Logs1 byte · 1 file',
        'Other Logs1.1 kB outside the limit · 1,102 files',
        'Session Archives1 byte · 1 archive',
      ],
    );
  });

  it('shows the files of a month, the latest first', async () => {
    await vscode.page.logs.unfold('June 2026');
    await vscode.page.logs.row('api.2026-06-15.log.zip').waitFor();
    const below = async (): Promise<string[]> => {
      const labels = await vscode.page.logs.labels();
      const from = labels.indexOf('June 2026') + 1;
      return labels.slice(from, from + 2);
    };
    await comesToEqual(below, ['api.2026-06-15.log.zip', 'api.2026-06-14.log.zip']);
  });

  it('shows 1,000 rows, and the rest by keyboard', async () => {
    const { keyboard } = vscode.page.page;
    await goTo('End', vscode);
    await vscode.page.logs.unfold('Other Logs');
    const more = vscode.page.logs.row('Show more (101 logs)');
    // Rows that come later push the last ones out of sight.
    await waitUntil(async () => {
      await goTo('End', vscode);
      return comes(more.waitFor({ timeout: 2000 }));
    }, 'the row that shows more is in sight');
    await vscode.page.logs.row('worker-998.log').waitFor();
    // Above the session archives.
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await more.waitFor({ state: 'detached' });
    // The first of the new rows has the focus.
    const focused = vscode.page.view(title('workspaceLogs.logs')).locator('.monaco-list-row.focused');
    await focused.filter({ hasText: 'worker-999.log' }).waitFor();
    await keyboard.press('End');
    await vscode.page.logs.row('worker-1099.log').waitFor();
  });

  it('shows what changes by itself, and keeps what is folded, unfolded and selected', async () => {
    const { page, logs } = vscode.page;
    await goTo('Home', vscode);
    await logs.row('June 2026').waitFor();
    await logs.row('api.7.log').click();
    const selected = page.locator('.monaco-list-row.selected').filter({ hasText: 'api.7.log' });
    await selected.waitFor();
    put('api.log', 'x'.repeat(3000));
    await logs.row('api.log').filter({ hasText: '2.9 kB' }).waitFor();
    put('api.2026-06-16.log.zip', 'no zip');
    await logs.row('api.2026-06-16.log.zip').waitFor();
    await logs.row('June 2026').filter({ hasText: '96 bytes · 16 files' }).waitFor();
    rmSync(join(vscode.workspace.folder, 'logs', 'api.2026-06-16.log.zip'));
    await logs.row('api.2026-06-16.log.zip').waitFor({ state: 'detached' });
    await selected.waitFor();
    assert.equal(await logs.row('June 2026').getAttribute('aria-expanded'), 'true');
    assert.equal(await logs.row('May 2026').getAttribute('aria-expanded'), 'false');
    await goTo('End', vscode);
    await logs.row('worker-1099.log').waitFor();
  });

  it('says nothing when the logs are deleted', async () => {
    rmSync(join(vscode.workspace.folder, 'logs'), { recursive: true });
    await goTo('Home', vscode);
    await vscode.page.logs.row('billing').filter({ hasText: 'no logs yet' }).waitFor();
    await vscode.page.logs.row('Other Logs').waitFor({ state: 'detached' });
    assert.deepEqual(await vscode.page.notifications(), []);
  });
});

const COUNT = size(20_000, 100_000);

describe(`a folder of ${String(COUNT)} files`, function () {
  // They are written and deleted one by one.
  this.timeout(600_000);
  let vscode: OpenVscode;
  before(async () => {
    // A year of archives, all in one month: the most rows below one parent.
    const serial = (number: number): string => (number === 0 ? '' : `.${String(number + 1)}`);
    vscode = await SharedWindow.fresh({
      files: {
        ...numbered(COUNT, (number) => `logs/api.2026-06-15${serial(number)}.log.zip`),
        'logs/api.log': 'x',
        '.workspace-logs.json': policy,
      },
    });
    await vscode.page.logs.row('June 2026').waitFor({ timeout: 60_000 });
  });

  after(() => {
    // VS Code reports the deletions of 100,000 files for a minute; the next test would wait for that.
    vscode.hasFailed ||= soak;
  });

  it('shows 1,000 rows of a month', async () => {
    await vscode.page.page.locator('.pane-header').first().click();
    const begin = Date.now();
    await vscode.page.logs.unfold('June 2026');
    await vscode.page.logs
      .row(/^api\.2026-06-15/)
      .first()
      .waitFor();
    console.log(`      rows after ${Date.now() - begin} ms`);
    await waitUntil(async () => {
      await goTo('End', vscode);
      return comes(
        vscode.page.logs
          .row(`Show more (${(COUNT - 1000).toLocaleString('en')} files)`)
          .waitFor({ timeout: 2000 }),
      );
    }, 'the row that shows more is in sight');
  });

  it('shows a change on disk', async () => {
    await goTo('Home', vscode);
    const begin = Date.now();
    appendFileSync(join(vscode.workspace.folder, 'logs', 'api.log'), 'x'.repeat(999));
    await vscode.page.logs.row('api.log').filter({ hasText: '1,000 bytes' }).waitFor();
    console.log(`      seen after ${Date.now() - begin} ms`);
  });
});
