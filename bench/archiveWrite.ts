import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionRows } from './archiveWrite/sessions.ts';
import { textRows } from './archiveWrite/texts.ts';
import type { Row } from './table.ts';

/** Writing encrypted archives: the speed, and the cost for the requests whose logs they hold. */
export async function archiveWrite(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-bench-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  try {
    return [...textRows(folder), ...(await sessionRows(folder))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
