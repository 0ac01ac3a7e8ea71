import { parentPort } from 'node:worker_threads';
import { serveJobs } from '../base/job.ts';
import type { AppReport } from '../workspace/workspace.ts';
import { jobs } from './jobs.ts';

/** The entry point of `dist/worker.js`. It runs the use cases in their own thread. */
if (parentPort !== null) serveJobs<AppReport>(jobs, parentPort, process.env);
