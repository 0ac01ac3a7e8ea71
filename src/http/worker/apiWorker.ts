import { parentPort } from 'node:worker_threads';
import { serveJobs } from '../../base/job.ts';
import { apiJobs, type ServeReport } from './serveApi.ts';

/** The entry point of `dist/api.js`. It serves the API in a thread of its own. */
if (parentPort !== null) serveJobs<ServeReport>(apiJobs, parentPort, process.env);
