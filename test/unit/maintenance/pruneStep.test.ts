import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../../../src/audit/sqliteStore.ts';
import { entriesOf, START } from '../audit/sampleTrail.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';

const RECORDS = 300;
/** The acceptance is a record, too. */
const ACCEPTED = 1;
const now = new Date((START + RECORDS) * 1000 + 40 * 86_400_000).toISOString();

interface Report {
  readonly steps: { kind: string; name: string; bytes: number; reason: string }[];
  readonly skipped: { name: string; reason: string }[];
  readonly before: { files: number; bytes: number };
}

describe('the step that prunes the audit trail', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.logs, 'audit.db');

  beforeEach(async () => {
    const store = openSqliteStore(path());
    await store.append(entriesOf(0, RECORDS));
    store.close();
  });

  const run = (...words: string[]): ReturnType<typeof commandLineHere> =>
    commandLineHere(words, { cwd: folders.root });
  const maintain = async (...words: string[]): Promise<Report & { code: number | null }> => {
    const { code, stdout } = await run('maintain', '--now', now, '--json', ...words);
    return { code, ...(JSON.parse(stdout) as Report) };
  };
  const verify = async (): Promise<unknown> => JSON.parse((await run('audit', 'verify', '--json')).stdout);
  const count = async (): Promise<number> => {
    const store = openSqliteStore(path());
    const { length } = await store.rows(-Infinity, 1000);
    store.close();
    return length;
  };
  const policyOf = (audit: object, retention: object = {}): void => {
    folders.policy({ audit, retention });
  };
  const accept = async (): Promise<void> => {
    assert.equal((await run('policy', '--accept')).code, 0);
  };

  it('is in the plan, in the dry run, and then done once', async () => {
    policyOf({ maxAge: { days: 30 } });
    await accept();
    const dry = await maintain('--dry-run');
    assert.deepEqual(
      dry.steps.map(({ kind, name, reason }) => [kind, name, reason]),
      [['prune', 'audit.db', 'age']],
    );
    assert.ok((dry.steps[0]?.bytes ?? 0) > 0);
    // The store never counts.
    assert.deepEqual([dry.before, await count()], [{ files: 0, bytes: 0 }, RECORDS + ACCEPTED]);
    assert.equal((await run('maintain', '--now', now, '--dry-run')).stdout.split('(')[0], 'prune audit.db ');
    const done = await maintain();
    assert.deepEqual([done.code, done.steps.map(({ kind }) => kind), done.skipped], [0, ['prune'], []]);
    assert.partialDeepStrictEqual(await verify(), {
      state: 'sound',
      records: RECORDS + ACCEPTED + 1,
      pruned: 256,
    });
    const { records } = JSON.parse(
      (await run('audit', 'query', '--action', 'audit_pruned', '--json')).stdout,
    ) as { records: { entity_type: string; audit_metadata: unknown }[] };
    assert.partialDeepStrictEqual(records, [{ entity_type: 'trail', audit_metadata: { before: 256 } }]);
    assert.deepEqual((await maintain()).steps, []);
    assert.match((await run('audit', 'verify')).stdout, /302 records, .* The first 256 were pruned\./);
  });

  const held: [
    what: string,
    audit: object,
    retention: object,
    accepted: boolean,
    reason: string | undefined,
  ][] = [
    ['for ever', { maxAge: null }, {}, true, undefined],
    ['longer', { maxAge: { days: 50 } }, {}, true, undefined],
    ['on hold', { maxAge: { days: 30 } }, { hold: true }, true, 'hold'],
    ['until the policy is accepted', { maxAge: { days: 30 } }, {}, false, 'unaccepted'],
  ];
  for (const [what, audit, retention, isAccepted, reason] of held)
    it(`keeps all records ${what}`, async () => {
      policyOf(audit, retention);
      if (isAccepted) await accept();
      for (const words of [['--dry-run'], []]) {
        const { steps, skipped } = await maintain(...words);
        assert.deepEqual([steps, skipped], [[], reason === undefined ? [] : [{ name: 'audit.db', reason }]]);
      }
      assert.equal(await count(), RECORDS + (isAccepted ? ACCEPTED : 0));
    });

  it('leaves a trail that it cannot read, and says so', async () => {
    policyOf({ maxAge: { days: 30 } });
    await accept();
    writeFileSync(path(), 'x'.repeat(5000));
    const { code, skipped } = await maintain();
    assert.deepEqual([code, skipped], [3, [{ name: 'audit.db', reason: 'failed' }]]);
    assert.equal(readFileSync(path(), 'utf8'), 'x'.repeat(5000));
  });
});
