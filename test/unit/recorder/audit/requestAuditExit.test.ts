import assert from 'node:assert/strict';
import { trailJobs, type Trail, type TrailJobs } from '../../../../src/audit/trail.ts';
import type { TrailReport } from '../../../../src/audit/outputs/outputs.ts';
import { inlineRunner } from '../../../../src/base/job.ts';
import { freshFolders } from '../../freshFolders.ts';
import { runRecording } from '../recordingChild.ts';

describe('audit records of requests, when the process ends', function () {
  this.timeout(60_000);
  this.slow(3000);
  const folders = freshFolders();

  const answers: [name: string, run: string][] = [
    ['that the trail has not taken', `async () => { given(); return new Promise(() => {}); }`],
    [
      'that the trail has committed and not confirmed',
      `async (...words) => { await real.run(...words); given(); return new Promise(() => {}); }`,
    ],
  ];
  for (const [name, run] of answers)
    it(`those ${name} are there, each once`, async () => {
      folders.policy({ audit: { level: 'METADATA' } });
      const { code, stderr } = await runRecording(
        folders.root,
        `const real = inlineRunner(trailJobs, process.env);
        let given;
        const first = new Promise((resolve) => { given = resolve; });
        const recorder = await open({ queueBytes: 3000 }, { trail: { run: ${run}, dispose() {} } });
        const record = (number) => recorder.audit.record({ user: 'u', method: 'POST', path: '/' + number, status: 200 });
        record(0);
        record(1);
        await first;
        for (let number = 2; number < 40; number += 1) record(number);
        process.exit(3);`,
      );
      assert.deepEqual([code, stderr], [3, '']);
      const trail: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, folders.environment);
      const { records } = await trail.run('queryTrail', { root: folders.root, filter: {}, limit: 100 });
      const paths = records.flatMap(({ entity_id }) => (entity_id === '' ? [] : [entity_id])).reverse();
      assert.deepEqual(
        paths,
        Array.from({ length: paths.length }, (_, number) => `/${String(number)}`),
      );
      const [missing] = records.flatMap(
        ({ audit_metadata }) => (audit_metadata as { dropped?: number }).dropped ?? [],
      );
      assert.equal(paths.length + (missing ?? 0), 40);
    });
});
