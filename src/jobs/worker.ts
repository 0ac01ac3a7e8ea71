import { parentPort } from 'node:worker_threads';
import { serveJobs } from '../base/job.ts';
import type { AppReport } from '../workspace/workspace.ts';
import { jobs } from './jobs.ts';

/** The entry point of `dist/worker.js`: the use cases in a thread of their own. */
if (parentPort !== null) serveJobs<AppReport>(jobs, parentPort, process.env);
