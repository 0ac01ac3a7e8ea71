import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activationRows } from './activation.ts';
import { bundleRows } from './bundles.ts';
import { listingRows } from './listing.ts';
import type { Row } from './table.ts';
import { zippingRows } from './zipping.ts';

/** The file part: zipping, listing and planning, and the code that VS Code loads. */
export async function files(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-bench-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  try {
    return [
      ...(await zippingRows(folder)),
      ...(await listingRows(folder)),
      ...bundleRows(),
      ...(await activationRows()),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
