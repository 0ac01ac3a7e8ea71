import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openPostgresStore } from '../../../src/audit/postgres/postgresStore.ts';
import { exportPart, type ExportPart } from '../../../src/audit/exportFormats.ts';
import { checkProof, formatProof, prove } from '../../../src/audit/proof.ts';
import { query } from '../../../src/audit/query.ts';
import type { NewEntry } from '../../../src/audit/record.ts';
import { seal } from '../../../src/audit/seal.ts';
import { openSqliteStore } from '../../../src/audit/sqliteStore.ts';
import type { AuditFilter, AuditStore } from '../../../src/audit/store.ts';
import { openTrailKeys, verifierOf, type TrailKeys } from '../../../src/audit/trailKeys.ts';
import { verify, type Verification } from '../../../src/audit/verify.ts';
import { randomOf, seed } from '../../chance.ts';
import { freshFolders, type FreshFolders } from '../freshFolders.ts';
import { PostgresServer } from './postgres/postgresServer.ts';

const FIRST = 1_738_368_000;

function entryOf(id: string, fields: object = {}): NewEntry {
  const record = {
    id,
    user_id: 'anna',
    action: 'login',
    entity_type: 'user',
    entity_id: 'u-1',
    created_at: FIRST,
    ...fields,
  };
  return { entry: JSON.stringify(record), filled: [] };
}

/** A way to open one empty store several times. */
type Opening = (folders: FreshFolders) => Promise<() => Promise<AuditStore>>;

function storeContract(kind: string, opening: Opening): void {
  describe(`the store in ${kind} (seed ${String(seed)})`, () => {
    const folders = freshFolders();
    const opened: AuditStore[] = [];
    let open: () => Promise<AuditStore>;
    let store: AuditStore;
    let keys: TrailKeys;

    beforeEach(async () => {
      const another = await opening(folders);
      open = async () => {
        const one = await another();
        opened.push(one);
        return one;
      };
      store = await open();
      keys = openTrailKeys(folders.environment);
    });
    afterEach(() => {
      for (const one of opened.splice(0)) one.close();
    });

    const check = (): Promise<Verification> =>
      verify(store, {
        verifiers: [verifierOf(keys.ownKey(), store.trailId)],
        seen: keys.lastSeen(store.trailId),
        indexes: true,
      });
    const idsOf = async (filter: AuditFilter): Promise<unknown[]> =>
      (await query(store, { filter, limit: 100 })).records.map(({ id }) => id);

    it('is empty at first', async () => {
      assert.equal(await store.size(), 0);
      assert.deepEqual(await store.rows(-Infinity, 9), []);
      assert.equal(await store.newestCheckpoint(), undefined);
      assert.deepEqual(await query(store, { filter: {}, limit: 9 }), {
        total: 0,
        totalIsExact: true,
        records: [],
        cursor: null,
      });
      assert.deepEqual(await store.append([]), []);
    });

    it('counts the same record once, and reports another one with its id', async () => {
      const given = [entryOf('a'), entryOf('b'), entryOf('a'), entryOf('b', { x: 1 })];
      assert.deepEqual(await store.append(given), ['appended', 'appended', 'duplicate', 'conflict']);
      assert.deepEqual(await store.append([entryOf('b', { x: 1 }), entryOf('c'), entryOf('a')]), [
        'conflict',
        'appended',
        'duplicate',
      ]);
      assert.deepEqual(await store.append([entryOf('d'), entryOf('e'), entryOf('d')]), [
        'appended',
        'appended',
        'duplicate',
      ]);
      assert.equal(await store.size(), 5);
      assert.deepEqual(
        (await store.entries(0, 9)).map(({ seq, entry }) => [seq, entry]),
        ['a', 'b', 'c', 'd', 'e'].map((id, seq) => [seq, entryOf(id).entry]),
      );
    });

    it('appends from two connections into one order', async () => {
      const other = await open();
      assert.equal(store.trailId, other.trailId);
      await store.append([entryOf('a')]);
      await other.append([entryOf('b')]);
      await store.append([entryOf('c')]);
      assert.deepEqual(
        (await other.entries(-Infinity, 9)).map(({ seq, entry }) => [seq, entry]),
        ['a', 'b', 'c'].map((id, seq) => [seq, entryOf(id).entry]),
      );
      assert.deepEqual(
        (await store.rows(1, 1)).map(({ seq }) => seq),
        [1],
      );
    });

    it('answers all filters as a plain search does, page by page', async () => {
      const rows = Array.from({ length: 400 }, (_, number) => ({
        id: String(number),
        user_id: `u${String(number % 3)}`,
        action: `a${String(number % 5)}`,
        entity_type: `t${String(number % 2)}`,
        entity_id: `e${String(number % 7)}`,
        created_at: FIRST + (number % 50),
      }));
      await store.append(rows.map((row) => entryOf(row.id, row)));
      const parts: AuditFilter[] = [
        { user: 'u1' },
        { action: 'a2' },
        { entityType: 't1' },
        { entityId: 'e3' },
        { from: FIRST + 10, to: FIRST + 40 },
        { text: '"id":"1' },
        { actions: ['a1', 'a2', 'a4'] },
      ];
      for (let choice = 0; choice < 2 ** parts.length; choice += 1) {
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
              (filter.text === undefined || row.id.startsWith('1')) &&
              (filter.actions === undefined || filter.actions.includes(row.action)),
          )
          .sort((one, other) => other.created_at - one.created_at || other.seq - one.seq)
          .map(({ id }) => id);
        const found: unknown[] = [];
        for (let cursor: string | undefined; ;) {
          const page = await query(store, { filter, limit: 90, cursor });
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
    });

    it('takes a time between two seconds, and one beyond all', async () => {
      await store.append([entryOf('a'), entryOf('b', { created_at: FIRST + 1 })]);
      const rows: [AuditFilter, string[]][] = [
        [{ from: FIRST + 0.5 }, ['b']],
        [{ to: FIRST + 0.5 }, ['a']],
        [{ from: -Infinity, to: Infinity }, ['b', 'a']],
        [{ from: Infinity }, []],
        [{ to: -1e300 }, []],
      ];
      for (const [filter, expected] of rows) assert.deepEqual(await idsOf(filter), expected);
    });

    it('refuses the cursor of another query', async () => {
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
      const other = openSqliteStore(join(folders.logs, 'other.db'));
      opened.push(other);
      const asked = { filter: { user: 'anna' }, limit: 1, cursor };
      await assert.rejects(query(other, asked), { code: 'cursor-invalid' });
    });

    it('finds a text however the entry escapes it', async () => {
      const plain = entryOf('a', { description: 'say "Ä"' });
      const ascii = { ...entryOf('b'), entry: plain.entry.replace('"a"', '"b"').replace('Ä', '\\u00c4') };
      await store.append([plain, ascii, entryOf('c')]);
      assert.deepEqual(await idsOf({ text: 'say "Ä"' }), ['b', 'a']);
    });

    it('keeps and finds texts of all lengths and characters', async () => {
      const random = randomOf('texts');
      const any = (length: number): string =>
        Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
      const texts = [
        '\\x41\\\\',
        String.raw`{"a",NULL}\'`,
        "'; DROP TABLE record; --",
        '\u{1f600}'.repeat(600),
        any(20_000),
        ` ${any(20_000)}`,
        '\u2028\ufffd\u0001',
      ];
      for (const field of ['id', 'user_id', 'action', 'entity_type', 'entity_id'])
        await store.append(
          texts.map((text, number) => entryOf(`${field} ${String(number)}`, { [field]: text })),
        );
      const long = entryOf('long', { request_object: any(900_000) });
      assert.deepEqual(await store.append([long]), ['appended']);
      assert.equal((await store.find('long'))?.entry, long.entry);
      for (const [number, text] of texts.entries()) {
        assert.equal((await store.find(text))?.entry, entryOf('', { id: text }).entry);
        assert.deepEqual(await store.append([entryOf('', { id: text })]), ['duplicate']);
        const filters = {
          user_id: 'user',
          action: 'action',
          entity_type: 'entityType',
          entity_id: 'entityId',
        };
        for (const [field, name] of Object.entries(filters))
          assert.deepEqual(await idsOf({ [name]: text }), [`${field} ${String(number)}`]);
      }
      assert.equal((await check()).records, texts.length * 5 + 1);
    });

    it('cuts a column at a NUL, drops lone surrogates from it, and keeps the entry', async () => {
      const odd = entryOf('odd', { user_id: 'an\0na', description: 'a\ud800b' });
      await store.append([odd]);
      assert.deepEqual(await idsOf({ user: 'an' }), ['odd']);
      assert.deepEqual(await idsOf({ user: 'an\0na' }), []);
      assert.equal(await store.find('an\0na'), undefined);
      assert.equal((await store.find('odd'))?.entry, odd.entry);
      const { state, records } = await check();
      assert.deepEqual([state, records], ['unknown', 1]);
    });

    it('takes many megabytes at once', async () => {
      const many = Array.from({ length: 12 }, (_, number) =>
        entryOf(String(number), { request_object: String(number).repeat(900_000) }),
      );
      assert.deepEqual(await store.append([...many, ...many]), [
        ...many.map(() => 'appended'),
        ...many.map(() => 'duplicate'),
      ]);
      assert.equal(await store.size(), 12);
    });

    it('reads few of long records at once, and all of them one after the other', async () => {
      const long = (id: string): NewEntry => entryOf(id, { description: 'ä'.repeat(450_000) });
      const ids = Array.from({ length: 12 }, (_, number) => String(number));
      await store.append(ids.map(long));
      for (const read of [store.rows.bind(store), store.entries.bind(store)]) {
        const found: number[] = [];
        for (let most = 0; ;) {
          const rows = await read(found.length, 500);
          found.push(...rows.map(({ seq }) => seq));
          most = Math.max(most, rows.length);
          if (rows.length > 0) continue;
          assert.ok(most > 1 && most < 7, String(most));
          break;
        }
        assert.deepEqual(found, ids.map(Number));
      }
      assert.equal((await store.rows(11, 500)).length, 1);
    });

    it('seals, verifies, proves and exports', async () => {
      let note: string | undefined;
      for (const size of [100, 400, 530]) {
        const from = await store.size();
        await store.append(Array.from({ length: size - from }, (_, index) => entryOf(String(from + index))));
        note = await seal(store, keys);
        keys.remember(store.trailId, note ?? '');
      }
      assert.partialDeepStrictEqual(await check(), { state: 'sound', records: 530, sealed: 530 });
      assert.deepEqual(
        (await store.checkpoints()).map(({ size }) => size),
        [100, 400, 530],
      );
      assert.deepEqual(
        (await store.nodes({ level: -1, index: 0 }, 9)).map(({ level, index }) => [level, index]),
        [
          [8, 0],
          [8, 1],
        ],
      );
      const [older] = await store.checkpoints();
      const proof = await prove(store, '333', note ?? '', older?.note);
      const verifiersFor = (): ReturnType<typeof verifierOf>[] => [verifierOf(keys.ownKey(), store.trailId)];
      assert.equal(checkProof(formatProof(proof), verifiersFor), 'sound');
      const text = Array.from({ length: 530 }, (_, number) => `${entryOf(String(number)).entry}\n`).join('');
      let exported = '';
      for (let from: number | null = 0; from !== null;) {
        const part: ExportPart = await exportPart(store, {
          ...{ format: 'jsonl', filter: {}, end: 530, count: 0 },
          from,
        });
        exported += part.text;
        from = part.next;
      }
      assert.equal(exported, text);
    });

    it('seals while another program appends and seals', async () => {
      await store.append([entryOf('a')]);
      const size = async (): Promise<number> => {
        const found = await store.size();
        await store.append([entryOf('b')]);
        keys.remember(store.trailId, (await seal(store, keys)) ?? '');
        return found;
      };
      const busy = new Proxy(store, {
        get: (target, name) => {
          const value: unknown = name === 'size' ? size : Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      keys.remember(store.trailId, (await seal(busy, keys)) ?? '');
      assert.partialDeepStrictEqual(await check(), { state: 'sound', records: 2, sealed: 2 });
    });

    it('keeps nodes and checkpoints that are there', async () => {
      const [hash, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
      await store.seal([{ level: 8, index: 0, hash }], { size: 1, note: 'one' });
      await store.seal(
        [
          { level: 8, index: 0, hash: other },
          { level: 8, index: 1, hash: other },
        ],
        { size: 1, note: 'other' },
      );
      assert.deepEqual(await store.checkpoints(), [{ size: 1, note: 'one' }]);
      assert.deepEqual(
        (await store.hashes(8, 0, 2)).map((one) => Buffer.from(one)),
        [hash, other],
      );
      assert.equal(await store.nodeCount(8), 2);
    });
  });
}

describe('a store of the audit trail', () => {
  storeContract('SQLite', ({ logs }) => {
    const path = join(logs, 'audit.db');
    return Promise.resolve(() => Promise.resolve(openSqliteStore(path)));
  });

  describe('on a server', () => {
    let server: PostgresServer;
    before(async () => {
      server = await PostgresServer.start();
    });
    after(() => server.remove());

    storeContract('PostgreSQL', async () => {
      const connectionString = server.url(await server.schema());
      return () => openPostgresStore({ connectionString }, {});
    });
  });
});
