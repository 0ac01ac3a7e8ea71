import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TrailRow } from '../../../../src/audit/page/pageData.ts';
import { readRows, rowOf, storedRecord } from '../../../../src/audit/page/trailRows.ts';
import { openSqliteStore } from '../../../../src/audit/sqliteStore.ts';
import type { AuditStore, Position } from '../../../../src/audit/store.ts';
import { freshFolders } from '../../freshFolders.ts';

const time = 1_767_225_600;
const record = {
  id: 'a',
  user_id: 'anna',
  action: 'login',
  entity_type: 'user',
  entity_id: 'u-1',
  created_at: time,
};
const row = (fields: object): TrailRow =>
  rowOf({ seq: 3, created_at: time, entry: JSON.stringify({ ...record, ...fields }) });

describe('rowOf', () => {
  for (const [name, fields, details] of [
    ['the description', { description: 'By hand', changes: { a: { old: 1, new: 2 } } }, 'By hand'],
    [
      'the changes',
      { changes: { 'rotation.maxFileMB': { old: 20, new: 5 }, name: { old: null, new: 'x' } } },
      'rotation.maxFileMB: 20 → 5, name: null → x',
    ],
    [
      'the request',
      { verb: 'POST', request_uri: '/plans?x=1', response_status_code: 201 },
      'POST /plans?x=1 → 201',
    ],
    [
      'the files of a run of maintenance',
      { audit_metadata: { count: 2, files: [{ name: 'logs/api.1.log' }, { name: 'logs/api.2.log' }, null] } },
      'logs/api.1.log, logs/api.2.log',
    ],
    ['nothing', {}, ''],
    ['files that are none', { audit_metadata: { files: 'x' } }, ''],
    ['a change that is none', { changes: { a: null } }, 'a: null → null'],
  ] as const)
    it(`shows ${name}`, () => {
      assert.equal(row(fields).details, details);
    });

  for (const [fields, mark] of [
    [{ action: 'login_failed' }, 'failure'],
    [{ action: 'access_denied' }, 'failure'],
    [{ action: 'log_deleted' }, 'deletion'],
    [{ action: 'file_removed_outside' }, 'deletion'],
    [{ action: 'log_deleted', audit_metadata: { failed: { code: 'x' } } }, 'failure'],
    [{ action: 'request', response_status_code: 403 }, 'failure'],
    [{ action: 'request', response_status_code: 204 }, undefined],
    [{ action: 'plan_updated' }, undefined],
  ] as const)
    it(`marks ${JSON.stringify(fields)} as ${String(mark)}`, () => {
      assert.equal(row(fields).mark, mark);
    });

  it('reads a line of Open WebUI', () => {
    const line = { id: 'x', timestamp: time, user: { id: 'u9' }, verb: 'GET', request_uri: '/a?b' };
    const { user, action, kind, what } = rowOf({ seq: 0, created_at: 0, entry: JSON.stringify(line) });
    assert.deepEqual([user, action, kind, what], ['u9', 'request', 'route', '/a']);
  });

  it('cuts what is long', () => {
    const { details, what } = row({ description: 'x'.repeat(5000), entity_id: 'y'.repeat(5000) });
    assert.ok(details.length <= 201 && what.length <= 1001);
  });

  it('shows an entry that cannot be read as it is', () => {
    assert.deepEqual(rowOf({ seq: 1, created_at: time, entry: '{"broken' }), {
      seq: 1,
      time,
      user: '',
      action: '',
      kind: '',
      what: '',
      details: '{"broken',
    });
  });
});

describe('storedRecord', () => {
  it('gives the entry byte for byte, with its evidence', () => {
    const entry = JSON.stringify(record);
    const stored = storedRecord({ seq: 7, entry, leaf: '01ff', columns: '[]' }, time, 5);
    assert.deepEqual(stored, {
      user: 'anna',
      action: 'login',
      kind: 'user',
      what: 'u-1',
      seq: 7,
      entry,
      time,
      leaf: '01ff',
      sealed: 5,
    });
  });

  it('has no names of an entry that cannot be read', () => {
    const stored = storedRecord({ seq: 0, entry: '{', leaf: '', columns: '[]' }, time, 0);
    assert.deepEqual([stored.user, stored.action, stored.kind, stored.what], ['', '', '', '']);
  });
});

describe('readRows', () => {
  const folders = freshFolders();
  let store: AuditStore;
  afterEach(() => {
    store.close();
  });

  async function fill(count: number, fields: (index: number) => object): Promise<void> {
    store = openSqliteStore(join(folders.logs, 'audit.db'));
    const entries = Array.from({ length: count }, (_, index) => ({
      entry: JSON.stringify({ ...record, id: String(index), created_at: time + index, ...fields(index) }),
      filled: [],
    }));
    await store.append(entries);
  }

  async function readAll(filter: object): Promise<{ seqs: number[]; parts: number }> {
    const seqs: number[] = [];
    let parts = 0;
    for (let after: Position | null | undefined; after !== null;) {
      const part = await readRows(store, { filter, after });
      seqs.push(...part.rows.map(({ seq }) => seq));
      parts += 1;
      after = part.next;
    }
    return { seqs, parts };
  }

  it('reads every row once, part after part, the newest first', async () => {
    await fill(250, () => ({}));
    const { seqs, parts } = await readAll({});
    assert.deepEqual(
      seqs,
      Array.from({ length: 250 }, (_, index) => 249 - index),
    );
    assert.equal(parts, 3);
  });

  it('ends a part of a search early, and goes on behind it', async () => {
    await fill(10_700, (index) => ({ description: index === 200 || index === 10_650 ? 'needle' : 'hay' }));
    const first = await readRows(store, { filter: { text: 'needle' } });
    assert.deepEqual(
      first.rows.map(({ seq }) => seq),
      [10_650],
    );
    assert.notEqual(first.next, null);
    assert.deepEqual((await readAll({ text: 'needle' })).seqs, [10_650, 200]);
  });
});
