import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewEntry } from '../../../src/audit/record.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../../../src/audit/sqliteStore.ts';
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
});
