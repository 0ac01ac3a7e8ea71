import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadRows } from './api/downloadRows.ts';
import { firstByteRow } from './api/firstByteRow.ts';
import { rateRows } from './api/rateRows.ts';
import { streamRows } from './api/streamRows.ts';
import { buildLibrary } from './record/builtLibrary.ts';
import type { Row } from './table.ts';

/** The HTTP API: requests a second, a download, the first byte of a zip's text, and streams. It takes about four minutes. */
export async function api(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-api-'));
  process.env.XDG_STATE_HOME = join(folder, 'state');
  console.log(`\n${versions()}\n${conditions}`);
  try {
    await buildLibrary(join(folder, 'library'));
    return [
      ...(await rateRows(folder)),
      ...(await downloadRows(folder)),
      await firstByteRow(folder),
      ...(await streamRows(folder)),
    ];
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 5 });
  }
}

function versions(): string {
  const packages = ['node_modules/hono', 'node_modules/@hono/node-server', 'bench/node_modules/autocannon'];
  return packages
    .map((path) => {
      const text = readFileSync(join(import.meta.dirname, '..', path, 'package.json'), 'utf8');
      const { name, version } = JSON.parse(text) as { name: string; version: string };
      return `${name} ${version}`;
    })
    .join(', ');
}

const conditions = `The handler is mounted in node:http, with a login that answers at once. Its requests are recorded in the workspace’s
log, as they are by default, and a download in the audit trail. Server and client have a process each and share the
machine’s cores; they run in turns with the comparison.`;
