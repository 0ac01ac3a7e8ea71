/**
 * A program that does one use case, to be killed: `node jobProgram.mjs ROOT CALL`, the call as JSON.
 */
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import type { JobCall } from './killScenarios.ts';

const [root = '', call = '{}'] = process.argv.slice(2);
const { job, input, names } = JSON.parse(call) as JobCall;
const app = inlineApp();
const files = names === undefined ? [] : await app.run('findLogs', { root, names });
await app.run(job, { ...input, ...(await copying()), files, root });

/** The facts that a copy needs about its log and the file that it replaces; paths are relative to the workspace. */
async function copying(): Promise<object> {
  const { target, replaces } = input as { target?: string; replaces?: string };
  if (target === undefined || replaces === undefined) return {};
  const [old] = await app.run('filesAt', { paths: [join(root, replaces)] });
  return { file: files[0], target: join(root, target), replaces: old };
}
