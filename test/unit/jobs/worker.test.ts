import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import type { App, AppJobs } from '../../../src/jobs/jobs.ts';
import { isFailure } from '../../../src/base/failure.ts';
import { workerRunner } from '../../../src/base/job.ts';
import { builtProgram } from '../builtProgram.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

describe('the built worker', function () {
  this.timeout(180_000);
  const folders = freshFolders();
  let app: App;
  beforeEach(() => {
    app = workerRunner<AppJobs, AppReport>(join(builtProgram(), 'worker.js'));
  });
  afterEach(async () => {
    // Of a worker that ends, SQLite leaves the files open.
    await app.run('closeTrails', {});
    app.dispose();
  });

  /** A log of so many bytes, nearly all of which are a hole. */
  function putLong(path: string, entry: string, bytes: number): void {
    const full = folders.put(path, entry);
    truncateSync(full, bytes);
    appendFileSync(full, `\n${entry}`);
  }

  it('puts a folder in order and tells of it', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    folders.put('logs/api.1.log', entryLine('2026-01-01T00:00:00Z'));
    const told: string[] = [];
    const now = Date.parse('2026-01-02T00:00:00Z');
    const { steps } = await app.run(
      'runMaintenance',
      { root: folders.root, now },
      { onReport: (report) => told.push(report.kind) },
    );
    assert.deepEqual(
      steps.map(({ to }) => to),
      ['api.2026-01-01.log.zip'],
    );
    assert.deepEqual(told, ['progress', 'action']);
    const { bytes } = await app.run('readLogPart', {
      root: folders.root,
      name: 'api.2026-01-01.log.zip',
      part: 0,
    });
    assert.equal(Buffer.from(bytes).toString(), entryLine('2026-01-01T00:00:00Z'));
  });

  it('fails with the code of the failure', async () => {
    await assert.rejects(app.run('runMaintenance', { root: folders.root }), (error) =>
      isFailure(error, 'not-managed'),
    );
  });

  it('is cancelled', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    // The first one is done soon; the others take far longer than the word of it to this thread and back.
    folders.put('logs/api.1.log', entryLine('2026-01-01T00:00:00Z'));
    for (let number = 2; number <= 5; number += 1)
      putLong(`logs/api.${String(number)}.log`, entryLine(`2026-01-0${String(number)}T00:00:00Z`), 1e9);
    const controller = new AbortController();
    const { cancelled, steps } = await app.run(
      'runMaintenance',
      { root: folders.root, now: Date.parse('2026-01-09T00:00:00Z') },
      {
        signal: controller.signal,
        onReport: ({ kind }) => {
          if (kind === 'action') controller.abort();
        },
      },
    );
    assert.equal(cancelled, true);
    assert.equal(steps.length, 1);
    assert.equal(
      readdirSync(folders.logs).some((name) => name.includes('.tmp-')),
      false,
    );
  });

  it('does not hold this thread up while it zips', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '');
    putLong('logs/api.1.log', entryLine('2026-01-01T00:00:00Z'), 2e8);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    await app.run('runMaintenance', { root: folders.root, now: Date.parse('2026-01-02T00:00:00Z') });
    clearInterval(counting);
    assert.ok(turns > 20, String(turns));
  });
});
