import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trailJobs, type TrailJobs } from '../../../src/audit/trail.ts';
import { isFailure } from '../../../src/base/failure.ts';
import { inlineRunner } from '../../../src/base/job.ts';
import { cancelledAt } from '../cancelledAt.ts';
import type { SaveExportInput } from '../../../src/reading/saveExport.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { TrailReport } from '../../../src/audit/outputs/outputs.ts';
import { freshFolders } from '../freshFolders.ts';

interface Manifest {
  readonly filter: object;
  readonly count: number;
  readonly records: number;
  readonly range?: object;
  readonly checkpoint: string | null;
  readonly verification: { readonly state: string };
}

describe('saving an export of the audit trail', () => {
  const folders = freshFolders();
  const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, folders.environment);
  const app = inlineApp(folders.environment);
  const target = (): string => join(folders.state, 'audit.jsonl');
  const manifestOf = (): Manifest =>
    JSON.parse(readFileSync(`${target()}.manifest.json`, 'utf8')) as Manifest;
  const lines = (): string[] => readFileSync(target(), 'utf8').split('\n').slice(0, -1);

  /** 2,400 records, every third by bob. */
  const entries = Array.from({ length: 2400 }, (_, index) => {
    const user = index % 3 === 0 ? 'bob' : 'anna';
    const record = { id: `r-${String(index)}`, user_id: user, action: 'login', entity_type: 'user' };
    return JSON.stringify({ ...record, entity_id: '', created_at: 1_767_225_600 + index });
  });

  beforeEach(async () => {
    folders.policy({});
    await trail.run('appendToTrail', {
      root: folders.root,
      entries: entries.map((entry) => ({ entry, filled: [] })),
    });
  });
  afterEach(() => trail.run('closeTrail', { root: folders.root }));

  const save = (input: Partial<SaveExportInput> = {}, options: object = {}) =>
    app.run(
      'saveExport',
      {
        root: folders.root,
        format: 'jsonl',
        filter: {},
        target: target(),
        manifest: `${target()}.manifest.json`,
        ...input,
      },
      options,
    );

  it('writes the stored lines that fit, and a manifest beside them', async () => {
    const filter = { user: 'bob', from: 1_767_225_600 + 30 };
    const { records, bytes } = await save({ filter });
    const expected = entries.filter((_, index) => index % 3 === 0 && index >= 30);
    assert.deepEqual(lines(), expected);
    assert.equal(records, expected.length);
    assert.equal(bytes, statSync(target()).size);
    const { verification, checkpoint, ...rest } = manifestOf();
    const text = readFileSync(target());
    assert.deepEqual(rest, {
      format: 'jsonl',
      filter,
      count: expected.length,
      range: { first: 30, last: 2397 },
      records: 2400,
      bytes: text.length,
      sha256: hash('sha256', text),
    });
    assert.equal(verification.state, 'sound');
    assert.match(checkpoint ?? '', /^workspace-logs\/[0-9a-f]{16}\n2401\n/);
  });

  it('is read by its owner alone', async () => {
    await save();
    for (const path of [target(), `${target()}.manifest.json`])
      assert.equal(statSync(path).mode & 0o777, 0o600, path);
  });

  it('replaces nothing that nobody agreed to replace', async () => {
    writeFileSync(target(), 'mine');
    await assert.rejects(save(), (error) => isFailure(error, 'target-exists'));
    assert.equal(readFileSync(target(), 'utf8'), 'mine');
  });

  it('refuses a place among the logs', async () => {
    await assert.rejects(save({ target: join(folders.logs, 'a.jsonl') }), (error) =>
      isFailure(error, 'target-among-logs'),
    );
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const { signal } = cancelledAt(2);
    await assert.rejects(save({}, { signal }), (error) => isFailure(error, 'cancelled'));
    assert.deepEqual(
      readdirSync(folders.state).filter((name) => name.startsWith('audit.')),
      [],
    );
    assert.equal(existsSync(target()), false);
  });

  it('exports a trail without a policy, without a new checkpoint', async () => {
    await trail.run('closeTrail', { root: folders.root });
    unlinkSync(join(folders.root, '.workspace-logs.json'));
    const { records } = await save();
    assert.equal(records, 2400);
    assert.equal(manifestOf().checkpoint, null);
  });
});
