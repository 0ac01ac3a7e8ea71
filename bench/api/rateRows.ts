import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadReport } from '../record/httpLoad.ts';
import { nextMessage, runProgram, startProgram } from '../record/program.ts';
import { inWorkspace } from '../record/recordingWorkspace.ts';
import { sideBySide } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';
import type { KeptAnswer } from './mountedServer.ts';

const TURNS = 5;
const SECONDS = 2;
const FILES = 200;
const LEAST = 0.5;
const BASE = '/api/workspaces/shop/logs';
const routes = [`${BASE}/config`, `${BASE}/files`];

/** Requests a second for the policy and for the files, beside a Hono handler that answers the same bytes. */
export async function rateRows(base: string): Promise<readonly Row[]> {
  return inWorkspace(
    base,
    async (folder) => {
      for (let number = 1; number < FILES; number += 1)
        writeFileSync(join(folder, 'logs', `api.${String(number)}.log`), lineAt(number));
      writeFileSync(join(folder, 'logs', 'api.log'), lineAt(FILES));
      const ours = startProgram('../api/mountedServer.ts', ['ours', folder]);
      const port = await nextMessage<number>(ours);
      const kept = await Promise.all(routes.map((path) => answerOf(port, path)));
      const file = join(folder, 'answers.json');
      writeFileSync(file, JSON.stringify(kept));
      const bare = startProgram('../api/mountedServer.ts', ['bare', file]);
      const barePort = await nextMessage<number>(bare);
      try {
        const rows: Row[] = [];
        for (const { path, body } of kept) {
          const rates = await sideBySide(TURNS, {
            ours: () => load(port, path),
            bare: () => load(barePort, path),
          });
          const ratio = rates.ours / rates.bare;
          rows.push({
            what: `GET ${path.slice(path.lastIndexOf('/') + 1)}, ${counted(body.length)} bytes, requests a second, 20 connections`,
            measured: `${counted(rates.ours)}/s`,
            against: `a bare Hono handler with the same bytes, ${counted(rates.bare)}/s`,
            ratio: times(ratio),
            goal: `≥ ${String(LEAST)} ×`,
            met: ratio >= LEAST,
          });
        }
        return rows;
      } finally {
        ours.kill();
        bare.kill();
      }
    },
    'all',
  );
}

function lineAt(number: number): string {
  const timestamp = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
  return `${JSON.stringify({ timestamp, method: 'GET', path: `/${String(number)}`, status: 200 })}\n`;
}

async function answerOf(port: number, path: string): Promise<KeptAnswer> {
  const response = await fetch(`http://127.0.0.1:${String(port)}${path}`);
  if (response.status !== 200) throw new Error(`${path} answers ${String(response.status)}`);
  const names = ['content-type', 'cache-control', 'etag'];
  const headers = names.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { path, headers: Object.fromEntries(headers), body: await response.text() };
}

async function load(port: number, path: string): Promise<number> {
  const words = [String(port), String(SECONDS), path];
  const { perSecond, failures } = await runProgram<LoadReport>('httpLoad.ts', words);
  if (failures > 0) throw new Error(`${String(failures)} requests failed for ${path}`);
  return perSecond;
}

function counted(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
