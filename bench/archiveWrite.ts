import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionRows } from './archiveWrite/sessions.ts';
import { textRows } from './archiveWrite/texts.ts';
import type { Row } from './table.ts';

/** Writing encrypted archives: how fast, and what the requests whose logs they hold feel of it. */
export async function archiveWrite(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-bench-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  try {
    return [...textRows(folder), ...(await sessionRows(folder))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
