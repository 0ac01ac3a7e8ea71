import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { exportPart } from '../../../../src/audit/exportFormats.ts';
import { checkProof, formatProof, prove } from '../../../../src/audit/proof.ts';
import { query } from '../../../../src/audit/query.ts';
import { pruneRecord, type NewEntry } from '../../../../src/audit/record.ts';
import { prunable, prune } from '../../../../src/audit/retention/prune.ts';
import { openSqliteStore } from '../../../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../../../src/audit/store.ts';
import { openTrailKeys, verifierOf, type TrailKeys } from '../../../../src/audit/trailKeys.ts';
import { DAY_MS } from '../../../../src/base/units.ts';
import { freshFolders } from '../../freshFolders.ts';
import { entriesOf, entryOf, meanwhile, sealAndRemember, START, verifyWith } from '../sampleTrail.ts';

const RECORDS = 600;

describe('prune', () => {
  const folders = freshFolders();
  let store: AuditStore;
  let keys: TrailKeys;
  const path = (): string => join(folders.logs, 'audit.db');

  beforeEach(() => {
    keys = openTrailKeys(folders.environment);
    store = openSqliteStore(path());
  });
  afterEach(() => {
    store.close();
  });

  const pruneEntry = (before: number, trailId = store.trailId): NewEntry => {
    const record = { ...pruneRecord(trailId, before, 'anna'), id: `prune-${String(before)}` };
    return { entry: JSON.stringify({ ...record, created_at: START + RECORDS }), filled: [] };
  };
  const pruneTo = (before: number): Promise<void> =>
    prune(store, keys, { before, entry: pruneEntry(before) });
  const fill = async (): Promise<void> => {
    await store.append(entriesOf(0, 300));
    await sealAndRemember(store, keys);
    await store.append(entriesOf(300, RECORDS));
    await sealAndRemember(store, keys);
  };
  /** What another program does to the database. */
  const alter = (sql: string): void => {
    const other = new DatabaseSync(path());
    for (const table of ['record', 'node'])
      other.exec(`DROP TRIGGER ${table}_no_update; DROP TRIGGER ${table}_no_delete`);
    other.exec(sql);
    other.close();
  };

  describe('goes as far as', () => {
    const now = START * 1000 + 100 * DAY_MS;
    const [old, young, wrong] = [START, START + 95 * 86_400, START + 200 * 86_400];
    const cases: [what: string, times: [count: number, time: number][], before: number][] = [
      ['nothing, in an empty trail', [], 0],
      ['nothing, if no record has expired', [[600, young]], 0],
      [
        'nothing, if no block of 256 has',
        [
          [255, old],
          [300, young],
        ],
        0,
      ],
      [
        'the only block that has',
        [
          [256, old],
          [1, young],
        ],
        256,
      ],
      [
        'the last whole block',
        [
          [600, old],
          [1, young],
        ],
        512,
      ],
      ['the last whole block, if all have', [[600, old]], 512],
      [
        'the first record that stays, whatever comes after it',
        [
          [256, old],
          [1, young],
          [600, old],
        ],
        256,
      ],
      [
        'the last record that has, if a time behind it cannot be',
        [
          [300, old],
          [300, wrong],
        ],
        256,
      ],
      [
        'a later record that has, if a time before it cannot be',
        [
          [1, wrong],
          [511, old],
        ],
        512,
      ],
      ['nothing, if no time can be', [[600, wrong]], 0],
    ];
    for (const [what, times, before] of cases)
      it(what, async () => {
        const all = times.flatMap(([count, time]) => Array.from({ length: count }, () => time));
        await store.append(all.map((created_at, number) => entryOf(number, { created_at })));
        assert.equal(await prunable(store, { days: 90 }, now), before);
      });
  });

  it('deletes whole blocks, and the trail is sound', async () => {
    await fill();
    await pruneTo(512);
    assert.deepEqual(
      (await store.entries(0, 1000)).map(({ seq }) => seq),
      Array.from({ length: 89 }, (_, index) => 512 + index),
    );
    assert.partialDeepStrictEqual(await verifyWith(store, keys, { indexes: true }), {
      state: 'sound',
      records: 601,
      pruned: 512,
      sealed: 601,
      checkpoint: { size: 601 },
    });
    assert.equal((await query(store, { filter: {}, limit: 1 })).total, 89);
    const all = await exportPart(store, { format: 'json', filter: {}, from: 0, end: 601, count: 0 });
    assert.equal((JSON.parse(all.text) as unknown[]).length, 89);
    assert.deepEqual(await store.append([entryOf(601)]), ['appended']);
    await sealAndRemember(store, keys);
    assert.equal((await verifyWith(store, keys)).state, 'sound');
    assert.equal(await prunable(store, { days: 1 }, START * 1000 + 10 * DAY_MS), 0);
  });

  it('leaves proofs good, those that were handed out and those to come', async () => {
    await fill();
    const note = await sealAndRemember(store, keys);
    const proofs = [await prove(store, 'r-5', note), await prove(store, 'r-590', note)];
    await pruneTo(512);
    proofs.push(await prove(store, 'r-590', await sealAndRemember(store, keys), note));
    const verifiers = [verifierOf(keys.ownKey(), store.trailId)];
    for (const proof of proofs)
      assert.equal(
        checkProof(formatProof(proof), () => verifiers),
        'sound',
      );
    await assert.rejects(prove(store, 'r-5', note), { code: 'audit-no-record' });
  });

  it('says which notes can still be compared', async () => {
    const notes: string[] = [];
    for (const [from, to] of [
      [0, 100],
      [100, 256],
      [256, 600],
    ] as const) {
      await store.append(entriesOf(from, to));
      notes.push(await sealAndRemember(store, keys));
    }
    await pruneTo(512);
    const [inside = '', atBlock = '', after = ''] = notes;
    const newest = await sealAndRemember(store, keys);
    for (const since of [atBlock, after]) {
      assert.equal((await verifyWith(store, keys, { since })).state, 'sound');
      assert.ok((await prove(store, 'r-590', newest, since)).consistency !== undefined);
    }
    const pruned = { code: 'audit-note-pruned', data: { size: 100 } };
    await assert.rejects(verifyWith(store, keys, { since: inside }), pruned);
    await assert.rejects(prove(store, 'r-590', newest, inside), pruned);
  });

  it('gives the space back, and leaves nothing of the records in the file', async () => {
    const texts = Array.from({ length: 512 }, (_, number) => `gone-${String(number)}-`);
    await store.append(
      texts.map((text, number) => entryOf(number, { user_id: text, description: text.repeat(100) })),
    );
    await store.append(entriesOf(512, 600));
    await sealAndRemember(store, keys);
    const size = (): number => statSync(path()).size;
    // Closing it brings all into the file.
    store.close();
    store = openSqliteStore(path());
    const before = size();
    await pruneTo(512);
    assert.ok(size() < before / 3, `${String(before)} → ${String(size())}`);
    const left = readdirSync(folders.logs).map((name) => readFileSync(join(folders.logs, name), 'latin1'));
    assert.deepEqual(left.join('').match(/gone-\d+/g), null);
  });

  it('does not disturb a verification', async () => {
    await store.append(entriesOf(0, 1200));
    await sealAndRemember(store, keys);
    // The records that it reads next are gone.
    const disturbed = meanwhile(store, 'rows', () => pruneTo(1024));
    assert.partialDeepStrictEqual(await verifyWith(disturbed, keys), { state: 'sound', pruned: 1024 });
  });

  it('leaves the triggers on, for a connection of before, too', async () => {
    await fill();
    const other = openSqliteStore(path());
    await other.append([entryOf(700)]);
    await pruneTo(256);
    assert.deepEqual(await other.append([entryOf(701)]), ['appended']);
    other.close();
    const database = new DatabaseSync(path());
    for (const sql of ['DELETE FROM record WHERE seq = 256', 'UPDATE record SET id = id'])
      assert.throws(() => {
        database.exec(sql);
      }, /only added to/);
    database.close();
  });

  it('may be interrupted after each block, and goes on at the next one', async () => {
    await fill();
    await store.append([pruneEntry(512)]);
    await store.prune(256);
    assert.partialDeepStrictEqual(await verifyWith(store, keys), { state: 'sound', pruned: 256 });
    const entry = { ...pruneEntry(512), entry: pruneEntry(512).entry.replace('prune-512', 'again') };
    await prune(store, keys, { before: 512, entry });
    assert.partialDeepStrictEqual(await verifyWith(store, keys), { state: 'sound', pruned: 512 });
  });

  it('comes after a prune, and may take its record', async () => {
    await fill();
    await pruneTo(256);
    await store.append(entriesOf(601, 800));
    await pruneTo(768);
    assert.partialDeepStrictEqual(await verifyWith(store, keys), {
      state: 'sound',
      pruned: 768,
      records: 801,
    });
  });

  it('does not let a person’s older note be taken for tampering', async () => {
    const other = openTrailKeys({ XDG_STATE_HOME: join(folders.state, 'other') });
    await store.append(entriesOf(0, 100));
    await sealAndRemember(store, other);
    await store.append(entriesOf(100, RECORDS));
    await pruneTo(512);
    assert.equal((await verifyWith(store, other)).state, 'unknown');
    await sealAndRemember(store, other);
    assert.partialDeepStrictEqual(await verifyWith(store, other), { state: 'sound', sealed: 601 });
  });

  const altered: [what: string, sql: string][] = [
    ['an entry', `UPDATE record SET entry = replace(entry, 'user', 'USER') WHERE seq = 300`],
    ['a time, so that a record seems to have expired', 'UPDATE record SET created_at = 5 WHERE seq = 300'],
    ['a leaf', 'UPDATE record SET leaf = zeroblob(32) WHERE seq = 300'],
    ['a node', 'UPDATE node SET hash = zeroblob(32) WHERE idx = 1'],
    ['a record less', 'DELETE FROM record WHERE seq = 300'],
    ['less at the beginning', 'DELETE FROM record WHERE seq < 100'],
  ];
  for (const [what, sql] of altered)
    it(`deletes nothing that was altered: ${what}`, async () => {
      await fill();
      alter(sql);
      const before = await store.rows(-Infinity, 1000);
      await assert.rejects(pruneTo(512), { code: 'audit-tampered' });
      assert.deepEqual(await store.rows(-Infinity, 1000), before);
    });

  const moreBlocks = 'DELETE FROM record WHERE seq < 512';
  const afterwards: [what: string, sql: string, seq: number][] = [
    ['a block’s hash altered', 'UPDATE node SET hash = zeroblob(32) WHERE idx = 0', 0],
    ['a block’s hash removed', 'DELETE FROM node WHERE idx = 0', 0],
    ['more blocks removed', moreBlocks, 256],
    ['more records removed', 'DELETE FROM record WHERE seq < 300', 0],
    ['a record that stayed altered', `UPDATE record SET user_id = 'x' WHERE seq = 300`, 300],
    ['its own record removed', `DELETE FROM record WHERE id = 'prune-256'`, 600],
  ];
  const assertFound = async (seq: number): Promise<void> => {
    const { state, first } = await verifyWith(store, keys);
    assert.deepEqual([state, first?.seq], ['tampered', seq]);
  };
  for (const [what, sql, seq] of afterwards)
    it(`is no cover for ${what}`, async () => {
      await fill();
      await pruneTo(256);
      alter(sql);
      await assertFound(seq);
    });

  it('is no cover for more blocks removed under the record of another trail', async () => {
    await fill();
    await pruneTo(256);
    await store.append([pruneEntry(512, '0123456789abcdef')]);
    alter(moreBlocks);
    await assertFound(256);
  });
});
