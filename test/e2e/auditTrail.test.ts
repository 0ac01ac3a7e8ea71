import assert from 'node:assert/strict';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator } from 'playwright-core';
import { checkProof } from '../../src/audit/proof.ts';
import type { TrailReport } from '../../src/audit/outputs/outputs.ts';
import { trailJobs, type TrailJobs } from '../../src/audit/trail.ts';
import { openTrailKeys } from '../../src/audit/trailKeys.ts';
import { inlineRunner } from '../../src/base/job.ts';
import { sample } from '../chance.ts';
import type { OpenVscode } from './openVscode.ts';
import { answerPath } from './pathDialog.ts';
import { SharedWindow } from './sharedWindow.ts';
import { paletteTitle } from './titles.ts';
import { waitUntil } from './waitUntil.ts';

const policy = { '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n', 'logs/api.log': '' };
const DAY = 86_400;
const end = Math.floor(Date.UTC(2026, 10, 30, 1, 34, 12) / 1000);

/** What looks like HTML must stay a text. */
const HOSTILE = '<img src=x onerror="document.title=1"><b>bold</b>';

/** 400 records over thirty days: 40 logins that failed, 51 requests, a change of the policy, the others of maintenance. */
function records(): object[] {
  return Array.from({ length: 400 }, (_, index) => {
    const time = end - Math.floor(((399 - index) / 400) * 30 * DAY);
    const base = { id: `r-${String(index)}`, created_at: time };
    if (index === 399)
      return {
        ...base,
        user_id: 'dana',
        action: 'policy_changed',
        entity_type: 'policy',
        entity_id: '.workspace-logs.json',
        changes: {
          'retention.maxAge': { old: { months: 6 }, new: { months: 3 } },
          'rotation.maxFileMB': { old: 20, new: 5 },
        },
        audit_metadata: { door: 'vscode' },
      };
    if (index % 10 === 3)
      return {
        ...base,
        user_id: 'anonymous',
        action: 'login_failed',
        entity_type: 'user',
        entity_id: 'chidi',
        description: index === 393 ? HOSTILE : 'wrong password',
        source_ip: '10.0.0.7',
      };
    if (index % 7 === 1)
      return {
        ...base,
        user_id: 'alice',
        action: 'request',
        entity_type: 'route',
        entity_id: '/api/plans/7',
        verb: 'PATCH',
        request_uri: '/api/plans/7?dry=1',
        response_status_code: 200,
      };
    const action = index % 2 === 0 ? 'log_expired' : 'log_zipped';
    const entity = { entity_type: 'log', entity_id: `logs/api.${String(index)}.log` };
    return { ...base, user_id: 'maintenance', action, ...entity, audit_metadata: { door: 'cli' } };
  });
}

/** Appends as another process does: `audit append` runs this very code. */
async function append(vscode: OpenVscode, some: readonly object[]): Promise<void> {
  const root = vscode.workspace.folder;
  const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, {
    XDG_STATE_HOME: vscode.workspace.stateFolder,
  });
  const entries = some.map((record) => ({ entry: JSON.stringify(record), filled: [] }));
  await trail.run('appendToTrail', { root, entries });
  await trail.run('closeTrail', { root });
}

/** The page as a person sees it. */
class AuditView {
  readonly #vscode: OpenVscode;
  constructor(vscode: OpenVscode) {
    this.#vscode = vscode;
  }

  async open(): Promise<void> {
    await this.#vscode.page.runCommand(paletteTitle('workspaceLogs.showAudit'));
    await this.#vscode.page.tabInFront('Audit Trail: billing');
    await this.part('badge').filter({ hasText: /./ }).waitFor();
  }

  part(id: string): Locator {
    return this.#vscode.page.webview.locator(`#${id}`);
  }

  says(id: string, text: string | RegExp): Promise<void> {
    return this.part(id).filter({ hasText: text }).filter({ visible: true }).waitFor();
  }

  row(text: string | RegExp): Locator {
    return this.part('grid').locator('.rows > [role=row]').filter({ hasText: text }).first();
  }

  facet(label: string): Locator {
    return this.part('facets').locator('.facet-value').filter({ hasText: label });
  }

  button(name: string): Locator {
    return this.#vscode.page.webview.getByRole('button', { name });
  }

  /** What stands in the row that a screen reader is at. */
  async active(): Promise<string> {
    const id = await this.part('grid').getAttribute('aria-activedescendant');
    return id === null ? '' : this.part(id).innerText();
  }

  async activeSays(text: string): Promise<void> {
    await waitUntil(async () => (await this.active()).includes(text), `the active row says ${text}`);
  }
}

describe('the page Audit Trail', () => {
  let vscode: OpenVscode;
  let view: AuditView;
  before(async () => {
    vscode = await SharedWindow.fresh({ files: policy, theme: 'dark' });
    await append(vscode, records());
    view = new AuditView(vscode);
    await view.open();
    await view.says('total', /^400 records$/);
  });

  const press = (key: string): Promise<void> => vscode.page.page.keyboard.press(key);

  it('says first that nothing was verified, and how many records a checkpoint covers', async () => {
    await view.says('badge', 'Not verified yet · 400 of 400 records under the newest checkpoint');
  });

  it('shows the newest records with their actions in words, and an edge for what failed or was deleted', async () => {
    await view.row('policy changed').waitFor();
    const cells = await view.row('policy changed').locator('.cell').allInnerTexts();
    assert.deepEqual(cells.slice(1), [
      'dana',
      'policy changed',
      'policy',
      '.workspace-logs.json',
      'retention.maxAge: {"months":6} → {"months":3}, rotation.maxFileMB: 20 → 5',
    ]);
    assert.match(cells[0] ?? '', /^Nov 30, (?:2026, )?\d\d:34:12$/);
    const classOf = (text: string): Promise<string | null> => view.row(text).getAttribute('class');
    assert.match((await classOf('login failed')) ?? '', /failure/);
    assert.match((await classOf('logs expired')) ?? '', /deletion/);
    assert.doesNotMatch((await classOf('request')) ?? '', /failure|deletion/);
  });

  it('shows what looks like HTML as a text', async () => {
    await view.row(HOSTILE).waitFor();
    assert.equal(await vscode.page.webview.locator('#grid img, #grid b').count(), 0);
  });

  it('has a grid with its number of rows for screen readers, few of them as elements', async () => {
    const grid = view.part('grid');
    assert.equal(await grid.getAttribute('role'), 'grid');
    assert.equal(await grid.getAttribute('aria-rowcount'), '401');
    assert.ok((await grid.locator('[role=row]').count()) < 60);
    await grid.focus();
    await waitUntil(async () => {
      await press('End');
      return (await view.part('grid').getAttribute('aria-activedescendant')) === 'row-399';
    }, 'End comes to the last row');
    await press('Home');
    await view.activeSays('policy changed');
  });

  it('shows a record with its changes as two lines, and its evidence', async () => {
    await view.part('grid').focus();
    await press('Home');
    await press('Enter');
    await view.says('detail-title', 'Record 399');
    const lines = await view.part('detail').locator('.change .line .value').allInnerTexts();
    assert.deepEqual(lines, ['{ "months": 6 }', '{ "months": 3 }', '20', '5']);
    await view.says('detail-content', 'The newest one covers 400 records, this one among them.');
    await view.says('detail-content', 'VS Code');
    await vscode.screenshot('audit-detail-dark');
    await press('j');
    await view.says('detail-title', 'Record 398');
    await press('Escape');
    await view.part('detail').waitFor({ state: 'hidden' });
    assert.equal(
      await view
        .part('grid')
        .evaluate((grid: unknown) => (grid as { matches(s: string): boolean }).matches(':focus')),
      true,
    );
  });

  it('filters by a value, and takes it back', async () => {
    await view.facet('login failed').click();
    await view.says('total', '40 of 400 records');
    await view.row('wrong password').waitFor();
    assert.equal(await view.facet('login failed').getAttribute('aria-pressed'), 'true');
    await view.facet('logs expired').waitFor();
    await view.button('Remove the filter “Action: login failed”').click();
    await view.says('total', /^400 records$/);
  });

  it('searches for a text, and says where nothing fits', async () => {
    await view.part('grid').focus();
    await press('/');
    await vscode.page.page.keyboard.type('api/plans/7?dry');
    await view.says('total', '51 of 400 records');
    await view.part('search').fill('no such text');
    await view.says('nothing', 'No record fits');
    await view.button('Show All Records').click();
    await view.says('total', /^400 records$/);
    assert.equal(await view.part('search').inputValue(), '');
  });

  it('shows all of a person and all about a thing', async () => {
    await view.part('grid').focus();
    await press('Home');
    await view.activeSays('policy changed');
    await press('u');
    await view.says('chips', 'Who: dana');
    await view.says('total', '1 of 400 records');
    await view.button('Clear Filters').click();
    await view.row('wrong password').click();
    await view.button('All About This Thing').click();
    await view.says('chips', 'Kind: user');
    await view.says('chips', 'What: chidi');
    await view.says('total', '40 of 400 records');
    await view.button('Clear Filters').click();
    await view.says('total', /^400 records$/);
    await view.button('Close').click();
  });

  it('marks a range of the chart by mouse and by keyboard', async () => {
    const chart = view.part('chart');
    const box = (await chart.boundingBox())!;
    const { mouse } = vscode.page.page;
    await mouse.move(box.x + box.width * 0.5, box.y + 20);
    await mouse.down();
    await mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 4 });
    await mouse.up();
    await view.says('chips', /Time: Nov \d+, 2026/);
    await view.says('total', /^\d+ of 400 records$/);
    await vscode.screenshot('audit-brush-dark');
    await view.button('Zoom In').click();
    await view.says('total', /^\d+ of 400 records$/);
    await view.part('range').selectOption('all');
    await view.says('total', /^400 records$/);
    await chart.focus();
    await press('End');
    assert.match(
      (await chart.getAttribute('aria-valuetext')) ?? '',
      /Nov 30, 2026.* records, \d+ deletions, \d+ failures/,
    );
    await press('Shift+ArrowLeft');
    await view.says('total', /^\d+ of 400 records$/);
    await press('Escape');
    await view.says('total', /^400 records$/);
    const rows = await view.part('bars').locator('tbody tr').count();
    assert.ok(rows > 20, 'a table says the same');
  });

  it('shows a new record by itself', async () => {
    await append(vscode, [
      {
        id: 'new',
        user_id: 'eve',
        action: 'archive_decrypted',
        entity_type: 'archive',
        entity_id: 'session_logs/a.zip',
        created_at: end + 60,
      },
    ]);
    await view.row('archive decrypted').waitFor();
    await view.says('total', /^401 records$/);
  });

  it('copies a record and a proof that holds', async () => {
    await view.row('archive decrypted').click();
    await view.says('detail-title', 'Record 400');
    const clipboard = async (): Promise<string> =>
      String(await vscode.page.page.evaluate('navigator.clipboard.readText()'));
    await view.button('Copy Record').click();
    await view.says('said', 'The record is copied.');
    assert.equal((JSON.parse(await clipboard()) as { id: string }).id, 'new');
    await view.button('Copy Proof').click();
    await view.says('said', 'The proof is copied.');
    const own = openTrailKeys({ XDG_STATE_HOME: vscode.workspace.stateFolder }).key();
    assert.ok(own);
    const proof = await clipboard();
    assert.equal(
      checkProof(proof, (name) => [{ name, key: own.publicKey }]),
      'sound',
    );
    await view.button('Close').click();
  });

  for (const theme of ['dark', 'light', 'high contrast dark', 'high contrast light'] as const)
    it(`has no serious finding of axe in ${theme}`, async () => {
      await vscode.page.haveTheme(theme);
      await view.facet('login failed').click();
      await view.says('total', /of 401 records/);
      await view.row('wrong password').click();
      await view.says('detail-title', 'Record');
      await vscode.screenshot(`audit-${theme.replaceAll(' ', '-')}`);
      assert.deepEqual(await vscode.page.accessibilityFindings(), []);
      await view.button('Close').click();
      await view.button('Clear Filters').click();
      await view.says('total', /^401 records$/);
    });

  for (const width of sample([900, 700, 520], 1, 'widths of the page'))
    it(`holds in a window of ${String(width)} pixels`, async () => {
      try {
        await vscode.page.page.setViewportSize({ width, height: 700 });
        const scrolls = await vscode.page.webview.locator('html').evaluate((page: unknown) => {
          const { scrollWidth, clientWidth } = page as { scrollWidth: number; clientWidth: number };
          return scrollWidth > clientWidth;
        });
        await vscode.screenshot(`audit-${String(width)}-wide`);
        assert.equal(scrolls, false);
      } finally {
        await vscode.page.page.setViewportSize({ width: 1280, height: 800 });
      }
    });

  it('exports what is shown, with a manifest', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'export-'));
    try {
      await view.facet('dana').click();
      await view.says('total', '1 of 401 records');
      await view.button('Export…').click();
      await vscode.page.pick('JSON Lines');
      const place = join(elsewhere, 'dana.jsonl');
      await answerPath(vscode, place);
      await vscode.page.told('1 record was exported to dana.jsonl');
      const [line = '', ...rest] = (await readFile(place, 'utf8')).split('\n');
      assert.equal((JSON.parse(line) as { user_id: string }).user_id, 'dana');
      assert.deepEqual(rest, ['']);
      const manifest = JSON.parse(await readFile(`${place}.manifest.json`, 'utf8')) as { count: number };
      assert.equal(manifest.count, 1);
      await vscode.page.silence();
      await view.button('Clear Filters').click();
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('verifies when it is asked to', async () => {
    await view.button('Verify').click();
    // The export is a record, too.
    await view.says('badge', /^Sound · 402 of 402 records under the newest checkpoint · checked /);
    await vscode.page.told('The audit trail of billing is sound: 402 records');
    await vscode.page.silence();
  });

  it('names a record that was altered, and goes to it', async () => {
    const database = new DatabaseSync(join(vscode.workspace.folder, 'logs/audit.db'));
    database.exec('DROP TRIGGER record_no_update');
    database.exec("UPDATE record SET entry = replace(entry, 'alice', 'mallo') WHERE seq = 148");
    database.close();
    await view.button('Verify').click();
    await view.says('badge', 'record 148 was altered');
    await vscode.page.told('The audit trail of billing was changed: record 148 was altered.');
    await vscode.page.silence();
    await vscode.screenshot('audit-altered');
    await view.part('badge').getByRole('button', { name: 'Show Record 148' }).click();
    await view.says('detail-title', 'Record 148');
    await view.activeSays('mallo');
    await vscode.screenshot('audit-altered-shown');
  });
});

describe('the page Audit Trail without a record', () => {
  let vscode: OpenVscode;
  let view: AuditView;
  before(async () => {
    vscode = await SharedWindow.fresh({ files: policy, theme: 'light' });
    view = new AuditView(vscode);
    await view.open();
  });

  it('says what will appear here', async () => {
    await view.says('empty', 'Here you will see who configured logging');
    await vscode.screenshot('audit-empty-light');
    assert.deepEqual(await vscode.page.accessibilityFindings(), []);
  });

  it('shows the first record by itself', async () => {
    await append(vscode, [{ ...records()[399], id: 'first' }]);
    await view.row('policy changed').waitFor();
    await view.part('empty').waitFor({ state: 'hidden' });
  });
});
