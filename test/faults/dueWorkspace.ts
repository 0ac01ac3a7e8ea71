import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { countLines, logTexts } from './logText.ts';
import { DAY_MS, fillWorkspace, logOf } from './workspaceFolder.ts';

const MB = 1_048_576;

/** A workspace in which everything is due: a rotation, three zips, an expiry, a sweep and the ignore rule. */
export interface DueWorkspace {
  readonly root: string;
  /** How often each line stands that is to stay. */
  readonly staying: ReadonlyMap<string, number>;
}

export const ACTIVE = 'api.log';
export const ZIPPED = ['api.2.log', 'api.3.log', 'api.4.log'];
export const EXPIRED = 'audit.2020-01-01.log.zip';
export const LEFTOVER = 'api.2026-01-01.log.zip.tmp-0123456789abcdef';

export function makeDueWorkspace(root: string): DueWorkspace {
  const at = (days: number): number => Date.now() - days * DAY_MS;
  fillWorkspace(root, {
    git: true,
    policy: { rotation: { maxFileMB: 1, keepPlain: 1 } },
    logs: {
      [ACTIVE]: logOf(1.01 * MB, at(1)),
      'api.4.log': logOf(3000, at(2)),
      'api.3.log': logOf(2000, at(3)),
      'api.2.log': logOf(1000, at(4)),
    },
  });
  const staying = countLines(logTexts(root).values());
  fillWorkspace(root, { logs: { [EXPIRED]: '', [LEFTOVER]: 'PK' } });
  utimesSync(join(root, 'logs', EXPIRED), 0, 0);
  return { root, staying };
}
