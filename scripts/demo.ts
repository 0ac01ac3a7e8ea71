import { rm, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inlineApp } from '../src/jobs/jobs.ts';
import { makeApiLogs } from './demo/apiLogs.ts';
import { makeAuditLogs } from './demo/auditLogs.ts';
import { makeAuditTrail } from './demo/auditTrail.ts';
import { makeForeignLogs } from './demo/foreignLogs.ts';
import { makeProject } from './demo/project.ts';
import { makeSessionArchives } from './demo/sessionArchives.ts';
import { Chance } from './demo/chance.ts';
import type { Demo } from './demo/scene.ts';

/**
 * Makes a workspace as it looks after some months without care: every kind of log that this extension knows, in a
 * workspace that was just given a policy. The same seed and time give the same logs.
 * @param folder is deleted and made again
 */
export async function makeDemo(folder: string, seed = 1, now = Date.now()): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const demo: Demo = { logs: join(folder, 'logs'), chance: new Chance(seed), now };
  await mkdir(demo.logs, { recursive: true });
  await makeProject(folder, demo);
  await makeApiLogs(demo);
  await makeAuditLogs(demo);
  await makeForeignLogs(demo);
  await makeSessionArchives(folder, demo);
  const app = inlineApp();
  await app.run('initialise', { root: folder });
  await app.run('savePolicy', { root: folder, edits: [{ key: 'sessions.enabled', value: true }] });
  await makeAuditTrail(folder, demo, 3000);
}
