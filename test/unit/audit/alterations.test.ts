import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { COLUMNS, columnsOf } from '../../../src/audit/columns.ts';
import { openTrailKeys, verifierOf, type TrailKeys } from '../../../src/audit/trailKeys.ts';
import { readRecord } from '../../../src/audit/readRecord.ts';
import type { NewEntry } from '../../../src/audit/record.ts';
import { seal } from '../../../src/audit/seal.ts';
import { openSqliteStore } from '../../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../../src/audit/store.ts';
import { GrowingTree, leafHash } from '../../../src/audit/tree.ts';
import { verify, type Finding, type Verification } from '../../../src/audit/verify.ts';
import { defaultMasker } from '../../../src/masking/masker.ts';
import { randomOf, seed, size } from '../../chance.ts';
import { freshFolders } from '../freshFolders.ts';

/** A checkpoint is signed after so many records. */
const SEALS = [100, 256, 300];
const RECORDS = 300;

function entryOf(number: number): NewEntry {
  const record = {
    id: `r-${String(number)}`,
    user_id: `user ${String(number % 7)}`,
    action: 'plan_updated',
    entity_type: 'plan',
    entity_id: `p-${String(number % 11)}`,
    description: `Ä ${String(number)}`,
    changes: { price: { old: number, new: number + 1 } },
    created_at: 1_738_368_000 + number,
  };
  const reading = readRecord(record, { masker: defaultMasker, now: 1_800_000_000 });
  assert.ok(reading.kind === 'entry');
  return reading.entry;
}

/** The stretch between two checkpoints that a record lies in. */
function stretchOf(seq: number): { from: number; to: number } {
  const to = SEALS.find((sealed) => sealed > seq) ?? RECORDS;
  return { from: SEALS.findLast((sealed) => sealed <= seq) ?? 0, to: to - 1 };
}

describe(`alterations of a trail (seed ${String(seed)})`, function () {
  this.timeout(1_200_000);
  const folders = freshFolders();
  let store: AuditStore;
  let keys: TrailKeys;
  let other: DatabaseSync;
  let path: string;
  let older: string;

  beforeEach(async () => {
    path = join(folders.logs, 'audit.db');
    older = join(folders.logs, 'older.db');
    keys = openTrailKeys(folders.environment);
    store = openSqliteStore(path);
    let from = 0;
    for (const sealed of SEALS) {
      await store.append(Array.from({ length: sealed - from }, (_, index) => entryOf(from + index)));
      keys.remember(store.trailId, (await seal(store, keys)) ?? '');
      from = sealed;
      if (sealed !== 256) continue;
      const database = new DatabaseSync(path);
      database.exec(`VACUUM INTO '${older}'`);
      database.close();
    }
    // What follows is what another tool can do: it takes the triggers off, and changes what it likes.
    other = new DatabaseSync(path);
    other.exec(`PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF; ATTACH ':memory:' AS kept`);
    for (const table of ['record', 'node', 'checkpoint']) {
      other.exec(`DROP TRIGGER ${table}_no_update; DROP TRIGGER ${table}_no_delete`);
      other.exec(`CREATE TABLE kept.${table} AS SELECT * FROM main.${table}`);
    }
  });
  afterEach(() => {
    if (other.isOpen) other.close();
    store.close();
  });

  const check = async (): Promise<Verification> => {
    const key = keys.key();
    assert.ok(key !== undefined);
    return verify(store, {
      verifiers: [verifierOf(key, store.trailId)],
      seen: keys.lastSeen(store.trailId),
    });
  };
  const restore = (table: string): void => {
    other.exec(
      `BEGIN; DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM kept.${table}; COMMIT`,
    );
  };
  const bytesAt = (table: string, column: string, where: string): Buffer => {
    const row = other.prepare(`SELECT CAST(${column} AS BLOB) AS bytes FROM ${table} WHERE ${where}`).get();
    return Buffer.from((row as { bytes: Uint8Array }).bytes);
  };

  /** Each alters one thing by a random choice, and says what is to be found. */
  type Alteration = (random: (below: number) => number) => { table: string; finding: Partial<Finding> };

  const flip =
    (
      table: string,
      column: string,
      type: string,
      place: (random: (below: number) => number) => [string, Partial<Finding>],
    ): Alteration =>
    (random) => {
      const [where, finding] = place(random);
      const bytes = bytesAt(table, column, where);
      bytes[random(bytes.length)]! ^= 1 << random(8);
      other.prepare(`UPDATE ${table} SET ${column} = CAST(? AS ${type}) WHERE ${where}`).run(bytes);
      return { table, finding };
    };
  const aRecord = (random: (below: number) => number): [string, Partial<Finding>] => {
    const seq = random(RECORDS);
    return [`seq = ${String(seq)}`, { kind: 'altered', seq, id: `r-${String(seq)}` }];
  };
  const withoutId =
    (place: typeof aRecord) =>
    (random: (below: number) => number): [string, Partial<Finding>] => {
      const [where, { kind, seq }] = place(random);
      return [where, { kind: kind!, seq: seq! }];
    };
  const place = (random: (below: number) => number): { seq: number; last: number } => {
    // Both lie in the 256, or in the rest.
    const seq = random(RECORDS - 1);
    const end = seq < 255 ? 256 : RECORDS;
    return seq === 255 ? { seq: 100, last: 200 } : { seq, last: seq + 1 + random(end - seq - 1) };
  };

  const classes: Readonly<Record<string, Alteration>> = {
    'a bit of an entry': flip('record', 'entry', 'TEXT', withoutId(aRecord)),
    'a bit of a leaf': flip('record', 'leaf', 'BLOB', aRecord),
    'a column': (random) => {
      const seq = random(RECORDS);
      const column = COLUMNS[random(COLUMNS.length)]!;
      const value =
        column === 'created_at' || column === 'response_status_code'
          ? random(1e9)
          : `x${String(random(1e9))}`;
      other.prepare(`UPDATE record SET ${column} = ? WHERE seq = ?`).run(value, seq);
      return { table: 'record', finding: { kind: 'altered', seq, id: `r-${String(seq)}` } };
    },
    'a record less': (random) => {
      const seq = random(RECORDS - 1);
      other.prepare('DELETE FROM record WHERE seq = ?').run(seq);
      return { table: 'record', finding: { kind: 'removed', seq } };
    },
    'a record more': (random) => {
      const seq = random(RECORDS);
      const { entry } = entryOf(1000 + random(1e6));
      const columns = columnsOf(JSON.parse(entry));
      other.exec(
        `UPDATE record SET seq = -seq - 2 WHERE seq >= ${String(seq)}; UPDATE record SET seq = -seq - 1 WHERE seq < 0`,
      );
      other
        .prepare(`INSERT INTO record VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`)
        .run(seq, entry, leafHash(Buffer.from(entry)), ...COLUMNS.map((name) => columns?.[name] ?? null));
      return { table: 'record', finding: { kind: 'inserted', seq, id: columns!.id } };
    },
    'two records in each other’s place': (random) => {
      const { seq, last } = place(random);
      const [one, two] = [String(seq), String(last)];
      other.exec(
        `UPDATE record SET seq = -1 WHERE seq = ${one}; UPDATE record SET seq = ${one} WHERE seq = ${two}; UPDATE record SET seq = ${two} WHERE seq = -1`,
      );
      return { table: 'record', finding: { kind: 'reordered', seq, id: `r-${two}` } };
    },
    'the end cut off': (random) => {
      const seq = random(RECORDS);
      other.prepare('DELETE FROM record WHERE seq >= ?').run(seq);
      return { table: 'record', finding: { kind: 'cut', seq, from: seq, to: RECORDS - 1 } };
    },
    'a bit of a node': flip('node', 'hash', 'BLOB', () => [
      'level = 8 AND idx = 0',
      { kind: 'altered', seq: 0, from: 0, to: 255 },
    ]),
    'a bit of a checkpoint': flip('checkpoint', 'note', 'TEXT', (random) => {
      const sealed = SEALS[random(SEALS.length)]!;
      return [`size = ${String(sealed)}`, { kind: 'altered', ...stretchOf(sealed - 1) }];
    }),
    // One who knows the program, and has no key: the next checkpoint does not fit.
    'an entry, with all hashes computed anew': (random) => {
      const seq = random(RECORDS);
      const { entry } = entryOf(1000 + random(1e6));
      const columns = columnsOf(JSON.parse(entry));
      other.prepare('DELETE FROM record WHERE seq = ?').run(seq);
      other
        .prepare(`INSERT INTO record VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`)
        .run(seq, entry, leafHash(Buffer.from(entry)), ...COLUMNS.map((name) => columns?.[name] ?? null));
      const tree = new GrowingTree();
      const leaves = other.prepare('SELECT leaf FROM record ORDER BY seq').all() as { leaf: Uint8Array }[];
      for (const { leaf } of leaves)
        tree.add(leaf, ({ hash }) => {
          other.prepare('UPDATE node SET hash = ?').run(hash);
        });
      return { table: 'record', finding: { kind: 'altered', ...stretchOf(seq) } };
    },
  };

  const slow = new Set(['two records in each other’s place', 'an entry, with all hashes computed anew']);

  it('a trail as it was written is sound', async () => {
    assert.deepEqual(await check(), {
      state: 'sound',
      records: RECORDS,
      sealed: RECORDS,
      checkpoint: { size: RECORDS, time: new Date((1_738_368_000 + RECORDS - 1) * 1000).toISOString() },
    });
  });

  for (const [name, alter] of Object.entries(classes))
    it(`finds ${name}`, async () => {
      const random = randomOf(name);
      // Where no record can be named, each pair of 256 is tried.
      const turns = slow.has(name) ? size(6, 500) : size(60, 10_000);
      for (let turn = 0; turn < turns; turn += 1) {
        const { table, finding } = alter((below) => Math.floor(random() * below));
        const { state, first } = await check();
        assert.equal(state, 'tampered', JSON.stringify(finding));
        assert.partialDeepStrictEqual(first, finding);
        restore(table);
        if (name.startsWith('an entry')) restore('node');
      }
      assert.equal((await check()).state, 'sound');
    });

  it('finds an older copy that was put back', async () => {
    other.close();
    store.close();
    for (const name of readdirSync(folders.logs)) if (name.startsWith('audit.db-')) assert.fail(name);
    copyFileSync(older, path);
    store = openSqliteStore(path);
    other = new DatabaseSync(path);
    const { state, first } = await check();
    assert.equal(state, 'tampered');
    assert.deepEqual(first, { kind: 'rolled-back', seq: 256, from: 256, to: RECORDS - 1 });
  });

  it('never says sound with a byte of the remembered note, or of the key, changed', async () => {
    const folder = join(folders.state, 'workspace-logs', 'audit');
    for (const name of readdirSync(folder)) {
      const whole = readFileSync(join(folder, name));
      for (let at = 0; at < whole.length; at += 1) {
        const changed = Buffer.from(whole);
        changed[at]! ^= 1;
        writeFileSync(join(folder, name), changed);
        const result = await check().catch((error: unknown) => error);
        const isSame = name === 'key.json' && isSameKey(changed, whole);
        if (!isSame)
          assert.notEqual((result as Partial<Verification>).state, 'sound', `${name}, byte ${String(at)}`);
      }
      writeFileSync(join(folder, name), whole);
    }
  });

  it('refuses to sign a trail that does not begin as its last checkpoint', async () => {
    other.prepare('UPDATE record SET leaf = ? WHERE seq = 299').run(leafHash(Buffer.from('x')));
    await store.append([entryOf(5000)]);
    await assert.rejects(seal(store, keys), { code: 'audit-tampered' });
  });

  it('says unknown once the key is lost', async () => {
    const lost = { verifiers: [], seen: keys.lastSeen(store.trailId) };
    assert.equal((await verify(store, lost)).state, 'unknown');
  });
});

/** Whether two key files differ in what no reader looks at: names in JSON are read, and bits behind the 256 are not. */
function isSameKey(one: Buffer, other: Buffer): boolean {
  try {
    const [a, b] = [JSON.parse(one.toString()), JSON.parse(other.toString())] as { d?: string; x?: string }[];
    const bytes = (text = ''): string => Buffer.from(text, 'base64url').toString('hex');
    return a?.x === b?.x && bytes(a?.d) === bytes(b?.d);
  } catch {
    return false;
  }
}
