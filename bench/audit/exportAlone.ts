/** A process that exports the trail of a workspace into nothing, and prints its peak memory in bytes. */
import { exportPieces, manifestOf } from '../../src/audit/export/wholeExport.ts';
import type { TrailReport } from '../../src/audit/outputs/outputs.ts';
import { trailJobs, type Trail, type TrailJobs } from '../../src/audit/trail.ts';
import { inlineRunner } from '../../src/base/job.ts';
import { peakMemory } from '../peakMemory.ts';

const [root = ''] = process.argv.slice(2);
const trail: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, process.env);
const request = { root, format: 'jsonl', filter: {} } as const;
const pieces = exportPieces(trail, request);
let piece = await pieces.next();
while (piece.done !== true) piece = await pieces.next();
const { verification } = await manifestOf(trail, request, piece.value);
if (verification.state !== 'sound') throw new Error(verification.state);
await trail.run('closeTrail', { root });
process.stdout.write(String(peakMemory()));
