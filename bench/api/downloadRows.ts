import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { nextMessage, runProgram, startProgram } from '../record/program.ts';
import { inWorkspace } from '../record/recordingWorkspace.ts';
import { sideBySide } from '../sideBySide.ts';
import { mb, times, type Row } from '../table.ts';
import type { Download } from './fetchAlone.ts';

const TURNS = 5;
const MB = 1_048_576;
const BYTES = 1024 * MB;
const PIECE_BYTES = 16 * MB;
const LEAST = 0.8;
const MOST_GROWTH = 32 * MB;
const PATH = '/api/workspaces/shop/logs/files/large.log';

/** A download of 1 GB beside a server that pipes `createReadStream`, and the memory that it takes. */
export async function downloadRows(base: string): Promise<readonly Row[]> {
  return inWorkspace(base, async (folder) => {
    const path = join(folder, 'logs', 'large.log');
    writeLarge(path);
    const ours = startProgram('../api/mountedServer.ts', ['ours', folder]);
    const port = await nextMessage<number>(ours);
    const bare = startProgram('../api/mountedServer.ts', ['file', path]);
    const barePort = await nextMessage<number>(bare);
    try {
      await download(port);
      await download(barePort);
      const [before, bareBefore] = [await peakOf(ours), await peakOf(bare)];
      const rates = await sideBySide(TURNS, { ours: () => download(port), bare: () => download(barePort) });
      const growth = (await peakOf(ours)) - before;
      const bareGrowth = (await peakOf(bare)) - bareBefore;
      const ratio = rates.ours / rates.bare;
      return [
        {
          what: 'a download of 1 GB, a second',
          measured: mb(rates.ours),
          against: `createReadStream piped into the response, ${mb(rates.bare)}`,
          ratio: times(ratio),
          goal: `≥ ${String(LEAST)} ×`,
          met: ratio >= LEAST,
        },
        {
          what: `memory grown by ${String(TURNS + 1)} more downloads`,
          measured: mb(growth),
          against: `createReadStream, ${mb(bareGrowth)}`,
          ratio: '',
          goal: `≤ ${mb(MOST_GROWTH)}`,
          met: growth <= MOST_GROWTH,
        },
      ];
    } finally {
      ours.kill();
      bare.kill();
    }
  });
}

function writeLarge(path: string): void {
  const descriptor = openSync(path, 'w');
  const piece = randomBytes(PIECE_BYTES);
  for (let written = 0; written < BYTES; written += piece.length) writeSync(descriptor, piece);
  closeSync(descriptor);
}

/** @returns bytes a second */
async function download(port: number): Promise<number> {
  const { bytes, whole } = await runProgram<Download>('../api/fetchAlone.ts', [String(port), PATH]);
  if (bytes !== BYTES) throw new Error(`${String(bytes)} bytes came`);
  return (bytes * 1000) / whole;
}

async function peakOf(server: ChildProcess): Promise<number> {
  server.send('peak');
  return nextMessage<number>(server);
}
