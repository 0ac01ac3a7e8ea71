import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeArchives } from './archiveRead/archives.ts';
import { listingRows } from './archiveRead/listing.ts';
import { memoryRows } from './archiveRead/memory.ts';
import { passwordRow } from './archiveRead/passwords.ts';
import { stallRows } from './archiveRead/stalls.ts';
import { textRows } from './archiveRead/texts.ts';
import type { Row } from './table.ts';

/** Reading encrypted archives: the speed, the memory, and the stalls of the editor's thread. */
export async function archiveRead(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-bench-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  try {
    const archives = makeArchives(folder);
    return [
      ...(await textRows(archives)),
      await passwordRow(archives.deflated.path),
      ...(await listingRows(folder)),
      ...(await stallRows(folder, archives)),
      ...(await memoryRows(archives)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
