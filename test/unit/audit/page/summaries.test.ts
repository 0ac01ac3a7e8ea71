import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { indexCounts } from '../../../../src/audit/page/indexCounts.ts';
import { summarise, type IndexCounts, type SummaryInput } from '../../../../src/audit/page/summaries.ts';
import { openSqliteStore } from '../../../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../../../src/audit/store.ts';
import { isFailure } from '../../../../src/base/failure.ts';
import { randomOf } from '../../../chance.ts';
import { freshFolders } from '../../freshFolders.ts';

const START = Date.UTC(2026, 0, 1) / 1000;
const HOUR = 3600;
const users = ['anna', 'bob', 'maintenance'];
const actions = ['login', 'login_failed', 'plan_updated', 'log_expired'];
const kinds = ['user', 'plan', 'log'];

interface Made {
  readonly user_id: string;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly created_at: number;
}

describe('summarise', () => {
  const folders = freshFolders();
  let store: AuditStore;
  let database: DatabaseSync;
  let made: Made[];
  const never = new AbortController().signal;
  const ask = (input: Partial<SummaryInput>, counts: IndexCounts = indexCounts(database)) =>
    summarise(store, counts, { filter: {}, range: {}, bars: 50, offset: 0, ...input }, never);

  beforeEach(async () => {
    const path = join(folders.logs, 'audit.db');
    store = openSqliteStore(path);
    const random = randomOf('records of summaries');
    const of = (some: readonly string[]): string => some[Math.floor(random() * some.length)] ?? '';
    made = Array.from({ length: 1300 }, () => ({
      user_id: of(users),
      action: of(actions),
      entity_type: of(kinds),
      entity_id: of(['1', '2']),
      created_at: START + Math.floor(random() * 40 * HOUR),
    }));
    await store.append(
      made.map((fields, index) => ({
        entry: JSON.stringify({ id: `r-${String(index)}`, ...fields }),
        filled: [],
      })),
    );
    database = new DatabaseSync(path, { readOnly: true });
  });
  afterEach(() => {
    store.close();
    database.close();
  });

  it('counts the same in the indexes as in the records', async () => {
    const range = { from: START + 3 * HOUR, to: START + 30 * HOUR };
    // A text that every record holds keeps it from the indexes.
    for (const filter of [{}, range])
      assert.deepEqual(
        await ask({ filter, range: filter }),
        await ask({ filter: { ...filter, text: 'created_at' }, range: filter }),
      );
  });

  it('counts the values of a field without the filter’s own value of that field', async () => {
    const filter = { user: 'anna', action: 'login', from: START, to: START + 20 * HOUR };
    const { total, groups, chart } = await ask({ filter, range: {} });
    const inTime = made.filter(({ created_at }) => created_at <= START + 20 * HOUR);
    const fitting = (user: string, action: string): number =>
      inTime.filter((each) => each.user_id === user && each.action === action).length;
    assert.equal(total, fitting('anna', 'login'));
    assert.deepEqual(
      Object.fromEntries(groups.user.values.map(({ value, count }) => [value, count])),
      Object.fromEntries(users.map((user) => [user, fitting(user, 'login')])),
    );
    assert.deepEqual(
      Object.fromEntries(groups.action.values.map(({ value, count }) => [value, count])),
      Object.fromEntries(actions.map((action) => [action, fitting('anna', action)])),
    );
    const all = made.filter(({ user_id, action }) => user_id === 'anna' && action === 'login');
    assert.equal(
      chart?.totals.reduce((sum, count) => sum + count),
      all.length,
      'the chart shows all of its range',
    );
  });

  it('takes a kind back with its thing', async () => {
    const { groups } = await ask({ filter: { entityType: 'plan', entityId: '1' } });
    assert.deepEqual(groups.kind.values.map(({ value }) => value).sort(), [...kinds].sort());
  });

  it('puts each record into its bar, and counts deletions and failures', async () => {
    const { chart } = await ask({});
    assert.ok(chart);
    const { start }: { readonly start: number } = chart;
    assert.equal(chart.step, HOUR);
    for (const [bar, total] of chart.totals.entries()) {
      const inBar = made.filter(({ created_at }) => Math.floor((created_at - start) / HOUR) === bar);
      assert.equal(total, inBar.length);
      const of = (name: string): number => inBar.filter(({ action }) => action === name).length;
      assert.equal(chart.failures[bar], of('login_failed'));
      assert.equal(chart.deletions[bar], of('log_expired'));
    }
  });

  it('lists the most frequent values first, and counts those it leaves out', async () => {
    await store.append(
      Array.from({ length: 60 }, (_, index) => ({
        entry: JSON.stringify({ ...made[0], id: `u-${String(index)}`, user_id: `u-${String(index)}` }),
        filled: [],
      })),
    );
    const { groups } = await ask({});
    assert.deepEqual(groups.user.others, 13);
    const counts = groups.user.values.map(({ count }) => count);
    assert.deepEqual(
      counts,
      [...counts].sort((one, other) => other - one),
    );
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const input = { filter: { user: 'anna' }, range: {}, bars: 9, offset: 0 };
    await assert.rejects(summarise(store, indexCounts(database), input, controller.signal), (error) =>
      isFailure(error, 'cancelled'),
    );
  });

  it('has no chart of an empty trail', async () => {
    const none = (): [] => [];
    const empty = { span: () => undefined, actions: none, byValue: none, between: () => 0 };
    assert.equal((await ask({}, empty)).chart, undefined);
  });
});
