import { parentPort } from 'node:worker_threads';
import { serveJobs } from '../base/job.ts';
import type { TrailReport } from './outputs/outputs.ts';
import { trailJobs } from './trail.ts';

/** The entry point of `dist/audit.js`. It reads and writes the trail in a thread of its own. */
if (parentPort !== null) serveJobs<TrailReport>(trailJobs, parentPort, process.env);
