import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { countLines, logTexts } from './logText.ts';
import { DAY_MS, fillWorkspace, logOf } from './workspaceFolder.ts';

const MB = 1_048_576;

/**
 * Makes a workspace in which everything is due: a rotation, three zips, an expiry, a sweep and, in a new one, the ignore
 * rule. A settled one was kept in order before: it has its locks, its rule and what this machine remembers.
 * @returns how often each line stands that is to stay
 */
export async function makeDueWorkspace(root: string, settled: boolean): Promise<ReadonlyMap<string, number>> {
  const at = (days: number): number => Date.now() - days * DAY_MS;
  const policy = { rotation: { maxFileMB: 1, keepPlain: 1 } };
  fillWorkspace(root, { git: true, policy, logs: {} });
  if (settled) await inlineApp().run('runMaintenance', { root });
  fillWorkspace(root, {
    logs: {
      'api.log': logOf(1.01 * MB, at(1)),
      'api.4.log': logOf(3000, at(2)),
      'api.3.log': logOf(2000, at(3)),
      'api.2.log': logOf(1000, at(4)),
    },
  });
  const staying = countLines(logTexts(root).values());
  const expired = 'audit.1.log';
  fillWorkspace(root, { logs: { [expired]: '', 'api.2026-01-01.log.zip.tmp-0123456789abcdef': 'PK' } });
  utimesSync(join(root, 'logs', expired), 1e9, 1e9);
  return staying;
}
