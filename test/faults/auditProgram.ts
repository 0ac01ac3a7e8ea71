/**
 * A program that works on an audit trail, to be killed: `node auditProgram.mjs ROOT SCENARIO`. It prints the numbers of
 * records once the trail has confirmed that they are stored.
 */
import { writeSync } from 'node:fs';
import { inlineRunner } from '../../src/base/job.ts';
import type { TrailReport } from '../../src/audit/outputs/outputs.ts';
import { trailJobs, type Trail, type TrailJobs } from '../../src/audit/trail.ts';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { entriesOf } from '../unit/audit/sampleTrail.ts';
import type { AuditScenario } from './auditScenarios.ts';

const [root = '', scenario = '{}'] = process.argv.slice(2);
const { appends, first, isPruned } = JSON.parse(scenario) as AuditScenario;

const trail: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, process.env);
let from = first;
for (const count of appends) {
  const numbers = Array.from({ length: count }, (_, index) => String(from + index));
  await trail.run('appendToTrail', { root, entries: entriesOf(from, from + count) });
  writeSync(1, `${numbers.join('\n')}\n`);
  await trail.run('sealTrail', { root });
  from += count;
}
await trail.run('closeTrail', { root });
if (isPruned) {
  const { failed, steps } = await inlineApp(process.env).run('runMaintenance', { root, accept: true });
  if (failed.length > 0 || steps.length === 0) writeSync(2, JSON.stringify({ failed, steps }));
}
writeSync(1, 'end\n');
