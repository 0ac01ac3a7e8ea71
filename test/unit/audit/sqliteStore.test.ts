import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { query } from '../../../src/audit/query.ts';
import type { NewEntry } from '../../../src/audit/record.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../../../src/audit/sqliteStore.ts';
import type { AuditFilter } from '../../../src/audit/store.ts';
import { freshFolders } from '../freshFolders.ts';

function entryOf(id: string, fields: object = {}): NewEntry {
  const record = {
    id,
    user_id: 'anna',
    action: 'login',
    entity_type: 'user',
    entity_id: 'u-1',
    created_at: 1_738_368_000,
    ...fields,
  };
  return { entry: JSON.stringify(record), filled: [] };
}

describe('the store in SQLite', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.logs, 'audit.db');

  it('counts the same record once, and reports another one with its id', async () => {
    const store = openSqliteStore(path());
    assert.deepEqual(await store.append([entryOf('a'), entryOf('b'), entryOf('a'), entryOf('b', { x: 1 })]), [
      'appended',
      'appended',
      'duplicate',
      'conflict',
    ]);
    assert.equal(await store.size(), 2);
    assert.deepEqual(
      (await store.entries(0, 9)).map(({ seq, entry }) => [seq, entry]),
      [
        [0, entryOf('a').entry],
        [1, entryOf('b').entry],
      ],
    );
    store.close();
  });

  it('appends from two connections into one order', async () => {
    const [one, other] = [openSqliteStore(path()), openSqliteStore(path())];
    assert.equal(one.trailId, other.trailId);
    await one.append([entryOf('a')]);
    await other.append([entryOf('b')]);
    await one.append([entryOf('c')]);
    assert.deepEqual(
      (await other.entries(-Infinity, 9)).map(({ seq }) => seq),
      [0, 1, 2],
    );
    one.close();
    other.close();
  });

  it('refuses every update and deletion', async () => {
    const store = openSqliteStore(path());
    await store.append([entryOf('a')]);
    await store.seal([{ level: 8, index: 0, hash: Buffer.alloc(32) }], { size: 1, note: 'x' });
    store.close();
    const database = new DatabaseSync(path());
    for (const table of ['record', 'node', 'checkpoint', 'trail']) {
      const [column] = database.prepare(`PRAGMA table_info(${table})`).all() as [{ name: string }];
      for (const sql of [`UPDATE ${table} SET ${column.name} = ${column.name}`, `DELETE FROM ${table}`])
        assert.throws(() => {
          database.exec(sql);
        }, /only added to/);
    }
    database.close();
  });

  it('leaves nothing beside a trail that is only read, where it is asked to', async () => {
    const store = openSqliteStore(path());
    await store.append([entryOf('a')]);
    // A program has it open: it is read with what is not in the file yet.
    const beside = openSqliteStoreToRead(path(), true);
    assert.equal(await beside?.size(), 1);
    beside?.close();
    store.close();
    const before = readdirSync(folders.logs);
    const reader = openSqliteStoreToRead(path(), true);
    assert.equal(await reader?.size(), 1);
    assert.deepEqual(readdirSync(folders.logs), before);
    reader?.close();
    assert.deepEqual(readdirSync(folders.logs), ['audit.db']);
  });

  it('has the view with the nine columns', async () => {
    const store = openSqliteStore(path());
    await store.append([entryOf('a', { metadata: { b: 1 } })]);
    store.close();
    const database = new DatabaseSync(path());
    assert.deepEqual(
      { ...database.prepare('SELECT * FROM billing_audit_log').get() },
      {
        id: 'a',
        user_id: 'anna',
        action: 'login',
        entity_type: 'user',
        entity_id: 'u-1',
        description: null,
        changes: null,
        audit_metadata: '{"b":1}',
        created_at: 1_738_368_000,
      },
    );
    database.close();
  });

  it('is for its owner alone, and for the group where that may write into the folder', () => {
    openSqliteStore(path()).close();
    assert.equal(lstatSync(path()).mode & 0o777, 0o600);
    const shared = join(folders.logs, 'shared.db');
    chmodSync(folders.logs, 0o775);
    openSqliteStore(shared).close();
    assert.equal(lstatSync(shared).mode & 0o777, 0o660);
  });

  it('follows no link', () => {
    symlinkSync(join(folders.root, 'elsewhere.db'), path());
    assert.throws(() => openSqliteStore(path()), { code: 'not-a-regular-file' });
    assert.ok(!existsSync(join(folders.root, 'elsewhere.db')));
  });

  const strangers: [what: string, code: string, make: () => void][] = [
    [
      'a file that is no database',
      'audit-damaged',
      () => {
        writeFileSync(path(), 'x'.repeat(5000));
      },
    ],
    [
      'another program’s database',
      'audit-damaged',
      () => {
        new DatabaseSync(path()).exec('CREATE TABLE a (b)');
      },
    ],
    [
      'a newer version',
      'audit-newer',
      () => {
        new DatabaseSync(path()).exec('PRAGMA user_version = 99');
      },
    ],
  ];
  for (const [what, code, make] of strangers)
    it(`leaves ${what}`, () => {
      make();
      assert.throws(() => openSqliteStore(path()), { code });
      assert.throws(() => openSqliteStoreToRead(path()), { code });
    });

  it('is nothing to read where it was never begun', () => {
    assert.equal(openSqliteStoreToRead(path()), undefined);
    writeFileSync(path(), '');
    assert.equal(openSqliteStoreToRead(path()), undefined);
  });

  it('answers all filters as a plain search does, page by page', async () => {
    const store = openSqliteStore(path());
    const rows = Array.from({ length: 400 }, (_, number) => ({
      id: String(number),
      user_id: `u${String(number % 3)}`,
      action: `a${String(number % 5)}`,
      entity_type: `t${String(number % 2)}`,
      entity_id: `e${String(number % 7)}`,
      created_at: 1_738_368_000 + (number % 50),
    }));
    await store.append(rows.map((row) => entryOf(row.id, row)));
    const parts: AuditFilter[] = [
      { user: 'u1' },
      { action: 'a2' },
      { entityType: 't1' },
      { entityId: 'e3' },
      { from: 1_738_368_010, to: 1_738_368_040 },
      { text: '"id":"1' },
    ];
    for (let choice = 0; choice < 64; choice += 1) {
      const filter: AuditFilter = Object.assign(
        {},
        ...parts.filter((_, bit) => (choice >> bit) % 2 === 1),
      ) as object;
      const expected = rows
        .map((row, seq) => ({ ...row, seq }))
        .filter(
          (row) =>
            (filter.user === undefined || row.user_id === filter.user) &&
            (filter.action === undefined || row.action === filter.action) &&
            (filter.entityType === undefined || row.entity_type === filter.entityType) &&
            (filter.entityId === undefined || row.entity_id === filter.entityId) &&
            (filter.from === undefined || row.created_at >= filter.from) &&
            (filter.to === undefined || row.created_at <= filter.to) &&
            (filter.text === undefined || row.id.startsWith('1')),
        )
        .sort((one, other) => other.created_at - one.created_at || other.seq - one.seq)
        .map(({ id }) => id);
      const found: unknown[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await query(store, { filter, limit: 30, cursor });
        assert.deepEqual([page.total, page.totalIsExact], [expected.length, true]);
        found.push(...page.records.map(({ id }) => id));
        if (page.cursor === null) break;
        cursor = page.cursor;
      }
      assert.deepEqual(found, expected, JSON.stringify(filter));
      const { records } = await query(store, { filter, limit: 5, offset: 3 });
      assert.deepEqual(
        records.map(({ id }) => id),
        expected.slice(3, 8),
      );
    }
    store.close();
  });

  it('refuses the cursor of another query', async () => {
    const store = openSqliteStore(path());
    await store.append([entryOf('a'), entryOf('b')]);
    const { cursor } = await query(store, { filter: { user: 'anna' }, limit: 1 });
    assert.ok(cursor !== null);
    for (const [filter, wrong] of [
      [{ user: 'bert' }, cursor],
      [{}, cursor],
      [{ user: 'anna' }, 'x'],
      [{ user: 'anna' }, ''],
    ] as const)
      await assert.rejects(query(store, { filter, limit: 1, cursor: wrong }), { code: 'cursor-invalid' });
    store.close();
  });

  it('finds a text however the entry escapes it', async () => {
    const store = openSqliteStore(path());
    const plain = entryOf('a', { description: 'say "Ä"' });
    const ascii = { ...entryOf('b'), entry: plain.entry.replace('"a"', '"b"').replace('Ä', '\\u00c4') };
    await store.append([plain, ascii, entryOf('c')]);
    const { records } = await query(store, { filter: { text: 'say "Ä"' }, limit: 9 });
    assert.deepEqual(
      records.map(({ id }) => id),
      ['b', 'a'],
    );
    store.close();
  });
});
