import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { openAudit, type Audit, type AuditOptions, type AuditRecord } from '../../../src/library/index.ts';
import { freshFolders } from '../freshFolders.ts';

const plan = (fields: object = {}): AuditRecord => ({
  user_id: 'anna',
  action: 'plan_updated',
  entity_type: 'plan',
  entity_id: 'pro',
  ...fields,
});

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

describe('openAudit', () => {
  const folders = freshFolders();
  let audit: Audit;

  beforeEach(async () => {
    folders.policy({ masking: { extraKeys: ['shoe size'] } });
    audit = await openAudit({ workspace: folders.root, actions: { shoe_sold: 'shop' } });
  });
  afterEach(() => audit.close());

  it('records, queries, proves, verifies and exports', async () => {
    const id = await audit.append(
      plan({ id: 'a', changes: { price: { old: 1, new: 2 }, same: { old: 1, new: 1 } }, 'shoe size': '47' }),
    );
    assert.equal(id, 'a');
    const { records, total, cursor } = await audit.query({ user: 'anna' });
    assert.deepEqual([total, cursor], [1, null]);
    assert.partialDeepStrictEqual(records[0], { id: 'a', 'shoe size': '********' });
    assert.deepEqual(records[0]?.changes, { price: { old: 1, new: 2 } });
    assert.deepEqual((await audit.getLogs({ action: 'other' })).records, []);
    assert.equal((await audit.prove('a')).leaf, 0);
    assert.equal((await audit.verify({ indexes: true })).state, 'sound');
    const exported = audit.export('json');
    await assert.rejects(exported.manifest(), TypeError);
    const text = await textOf(exported);
    assert.deepEqual(JSON.parse(text), records);
    assert.partialDeepStrictEqual(await exported.manifest(), {
      format: 'json',
      count: 1,
      sha256: hash('sha256', text),
      // The export is a record itself.
      verification: { state: 'sound', records: 2, sealed: 2 },
    });
    assert.equal(lstatSync(join(folders.logs, 'audit.db')).mode & 0o777, 0o600);
  });

  it('counts the same record once, and rejects another one with its id', async () => {
    const record = plan({ id: 'a', created_at: 1_738_368_000 });
    assert.deepEqual(await Promise.all([audit.append(record), audit.createLog(record)]), ['a', 'a']);
    await assert.rejects(audit.append({ ...record, user_id: 'bert' }), {
      code: 'audit-conflict',
      message: /another record with the id “a”/,
    });
    assert.equal((await audit.query()).total, 1);
  });

  it('takes a thousand at once', async () => {
    const ids = await Promise.all(Array.from({ length: 1000 }, () => audit.append(plan())));
    assert.equal(new Set(ids).size, 1000);
    assert.equal((await audit.query({ limit: 1 })).total, 1000);
    assert.partialDeepStrictEqual(await audit.verify(), { state: 'sound', records: 1000, sealed: 1000 });
  });

  it('rejects a record that lacks a field', async () => {
    await assert.rejects(audit.append(plan({ user_id: '' })), { code: 'audit-invalid' });
  });

  it('lets an auditor read the granted categories, and a user nothing', async () => {
    await audit.append(plan({ id: 'a' }));
    await audit.append(plan({ id: 'b', action: 'login' }));
    await audit.append(plan({ id: 'c', action: 'shoe_sold' }));
    const auditor = audit.as({ user: 'otto', role: 'auditor', categories: ['models', 'shop'] });
    assert.deepEqual((await auditor.query()).records.map(({ id }) => id).sort(), ['a', 'c']);
    assert.match(await textOf(auditor.export('jsonl')), /^.*"id":"a".*\n.*"id":"c".*\n$/);
    assert.equal((await auditor.prove('c')).leaf, 2);
    await assert.rejects(auditor.prove('b'), { code: 'audit-no-record' });
    assert.equal((await audit.as({ user: 'x', role: 'auditor' }).query()).total, 0);
    await assert.rejects(auditor.append(plan()), { code: 'audit-denied' });
    const user = audit.as({ user: 'uwe', role: 'user' });
    for (const deed of [
      () => user.append(plan()),
      () => user.query(),
      () => user.verify(),
      () => user.prove('a'),
    ])
      await assert.rejects(deed(), { code: 'audit-denied' });
    await assert.rejects(textOf(user.export('json')), { code: 'audit-denied' });
  });

  it('asks for the role at each call', async () => {
    let role: 'admin' | 'user' = 'admin';
    const person = audit.as({ user: 'anna', role: () => role });
    await person.append(plan());
    role = 'user';
    await assert.rejects(person.append(plan()), { code: 'audit-denied' });
  });

  it('records denials, equal ones with a count', async () => {
    const user = audit.as({ user: 'uwe', role: 'user' });
    for (let turn = 0; turn < 3; turn += 1) await assert.rejects(user.query());
    await assert.rejects(user.verify());
    await audit.close();
    audit = await openAudit({ workspace: folders.root });
    const { records } = await audit.query({ action: 'access_denied' });
    assert.deepEqual(
      records
        .map(({ user_id, entity_type, audit_metadata }) => [user_id, entity_type, audit_metadata])
        .reverse(),
      [
        ['uwe', 'trail', { door: 'library', deed: 'query', role: 'user', count: 3 }],
        ['uwe', 'trail', { door: 'library', deed: 'verify', role: 'user', count: 1 }],
      ],
    );
  });

  it('signs a last checkpoint when it is closed', async () => {
    await audit.append(plan());
    await audit.close();
    audit = await openAudit({ workspace: folders.root });
    assert.partialDeepStrictEqual(await audit.verify(), { state: 'sound', records: 1, sealed: 1 });
  });

  const wrong: [what: string, options: object, sentence: RegExp][] = [
    ['an option that there is not', { path: 'x' }, /no option “path”/],
    ['another store', { workspace: '.', store: 'mysql' }, /store must be sqlite/],
    ['a category that is no text', { workspace: '.', actions: { a: 1 } }, /actions must be/],
    [
      'a known action in another category',
      { workspace: '.', actions: { login: 'logs' } },
      /“login” has a category/,
    ],
  ];
  for (const [what, options, sentence] of wrong)
    it(`refuses ${what}`, async () => {
      await assert.rejects(openAudit(options as AuditOptions), (error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, sentence);
        return true;
      });
    });
});
