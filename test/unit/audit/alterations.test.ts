import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { COLUMNS, columnsOf } from '../../../src/audit/columns.ts';
import { openTrailKeys, type TrailKeys } from '../../../src/audit/trailKeys.ts';
import type { Failure } from '../../../src/base/failure.ts';
import { seal } from '../../../src/audit/seal.ts';
import { openSqliteStore } from '../../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../../src/audit/store.ts';
import { GrowingTree, leafHash } from '../../../src/audit/tree.ts';
import type { Finding, Verification } from '../../../src/audit/verify.ts';
import { randomOf, sample, seed, size } from '../../chance.ts';
import { entriesOf, entryOf, sealAndRemember, START, verifyWith } from './sampleTrail.ts';

/** A checkpoint is signed after so many records. */
const SEALS = [100, 256, 300];
const RECORDS = 300;
const PAGE_BYTES = 4096;

/** The stretch between two checkpoints that a record lies in. */
function stretchOf(seq: number): { from: number; to: number } {
  const to = SEALS.find((sealed) => sealed > seq) ?? RECORDS;
  return { from: SEALS.findLast((sealed) => sealed <= seq) ?? 0, to: to - 1 };
}

type Random = (below: number) => number;

describe(`alterations of a trail (seed ${String(seed)})`, function () {
  this.timeout(1_200_000);
  const counts: [name: string, count: number][] = [];
  let base: string;
  let path: string;
  let keys: TrailKeys;
  /** Copies of the trail as it was written, of the same without its triggers, and as it was at each checkpoint. */
  let whole: string;
  let bare: string;
  const older = (sealed: number): string => join(base, `${String(sealed)}.db`);

  before(async () => {
    base = mkdtempSync(join(tmpdir(), 'alterations-'));
    [path, whole, bare] = [join(base, 'audit.db'), join(base, 'whole.db'), join(base, 'bare.db')];
    keys = openTrailKeys({ XDG_STATE_HOME: base });
    let from = 0;
    for (const sealed of SEALS) {
      const store = openSqliteStore(path);
      await store.append(entriesOf(from, sealed));
      await sealAndRemember(store, keys);
      store.close();
      copyFileSync(path, older(sealed));
      from = sealed;
    }
    copyFileSync(path, whole);
    // What follows is what another tool can do: it takes the triggers off, and changes what it likes.
    const other = new DatabaseSync(path);
    for (const table of ['record', 'node', 'checkpoint'])
      other.exec(`DROP TRIGGER ${table}_no_update; DROP TRIGGER ${table}_no_delete`);
    other.close();
    copyFileSync(path, bare);
  });
  after(() => {
    rmSync(base, { recursive: true });
    for (const [name, count] of counts) console.log(`      ${String(count).padStart(6)} ${name}`);
    const sum = counts.reduce((total, [, count]) => total + count, 0);
    console.log(`      ${String(sum).padStart(6)} alterations`);
  });

  /** Opens the trail as it is on disk. */
  const withTrail = async <T>(work: (store: AuditStore) => Promise<T>): Promise<T> => {
    const store = openSqliteStore(path);
    try {
      return await work(store);
    } finally {
      store.close();
    }
  };
  const check = (indexes = false): Promise<Verification> =>
    withTrail((store) => verifyWith(store, keys, { indexes }));
  const alter = (work: (other: DatabaseSync) => void): void => {
    copyFileSync(bare, path);
    const other = new DatabaseSync(path);
    other.exec('PRAGMA synchronous = OFF');
    work(other);
    other.close();
  };

  /** Each alters one thing by a random choice, and says what is to be found. */
  type Alteration = (random: Random) => Partial<Finding>;

  const flip =
    (
      table: string,
      column: string,
      type: string,
      place: (random: Random) => [string, Partial<Finding>],
    ): Alteration =>
    (random) => {
      const [where, finding] = place(random);
      alter((other) => {
        const sql = `SELECT CAST(${column} AS BLOB) AS bytes FROM ${table} WHERE ${where}`;
        const bytes = Buffer.from((other.prepare(sql).get() as { bytes: Uint8Array }).bytes);
        bytes[random(bytes.length)]! ^= 1 << random(8);
        other.prepare(`UPDATE ${table} SET ${column} = CAST(? AS ${type}) WHERE ${where}`).run(bytes);
      });
      return finding;
    };
  const aRecord = (random: Random): [string, Partial<Finding>] => {
    const seq = random(RECORDS);
    return [`seq = ${String(seq)}`, { kind: 'altered', seq, id: `r-${String(seq)}` }];
  };
  /** Where the entry is altered, its id may be. */
  const anEntry = (random: Random): [string, Partial<Finding>] => {
    const [where, { kind, seq }] = aRecord(random);
    return [where, { kind: kind!, seq: seq! }];
  };
  const insert = (other: DatabaseSync, seq: number, number: number): string => {
    const { entry } = entryOf(number);
    const columns = columnsOf(JSON.parse(entry))!;
    other
      .prepare(`INSERT INTO record VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`)
      .run(seq, entry, leafHash(Buffer.from(entry)), ...COLUMNS.map((name) => columns[name]));
    return columns.id;
  };
  const twoOf256 = (random: Random): { seq: number; last: number } => {
    // Both lie in the 256, or in the rest.
    const seq = random(RECORDS - 1);
    const end = seq < 255 ? 256 : RECORDS;
    return seq === 255 ? { seq: 100, last: 200 } : { seq, last: seq + 1 + random(end - seq - 1) };
  };

  const exact: Readonly<Record<string, Alteration>> = {
    'a bit of an entry': flip('record', 'entry', 'TEXT', anEntry),
    'a bit of a leaf': flip('record', 'leaf', 'BLOB', aRecord),
    'a column': (random) => {
      const seq = random(RECORDS);
      const column = COLUMNS[random(COLUMNS.length)]!;
      const isNumber = column === 'created_at' || column === 'response_status_code';
      const value = isNumber ? random(1e9) : `x${String(random(1e9))}`;
      alter((other) => other.prepare(`UPDATE record SET ${column} = ? WHERE seq = ?`).run(value, seq));
      return { kind: 'altered', seq, id: `r-${String(seq)}` };
    },
    'a record less': (random) => {
      const seq = random(RECORDS - 1);
      alter((other) => other.prepare('DELETE FROM record WHERE seq = ?').run(seq));
      return { kind: 'removed', seq };
    },
    'a record more': (random) => {
      const seq = random(RECORDS);
      let id = '';
      alter((other) => {
        other.exec(
          `UPDATE record SET seq = -seq - 2 WHERE seq >= ${String(seq)}; UPDATE record SET seq = -seq - 1 WHERE seq < 0`,
        );
        id = insert(other, seq, 1000 + random(1e6));
      });
      return { kind: 'inserted', seq, id };
    },
    'the beginning cut off': (random) => {
      // Also whole blocks, as a prune would: no record says so.
      const to = random(2) === 0 ? 255 : random(RECORDS - 1);
      alter((other) => other.prepare('DELETE FROM record WHERE seq <= ?').run(to));
      return { kind: 'removed', seq: 0, ...(to > 0 && { from: 0, to }) };
    },
    'the end cut off': (random) => {
      const seq = random(RECORDS);
      alter((other) => other.prepare('DELETE FROM record WHERE seq >= ?').run(seq));
      return { kind: 'cut', seq, from: seq, to: RECORDS - 1 };
    },
    'a bit of a node': flip('node', 'hash', 'BLOB', () => [
      'level = 8 AND idx = 0',
      { kind: 'altered', seq: 0, from: 0, to: 255 },
    ]),
    'a bit of a checkpoint': flip('checkpoint', 'note', 'TEXT', (random) => {
      const sealed = SEALS[random(SEALS.length)]!;
      return [`size = ${String(sealed)}`, { kind: 'altered', ...stretchOf(sealed - 1) }];
    }),
    'an older copy': (random) => {
      const sealed = SEALS[random(SEALS.length - 1)]!;
      copyFileSync(older(sealed), path);
      return { kind: 'rolled-back', seq: sealed, from: sealed, to: RECORDS - 1 };
    },
    'a bit of an index': (random) => {
      const bytes = Buffer.from(readFileSync(bare));
      const places = indexTexts(bytes);
      bytes[places[random(places.length)]!]! ^= 1 << random(3);
      writeFileSync(path, bytes);
      return { kind: 'index' };
    },
  };
  /** Where no record can be named by its own hash, each pair of 256 is tried. */
  const dear: Readonly<Record<string, Alteration>> = {
    'two records in each other’s place': (random) => {
      const { seq, last } = twoOf256(random);
      const [one, two] = [String(seq), String(last)];
      alter((other) => {
        other.exec(
          `UPDATE record SET seq = -1 WHERE seq = ${one}; UPDATE record SET seq = ${one} WHERE seq = ${two}; UPDATE record SET seq = ${two} WHERE seq = -1`,
        );
      });
      return { kind: 'reordered', seq, id: `r-${two}` };
    },
    // By a program that knows all of this, and has no key: the next checkpoint does not fit.
    'an entry, with all hashes computed anew': (random) => {
      const seq = random(RECORDS);
      alter((other) => {
        other.prepare('DELETE FROM record WHERE seq = ?').run(seq);
        insert(other, seq, 1000 + random(1e6));
        const tree = new GrowingTree();
        const leaves = other.prepare('SELECT leaf FROM record ORDER BY seq').all() as { leaf: Uint8Array }[];
        for (const { leaf } of leaves)
          tree.add(leaf, ({ hash }) => {
            other.prepare('UPDATE node SET hash = ?').run(hash);
          });
      });
      return { kind: 'altered', ...stretchOf(seq) };
    },
  };

  it('a trail as it was written is sound', async () => {
    for (const copy of [whole, bare]) {
      copyFileSync(copy, path);
      assert.deepEqual(await check(true), {
        state: 'sound',
        records: RECORDS,
        sealed: RECORDS,
        checkpoint: { size: RECORDS, time: new Date((START + RECORDS - 1) * 1000).toISOString() },
      });
    }
  });

  for (const [classes, turns] of [
    [exact, size(30, 9_200)],
    [dear, size(2, 60)],
  ] as const)
    for (const [name, change] of Object.entries(classes))
      it(`finds ${name}`, async () => {
        const random = randomOf(name);
        for (let turn = 0; turn < turns; turn += 1) {
          const finding = change((below) => Math.floor(random() * below));
          const { state, first } = await check(finding.kind === 'index');
          assert.equal(state, 'tampered', JSON.stringify(finding));
          assert.partialDeepStrictEqual(first, finding);
        }
        counts.push([name, turns]);
      });

  it('never says sound with a byte of the remembered note, or of the key, changed', async () => {
    copyFileSync(whole, path);
    const folder = join(base, 'workspace-logs', 'audit');
    const places = readdirSync(folder).flatMap((name) =>
      Array.from(readFileSync(join(folder, name)), (_, at) => ({ name, at })),
    );
    const chosen = sample(places, 60, 'bytes of the state folder');
    const store = openSqliteStore(path);
    for (const { name, at } of chosen) {
      const file = join(folder, name);
      const before = readFileSync(file);
      const changed = Buffer.from(before);
      changed[at]! ^= 1;
      writeFileSync(file, changed);
      const result = await verifyWith(store, keys).catch((error: unknown) => error);
      writeFileSync(file, before);
      if (name !== 'key.json' || !isSameKey(changed, before))
        assert.notEqual((result as Partial<Verification>).state, 'sound', `${name}, byte ${String(at)}`);
    }
    store.close();
    counts.push(['a byte of the state folder', chosen.length]);
  });

  it('never says sound with a page that holds noise, and leaves it as it is', async () => {
    const random = randomOf('pages');
    const bytes = readFileSync(whole);
    const pages = Array.from({ length: bytes.length / PAGE_BYTES }, (_, page) => page);
    const chosen = sample(pages, 20, 'pages');
    for (const page of chosen) {
      const noise = Buffer.from(bytes);
      for (let at = 0; at < PAGE_BYTES; at += 1) noise[page * PAGE_BYTES + at] = Math.floor(random() * 256);
      writeFileSync(path, noise);
      let state = 'refused';
      try {
        ({ state } = await check(true));
      } catch (error) {
        assert.equal((error as Failure).code, 'audit-damaged');
      }
      assert.notEqual(state, 'sound', `page ${String(page)}`);
      assert.ok(readFileSync(path).equals(noise), `page ${String(page)}`);
    }
    counts.push(['a page', chosen.length]);
  });

  it('refuses to sign a trail that does not begin as its last checkpoint', async () => {
    alter((other) =>
      other.prepare('UPDATE record SET leaf = ? WHERE seq = 299').run(leafHash(Buffer.from('x'))),
    );
    await withTrail(async (store) => {
      await store.append([entryOf(5000)]);
      await assert.rejects(seal(store, keys), { code: 'audit-tampered' });
    });
  });

  describe('once the key is lost', () => {
    let lost: TrailKeys;
    beforeEach(() => {
      copyFileSync(whole, path);
      lost = openTrailKeys({ XDG_STATE_HOME: join(base, 'lost') });
    });
    afterEach(() => {
      rmSync(join(base, 'lost'), { recursive: true, force: true });
    });
    const stateOf = async (): Promise<string> =>
      withTrail(async (store) => (await verifyWith(store, lost)).state);
    const addAndSeal = (): Promise<string> =>
      withTrail(async (store) => {
        await store.append([entryOf(1000)]);
        return sealAndRemember(store, lost);
      });

    it('the trail is unknown, also after a new key signed it', async () => {
      assert.equal(await stateOf(), 'unknown');
      await addAndSeal();
      assert.equal(await stateOf(), 'unknown');
    });

    it('it is unknown where the last note is still remembered, too', async () => {
      cpSync(join(base, 'workspace-logs'), join(base, 'lost', 'workspace-logs'), { recursive: true });
      rmSync(join(base, 'lost', 'workspace-logs', 'audit', 'key.json'));
      assert.equal(await stateOf(), 'unknown');
      await addAndSeal();
      assert.equal(await stateOf(), 'unknown');
    });

    it('it is sound for the person whose key it was, as far as that key signed', async () => {
      await addAndSeal();
      assert.partialDeepStrictEqual(await check(), { state: 'sound', records: RECORDS + 1, sealed: RECORDS });
    });

    it('it is sound once it is accepted, until that key is lost, too', async () => {
      await withTrail(async (store) => {
        lost.accept(store.trailId, await sealAndRemember(store, lost));
      });
      assert.equal(await stateOf(), 'sound');
      await addAndSeal();
      assert.equal(await stateOf(), 'sound');
      rmSync(join(base, 'lost', 'workspace-logs', 'audit', 'key.json'));
      await addAndSeal();
      assert.equal(await stateOf(), 'unknown');
    });
  });
});

/** The places of the digit of a user’s name in each cell of an index, in the bytes of a database. */
function indexTexts(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let page = PAGE_BYTES; page < bytes.length; page += PAGE_BYTES) {
    // SQLite's file format, section 1.6: an index has inner pages of kind 2 and leaves of kind 10.
    const kind = bytes[page];
    if (kind !== 2 && kind !== 10) continue;
    const isLeaf = kind === 10;
    const cells = bytes.readUInt16BE(page + 3);
    for (let cell = 0; cell < cells; cell += 1) {
      const start = page + bytes.readUInt16BE(page + (isLeaf ? 8 : 12) + 2 * cell) + (isLeaf ? 0 : 4);
      const at = bytes.indexOf('user ', start);
      if (at !== -1 && at < start + (bytes[start] ?? 0)) places.push(at + 5);
    }
  }
  return places;
}

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
