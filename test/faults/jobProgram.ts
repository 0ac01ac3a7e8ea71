/**
 * A program that does one use case, to be killed: `node jobProgram.mjs ROOT CALL`, the call as JSON.
 */
import { inlineApp } from '../../src/app/jobs.ts';
import type { JobCall } from './killScenarios.ts';

const [root = '', call = '{}'] = process.argv.slice(2);
const { job, input, names } = JSON.parse(call) as JobCall;
const app = inlineApp();
const found = names === undefined ? {} : { files: await app.run('findLogs', { root, names }) };
await app.run(job, { ...input, ...found, root });
