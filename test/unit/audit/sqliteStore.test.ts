import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { query } from '../../../src/audit/query.ts';
import { readRecord } from '../../../src/audit/readRecord.ts';
import type { AuditRecord } from '../../../src/audit/record.ts';
import { MIGRATIONS } from '../../../src/audit/sqliteSchema.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../../../src/audit/sqliteStore.ts';
import { intactColumns } from '../../../src/audit/verify.ts';
import { defaultMasker } from '../../../src/masking/masker.ts';
import { freshFolders } from '../freshFolders.ts';
import { loginOf } from './sampleTrail.ts';

describe('the store in SQLite', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.logs, 'audit.db');

  it('refuses every update and deletion', async () => {
    const store = openSqliteStore(path());
    await store.append([loginOf('a')]);
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

  it('gives back NUL, lone surrogates and a text of 1 MB, with columns that fit', async () => {
    const texts = ['a\0b', '\ud800', 'x\udfffy', '😀', 'z'.repeat(1_000_000)];
    const entries = texts.map((text, number) => {
      const { entry } = loginOf(String(number), { user_id: `u${text.slice(0, 9)}`, description: text });
      const given = JSON.parse(entry) as AuditRecord;
      const reading = readRecord(given, { masker: defaultMasker, now: 1_800_000_000 });
      assert.ok(reading.kind === 'entry');
      return reading.entry;
    });
    const store = openSqliteStore(path());
    await store.append(entries);
    const rows = await store.rows(0, 9);
    assert.deepEqual(
      rows.map((row) => intactColumns(row) !== undefined),
      texts.map(() => true),
    );
    assert.deepEqual(
      rows.map(({ entry }) => (JSON.parse(entry ?? '') as AuditRecord).description),
      texts,
    );
    store.close();
  });

  it('leaves nothing beside a trail that is only read, where it is asked to', async () => {
    const store = openSqliteStore(path());
    await store.append([loginOf('a')]);
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
    await store.append([loginOf('a', { metadata: { b: 1 } })]);
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

  const made = (sql: string): void => {
    const database = new DatabaseSync(path());
    database.exec(sql);
    database.close();
  };
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
        made('CREATE TABLE a (b)');
      },
    ],
    [
      'a newer version',
      'audit-newer',
      () => {
        made('PRAGMA user_version = 99');
      },
    ],
  ];
  for (const [what, code, make] of strangers)
    it(`leaves ${what}`, () => {
      make();
      const before = readFileSync(path());
      assert.throws(() => openSqliteStore(path()), { code });
      assert.throws(() => openSqliteStoreToRead(path()), { code });
      assert.deepEqual(readFileSync(path()), before);
    });

  it('reads a trail that a program was killed in while it made it', async () => {
    const store = openSqliteStore(path());
    await store.append([loginOf('a')]);
    store.close();
    const killed = join(folders.logs, 'killed.db');
    const database = new DatabaseSync(path());
    // A cache that is too small writes to the file before the commit.
    database.exec(`PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
      INSERT INTO checkpoint SELECT i, hex(zeroblob(500)) FROM n`);
    for (const ending of ['', '-journal']) copyFileSync(path() + ending, killed + ending);
    database.close();
    const left = openSqliteStoreToRead(killed);
    assert.ok(left !== undefined);
    assert.deepEqual([await left.size(), await left.checkpoints()], [1, []]);
    left.close();
  });

  it('brings a database of each earlier version forward, and keeps its records', async () => {
    for (let version = 1; version < MIGRATIONS.length; version += 1) {
      const old = join(folders.logs, `${String(version)}.db`);
      const database = new DatabaseSync(old);
      database.exec(MIGRATIONS.slice(0, version).join(''));
      database.exec(
        `INSERT INTO trail VALUES ('0123456789abcdef'); PRAGMA user_version = ${String(version)}`,
      );
      const columns = `'a', 'anna', 'login', 'user', 'u-1', 1738368000`;
      database
        .prepare(
          `INSERT INTO record (seq, entry, leaf, id, user_id, action, entity_type, entity_id, created_at) VALUES (0, ?, ?, ${columns})`,
        )
        .run(loginOf('a').entry, Buffer.alloc(32));
      database.close();
      const store = openSqliteStore(old);
      assert.deepEqual(await store.append([loginOf('a'), loginOf('b')]), ['duplicate', 'appended']);
      assert.equal((await query(store, { filter: { entityId: 'u-1' }, limit: 9 })).total, 2);
      assert.deepEqual([store.trailId, await store.indexProblems()], ['0123456789abcdef', []]);
      store.close();
    }
  });

  it('reads a page of each filter alone in the order of an index', async () => {
    const store = openSqliteStore(path());
    await store.append([loginOf('a')]);
    const database = new DatabaseSync(path());
    for (const [column, index] of [
      ['user_id', 'idx_audit_user'],
      ['action', 'idx_audit_action'],
      ['entity_type', 'idx_audit_type'],
      ['entity_id', 'idx_audit_entity'],
    ]) {
      const sql = `EXPLAIN QUERY PLAN SELECT entry FROM record INDEXED BY ${index!} WHERE ${column!} = ?
        ORDER BY created_at DESC, seq DESC LIMIT 50`;
      const [step, ...more] = database.prepare(sql).all('x') as { detail: string }[];
      assert.deepEqual([step?.detail, more], [`SEARCH record USING INDEX ${index!} (${column!}=?)`, []]);
    }
    database.close();
    store.close();
  });

  it('is nothing to read where it was never begun', () => {
    assert.equal(openSqliteStoreToRead(path()), undefined);
    writeFileSync(path(), '');
    assert.equal(openSqliteStoreToRead(path()), undefined);
  });
});
