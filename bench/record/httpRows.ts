import { median } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';
import type { LoadReport } from './httpLoad.ts';
import type { ServerReport } from './httpServer.ts';
import { nextMessage, runProgram, startProgram } from './program.ts';
import { inWorkspace } from './recordingWorkspace.ts';

const TURNS = 5;
const WARM_UP_SECONDS = 1;
const SECONDS = 3;
const LEAST_OF_PINO = 1.1;

const kinds = ['bare', 'ours', 'pinoHttp', 'pinoByHand'] as const;
type Kind = (typeof kinds)[number];

interface Rate {
  readonly perSecond: number;
  /** µs of processor time for one request, the warm-up's included. */
  readonly busy: number;
  readonly missing: number;
}

/**
 * Requests per second that a `node:http` server answers over 20 connections, with and without a log. Server and load
 * have a process each. On two cores each process uses a whole core, so the log's work in other threads counts, too.
 */
export async function httpRows(base: string): Promise<readonly Row[]> {
  const rates: Record<Kind, Rate[]> = { bare: [], ours: [], pinoHttp: [], pinoByHand: [] };
  for (let turn = 0; turn < TURNS; turn += 1)
    for (const kind of kinds)
      rates[kind].push(await inWorkspace(base, (folder) => load(kind, folder), 'all'));
  const ours = summary(rates.ours);
  const row = (name: string, theirs: Rate, least?: number): Row => {
    const ratio = ours.perSecond / theirs.perSecond;
    return {
      what: 'requests a second recorded by recordRequests, 20 connections',
      measured: told(ours),
      against: `${name}, ${told(theirs)}`,
      ratio: times(ratio),
      goal: least === undefined ? '' : `≥ ${least} ×`,
      met: least === undefined ? undefined : ratio >= least,
    };
  };
  return [
    row('pino-http', summary(rates.pinoHttp), LEAST_OF_PINO),
    row('pino by hand, seven fields on finish', summary(rates.pinoByHand)),
    row('no log at all', summary(rates.bare)),
    {
      what: 'answered requests that are not in our log',
      measured: String(ours.missing),
      against: '',
      ratio: '',
      goal: '0',
      met: ours.missing === 0,
    },
  ];
}

async function load(kind: Kind, folder: string): Promise<Rate> {
  const server = startProgram('httpServer.ts', [kind, folder]);
  try {
    const port = String(await nextMessage<number>(server));
    const warmUp = await runProgram<LoadReport>('httpLoad.ts', [port, String(WARM_UP_SECONDS)]);
    const { answers, perSecond, failures } = await runProgram<LoadReport>('httpLoad.ts', [
      port,
      String(SECONDS),
    ]);
    if (failures > 0) throw new Error(`${failures} requests failed against ${kind}`);
    server.send('end');
    const { lines, busy } = await nextMessage<ServerReport>(server);
    const requests = warmUp.answers + answers;
    // Requests whose answer was on its way when the load ended are logged, too, so there may be more lines, never
    // fewer.
    return { perSecond, busy: (busy * 1000) / requests, missing: Math.max(0, requests - lines) };
  } finally {
    server.kill();
  }
}

function summary(rates: readonly Rate[]): Rate {
  return {
    perSecond: median(rates.map(({ perSecond }) => perSecond)),
    busy: median(rates.map(({ busy }) => busy)),
    missing: Math.max(...rates.map(({ missing }) => missing)),
  };
}

function told({ perSecond, busy }: Rate): string {
  return `${Math.round(perSecond).toLocaleString('en-US')}/s (${busy.toFixed(0)} µs CPU each)`;
}
