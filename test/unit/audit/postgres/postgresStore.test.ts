import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgresStore, openPostgresStoreToRead } from '../../../../src/audit/postgres/postgresStore.ts';
import { prove } from '../../../../src/audit/proof.ts';
import { query } from '../../../../src/audit/query.ts';
import { prune } from '../../../../src/audit/retention/prune.ts';
import { seal } from '../../../../src/audit/seal.ts';
import type { AuditStore, ConnectionSource } from '../../../../src/audit/store.ts';
import { openTrailKeys, verifierOf } from '../../../../src/audit/trailKeys.ts';
import { verify, type Finding, type Verification } from '../../../../src/audit/verify.ts';
import { isFailure } from '../../../../src/base/failure.ts';
import { describe as inWords } from '../../../../src/words/failures.ts';
import { freshFolders } from '../../freshFolders.ts';
import { PostgresServer, type Proxy } from './postgresServer.ts';
import { loginOf } from '../sampleTrail.ts';

/** What an error of `assert.rejects` has to be. */
function outage(why: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isFailure(error, 'audit-database'), String(error));
    assert.equal(error.data.why, why);
    return true;
  };
}

/** Long enough on any machine. A test that waits in vain becomes `HASTY` where its wait begins. */
const calm = { connectMs: 5000, answerMs: 10_000, longestWaitMs: 1 };
const HASTY = { answerMs: 300 };

describe('the store in PostgreSQL, as others use its database', () => {
  const folders = freshFolders();
  const opened: AuditStore[] = [];
  let server: PostgresServer;
  let schema: string;

  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.remove());
  beforeEach(async () => {
    schema = await server.schema();
  });
  afterEach(() => {
    for (const store of opened.splice(0)) store.close();
  });

  const open = async (
    options?: Parameters<PostgresServer['url']>[1],
    patience?: typeof calm,
  ): Promise<AuditStore> => {
    const store = await openPostgresStore({ connectionString: server.url(schema, options) }, {}, patience);
    opened.push(store);
    return store;
  };
  const keys = (): ReturnType<typeof openTrailKeys> => openTrailKeys(folders.environment);
  const check = (store: AuditStore): Promise<Verification> =>
    verify(store, {
      verifiers: [verifierOf(keys().ownKey(), store.trailId)],
      seen: keys().lastSeen(store.trailId),
      indexes: true,
    });
  const sealed = async (store: AuditStore): Promise<string> => {
    const note = (await seal(store, keys())) ?? '';
    keys().remember(store.trailId, note);
    return note;
  };

  it('makes its tables once, however many open it at first', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => open()));
    assert.equal(new Set(stores.map(({ trailId }) => trailId)).size, 1);
    assert.match(stores[0]?.trailId ?? '', /^[0-9a-f]{16}$/);
  });

  it('puts the records of sixteen clients into one tree, while two of them seal', async () => {
    const stores = await Promise.all(Array.from({ length: 16 }, () => open()));
    const [one, other] = stores as [AuditStore, AuditStore];
    let isDone = false;
    const sealing = [one, other].map(async (store) => {
      while (!isDone) await sealed(store);
    });
    const outcomes = await Promise.all(
      stores.map(async (store, client) => {
        const found = [];
        for (let number = 0; number < 20; number += 1)
          found.push(
            ...(await store.append([loginOf(`${String(client)}-${String(number)}`), loginOf('shared')])),
          );
        return found;
      }),
    );
    isDone = true;
    await Promise.all(sealing);
    const all = outcomes.flat();
    assert.equal(all.filter((outcome) => outcome === 'appended').length, 16 * 20 + 1);
    assert.equal(all.filter((outcome) => outcome === 'duplicate').length, 16 * 20 - 1);
    await sealed(one);
    assert.partialDeepStrictEqual(await check(one), { state: 'sound', records: 321, sealed: 321 });
    const entries = await one.entries(0, 1000);
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, place) => place),
    );
    // Each client's records stand in the order in which it appended them.
    const mine = entries
      .map(({ entry }) => /"id":"7-(\d+)"/.exec(entry)?.[1])
      .filter((id) => id !== undefined);
    assert.deepEqual(
      mine,
      mine.map((_, place) => String(place)),
    );
  });

  it('gives each record one place, however many give them at once', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open()));
    const [one] = stores as [AuditStore];
    for (let round = 0; round < 5; round += 1) {
      await one.append(
        Array.from({ length: 50 }, (_, number) => loginOf(`${String(round)}-${String(number)}`)),
      );
      const sizes = await Promise.all(stores.map((store) => store.size()));
      assert.deepEqual(sizes, Array(4).fill((round + 1) * 50));
    }
    assert.deepEqual(await server.query(schema, 'SELECT * FROM pending'), []);
  });

  it('waits while another one gives places', async () => {
    const patience = { ...calm };
    const store = await open(undefined, patience);
    await store.append([loginOf('a')]);
    const { default: pg } = await import('pg');
    const other = new pg.Client({ connectionString: server.url(schema) });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT id FROM sequencer FOR UPDATE');
    Object.assign(patience, HASTY);
    await assert.rejects(store.size(), outage('timeout'));
    Object.assign(patience, calm);
    assert.deepEqual(await store.append([loginOf('b')]), ['appended']);
    await other.end();
    // The statement that was given up may still do its work.
    assert.equal(await (await open()).size(), 2);
  });

  it('has the view with the nine columns', async () => {
    await (await open()).append([loginOf('a', { metadata: { b: 1 } })]);
    assert.deepEqual(await server.query(schema, 'SELECT * FROM billing_audit_log'), [
      {
        id: 'a',
        user_id: 'anna',
        action: 'login',
        entity_type: 'user',
        entity_id: 'u-1',
        description: null,
        changes: null,
        audit_metadata: '{"b":1}',
        created_at: '1738368000',
      },
    ]);
  });

  describe('with the grants of the documentation', () => {
    const users = { writer: { user: 'audit_writer' }, reader: { user: 'audit_reader' } };
    before(() =>
      server
        .query('public', 'CREATE ROLE audit_writer LOGIN; CREATE ROLE audit_reader LOGIN;')
        .then(() => undefined),
    );
    beforeEach(async () => {
      await open();
      const text = readFileSync(join(import.meta.dirname, '../../../../docs/audit-postgres.md'), 'utf8');
      const grants = /```sql\n([^]*?)```/.exec(text)?.[1] ?? assert.fail('the page has no grants');
      const random = crypto.randomUUID();
      for (const { user } of Object.values(users))
        await server.query(
          schema,
          `ALTER ROLE ${user} PASSWORD '${random}'; GRANT USAGE ON SCHEMA ${schema} TO ${user}`,
        );
      Object.assign(users.writer, { password: random });
      Object.assign(users.reader, { password: random });
      await server.query(schema, grants);
    });

    it('a writer appends and seals', async () => {
      const store = await open(users.writer);
      await store.append(Array.from({ length: 300 }, (_, number) => loginOf(String(number))));
      await sealed(store);
      assert.partialDeepStrictEqual(await check(store), { state: 'sound', records: 300, sealed: 300 });
    });

    it('a reader sees all, and writes nothing', async () => {
      const [writer, reader] = [await open(users.writer), await open(users.reader)];
      await writer.append([loginOf('a')]);
      const note = await sealed(writer);
      await writer.append([loginOf('b')]);
      const { records } = await query(reader, { filter: {}, limit: 9 });
      assert.deepEqual(
        records.map(({ id }) => id),
        ['b', 'a'],
      );
      assert.equal((await check(reader)).state, 'sound');
      assert.equal((await prove(reader, 'a', note)).leaf, 0);
      await assert.rejects(reader.append([loginOf('c')]), outage('rights'));
    });

    it('a writer may not prune, and no record says that it did', async () => {
      const store = await open(users.writer);
      await store.append(Array.from({ length: 300 }, (_, number) => loginOf(String(number))));
      const record = (): Promise<unknown> => store.append([loginOf('pruned')]);
      await assert.rejects(prune(store, keys(), { before: 256, record }), outage('rights'));
      assert.deepEqual([await store.first(), await store.size()], [0, 300]);
    });

    const forbidden = [
      ...['record', 'place', 'node', 'checkpoint', 'trail'].flatMap((table) => [
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
        `DROP TABLE ${table} CASCADE`,
      ]),
      `UPDATE record SET entry = 'x'`,
      'UPDATE place SET seq = seq + 1',
      `UPDATE node SET hash = ''`,
      `UPDATE checkpoint SET note = 'x'`,
      `UPDATE trail SET id = 'x'`,
      `UPDATE billing_audit_log SET user_id = 'x'`,
      'DELETE FROM billing_audit_log',
      'ALTER TABLE record DISABLE TRIGGER ALL',
    ];
    it('nobody but the owner changes or deletes anything', async () => {
      const { default: pg } = await import('pg');
      for (const user of Object.values(users)) {
        const client = new pg.Client({ connectionString: server.url(schema, user) });
        await client.connect();
        for (const statement of forbidden)
          await assert.rejects(client.query(statement), { code: '42501' }, `${user.user}: ${statement}`);
        await client.end();
      }
    });
  });

  describe('finds what the owner changes', () => {
    const rows: [statement: string, finding: Partial<Finding>][] = [
      [
        `UPDATE record SET entry = replace(entry, 'anna', 'bert') WHERE id = '7'`,
        { kind: 'altered', seq: 7, id: '7' },
      ],
      [`UPDATE record SET user_id = 'bert' WHERE id = '7'`, { kind: 'altered', seq: 7, id: '7' }],
      [`UPDATE record SET leaf = sha256('x') WHERE id = '7'`, { kind: 'altered', seq: 7, id: '7' }],
      [`DELETE FROM record WHERE id = '7'`, { kind: 'removed', seq: 7 }],
      [`DELETE FROM place WHERE seq = 299; DELETE FROM record WHERE id = '299'`, { kind: 'cut', seq: 299 }],
      [
        `UPDATE place SET seq = 1000 WHERE seq = 7; UPDATE place SET seq = 7 WHERE seq = 8;
         UPDATE place SET seq = 8 WHERE seq = 1000`,
        { kind: 'reordered' },
      ],
      [
        `INSERT INTO record (id, user_id, action, entity_type, entity_id, created_at, entry, leaf)
         SELECT 'new', user_id, action, entity_type, entity_id, created_at, entry, leaf FROM record WHERE id = '7'`,
        { kind: 'inserted', seq: -1 },
      ],
      [`DELETE FROM place WHERE seq = 7`, { kind: 'inserted', seq: -1, id: '7' }],
      [`UPDATE node SET hash = sha256('x')`, { kind: 'altered', from: 0, to: 255 }],
      ['DELETE FROM checkpoint', { kind: 'removed', from: 0, to: 299 }],
    ];
    for (const [statement, finding] of rows)
      it(statement.replaceAll(/\s+/g, ' '), async () => {
        const store = await open();
        await store.append(Array.from({ length: 300 }, (_, number) => loginOf(String(number))));
        await sealed(store);
        assert.equal((await check(store)).state, 'sound');
        await server.query(schema, statement);
        const { state, first } = await check(store);
        assert.equal(state, 'tampered');
        assert.partialDeepStrictEqual(first, finding);
      });
  });

  it('finds an index that lacks a record', async () => {
    const store = await open();
    await store.append([loginOf('a'), loginOf('b')]);
    assert.deepEqual(await store.indexProblems(), []);
    for (const name of ['idx_audit_user', 'place_number_key']) {
      // So the server enters no new row into it.
      const ready = `UPDATE pg_index SET indisready = $1 WHERE indexrelid = '${name}'::regclass`;
      await server.query(schema, ready, [false]);
      await store.append([loginOf(name)]);
      await store.size();
      await server.query(schema, ready, [true]);
      assert.deepEqual(await store.indexProblems(), [`${name} leads to 2 rows`]);
      await server.query(schema, `REINDEX INDEX ${name}`);
      await server.query(
        schema,
        `DELETE FROM place USING record WHERE place.number = record.number AND id = $1`,
        [name],
      );
      await server.query(schema, `DELETE FROM record WHERE id = $1`, [name]);
    }
  });

  describe('leaves', () => {
    const strangers: [what: string, statements: string, code: string, why?: string][] = [
      ['a newer version', 'UPDATE trail SET version = 99', 'audit-newer'],
      ['a trail without its id', 'DELETE FROM trail', 'audit-damaged'],
      [
        'another program’s trail',
        'DROP TABLE trail; CREATE TABLE trail (a integer)',
        'audit-database',
        'foreign',
      ],
      ['another program’s record', 'DROP TABLE trail', 'audit-database', 'foreign'],
    ];
    for (const [what, statements, code, why] of strangers)
      it(what, async () => {
        const store = await open();
        await store.append([loginOf('a')]);
        await server.query(schema, statements);
        await assert.rejects(open(), why === undefined ? { code } : outage(why));
        assert.deepEqual(await server.query(schema, 'SELECT id FROM record'), [{ id: 'a' }]);
      });

    it('a database that cannot hold every character', async () => {
      await server.query(
        'public',
        `CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      );
      schema = 'public';
      await assert.rejects(open({ database: 'latin' }), {
        data: { name: 'PostgreSQL', why: 'encoding', code: '' },
      });
    });
  });

  it('is nothing to read where it was never begun', async () => {
    const source = { connectionString: server.url(schema) };
    assert.equal(await openPostgresStoreToRead(source, {}), undefined);
    assert.deepEqual(
      await server.query(schema, 'SELECT * FROM pg_tables WHERE schemaname = $1', [schema]),
      [],
    );
    await open();
    opened.push((await openPostgresStoreToRead(source, {})) ?? assert.fail());
  });

  it('prunes the oldest records', async () => {
    const store = await open();
    await store.append(
      Array.from({ length: 300 }, (_, number) =>
        loginOf(String(number), { created_at: 1_738_368_000 + number }),
      ),
    );
    assert.equal(await store.first(), 0);
    assert.equal(await store.expired(1_738_368_270, 1_800_000_000), 270);
    await store.prune(256);
    assert.deepEqual([await store.first(), await store.size()], [256, 300]);
    assert.equal(await store.find('255'), undefined);
    assert.equal((await store.find('256'))?.seq, 256);
    assert.equal(await store.count({}, 1000), 44);
  });

  describe('the connection string', () => {
    const source = async (one: ConnectionSource, environment = {}): Promise<AuditStore> => {
      const store = await openPostgresStore(one, environment, calm);
      opened.push(store);
      return store;
    };

    it('comes from the environment or from a file of its owner’s', async () => {
      const url = server.url(schema);
      const file = folders.put('database', `${url}\n`);
      chmodSync(file, 0o600);
      const stores = [
        await source({ env: 'AUDIT' }, { AUDIT: url }),
        await source({ file }),
        await source({ connectionString: url }),
      ];
      assert.equal(new Set(stores.map(({ trailId }) => trailId)).size, 1);
      chmodSync(file, 0o640);
      await assert.rejects(source({ file }), { data: { name: file, why: 'open-to-others', code: '' } });
    });

    it('is in no message, and no cause holds it', async () => {
      const right = server.url(schema);
      const password = new URL(right).password;
      const secret = crypto.randomUUID();
      const rows: [what: string, url: string, why: string][] = [
        ['a wrong password', server.url(schema, { password: secret }), 'login'],
        ['an unknown user', server.url(schema, { user: secret, password: secret }), 'login'],
        ['an unknown database', server.url(schema, { database: secret }), 'login'],
        ['no password', right.replace(`:${password}@`, '@'), 'login'],
        ['a wrong port', `postgresql://u:${secret}@127.0.0.1:1/x`, 'unreachable'],
        ['a missing socket', `postgresql://u:${secret}@localhost/x?host=/nowhere/${secret}`, 'unreachable'],
        [
          'a certificate that is missing',
          `${right}&sslmode=verify-full&sslrootcert=/nowhere/${secret}`,
          'address',
        ],
        ['no address', secret, 'address'],
        ['another protocol', `mysql://u:${secret}@localhost/x`, 'address'],
        ['an address with a wrong port', `postgresql://u:${secret}@localhost:port/x`, 'address'],
        ['an address with a wrong escape', `postgresql://u:%${secret}@localhost/%`, 'address'],
        ['nothing', '', 'address'],
      ];
      for (const [what, url, why] of rows)
        await assert.rejects(source({ env: 'AUDIT' }, { AUDIT: url }), (error) => {
          assert.ok(isFailure(error, 'audit-database'), what);
          const { code, data, message, cause, stack } = error;
          assert.equal(data.why, why, what);
          const all = JSON.stringify([code, data, message, String(cause), stack, inWords(error)]);
          assert.match(all, /AUDIT/);
          assert.ok(!all.includes(secret) && !all.includes(password), what);
          return true;
        });
    });
  });

  describe('when the server fails', () => {
    let proxy: Proxy;
    beforeEach(async () => {
      proxy = await server.throughProxy();
    });
    afterEach(() => {
      proxy.close();
    });
    const isAppend = (message: string): boolean => message.includes('INSERT INTO record');

    it('counts a record as appended whose answer was lost', async () => {
      const store = await open({ socket: proxy.socket });
      let lost = 0;
      proxy.onRequest = (message) => {
        if (!isAppend(message) || lost > 0) return 'pass';
        lost += 1;
        return 'lose the answer';
      };
      assert.deepEqual(await store.append([loginOf('a'), loginOf('b')]), ['appended', 'appended']);
      assert.equal(lost, 1);
      assert.equal(await store.size(), 2);
      lost = 0;
      assert.deepEqual(await store.append([loginOf('a', { x: 1 }), loginOf('c')]), ['conflict', 'appended']);
    });

    it('gives up where each answer is lost', async () => {
      const store = await open({ socket: proxy.socket }, calm);
      let lost = 0;
      proxy.onRequest = () => {
        lost += 1;
        return 'lose the answer';
      };
      await assert.rejects(store.append([loginOf('a')]), outage('unreachable'));
      assert.ok(lost >= 5);
    });

    it('waits no longer than it may for an answer, and goes on when the server does', async () => {
      const patience = { ...calm };
      const store = await open({ socket: proxy.socket }, patience);
      proxy.onRequest = (message) => (isAppend(message) ? 'hang' : 'pass');
      Object.assign(patience, HASTY);
      await assert.rejects(store.append([loginOf('a')]), outage('timeout'));
      proxy.onRequest = () => 'hang';
      await assert.rejects(store.append([loginOf('a')]), outage('timeout'));
      await assert.rejects(open({ socket: proxy.socket }, { ...calm, ...HASTY }), outage('timeout'));
      proxy.onRequest = () => 'pass';
      Object.assign(patience, calm);
      assert.deepEqual(await store.append([loginOf('a')]), ['appended']);
    });

    it('lets no client that stops keep the others from giving places', async () => {
      const [stopped, other] = [await open({ socket: proxy.socket }, calm), await open()];
      await other.append([loginOf('a')]);
      proxy.onRequest = (message) => (message.includes('FOR UPDATE') ? 'lose the answer' : 'pass');
      await assert.rejects(stopped.size(), { code: 'audit-database' });
      assert.equal(await other.size(), 1);
    });

    it('tries again where the server answers 40001 a hundred times', async () => {
      const store = await open(undefined, calm);
      await server.query(
        schema,
        `CREATE SEQUENCE tries;
         CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('tries') <= 100 THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF;
           RETURN NEW;
         END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION refuse();
         CREATE TRIGGER refuse BEFORE INSERT ON place FOR EACH ROW EXECUTE FUNCTION refuse()`,
      );
      assert.deepEqual(await store.append([loginOf('a')]), ['appended']);
      assert.equal(await store.size(), 1);
      assert.deepEqual(await server.query(schema, 'SELECT last_value FROM tries'), [{ last_value: '102' }]);
      await server.query(schema, `ALTER SEQUENCE tries RESTART WITH 1 INCREMENT BY 1 MINVALUE -1000`);
      await server.query(schema, `SELECT setval('tries', -1000)`);
      await assert.rejects(store.append([loginOf('b')]), outage('conflicts'));
    });

    it('loses no acknowledged record when the server restarts', async () => {
      const store = await open(undefined, calm);
      const acknowledged: string[] = [];
      const over = new AbortController();
      let onAcknowledged = (): void => undefined;
      const appending = (async () => {
        for (let number = 0; !over.signal.aborted; number += 1) {
          try {
            await store.append([loginOf(String(number))]);
            acknowledged.push(String(number));
            onAcknowledged();
          } catch (error) {
            assert.ok(isFailure(error, 'audit-database'));
            assert.equal(error.data.why, 'unreachable');
          }
        }
      })();
      const more = (): Promise<void> =>
        new Promise((resolve) => {
          const goal = acknowledged.length + 20;
          onAcknowledged = () => {
            if (acknowledged.length >= goal) resolve();
          };
        });
      for (let restart = 0; restart < 2; restart += 1) {
        await more();
        await server.stop();
        await server.run();
      }
      await more();
      over.abort();
      await appending;
      const found = new Set(
        (await store.entries(0, 1e6)).map(({ entry }) => (JSON.parse(entry) as { id: string }).id),
      );
      assert.deepEqual(
        acknowledged.filter((id) => !found.has(id)),
        [],
      );
      await sealed(store);
      assert.equal((await check(store)).state, 'sound');
    });
  });
});
