import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer';
import { anonymiser } from '../../src/privacy/anonymise.ts';
import type { Sendable } from '../../src/forward/deliver.ts';
import { logRecords, logsRequest } from '../../src/forward/otlp.ts';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { buildLibrary, loadLibrary } from '../record/builtLibrary.ts';
import { median } from '../sideBySide.ts';
import { mb, ms, times, type Row } from '../table.ts';

const ENTRIES = 400_000;
const TURNS = 5;
const BATCH = 1000;
/** So often a batch is acknowledged: 5,000 events a second. */
const ACKNOWLEDGED_MS = 200;
const FILES = 50;
const FILE_BYTES = 20 * 1_048_576;
const BATCHES = 20;

/** What sending costs: bytes, the recorder's throughput, and a backlog. */
export async function sendRows(): Promise<readonly Row[]> {
  const base = mkdtempSync(join(tmpdir(), 'workspace-logs-forward-'));
  process.env.XDG_STATE_HOME = join(base, 'state');
  try {
    await buildLibrary(join(base, 'library'));
    return [bytesRow(), await throughputRow(base), ...(await backlogRows(base))];
  } finally {
    rmSync(base, { recursive: true, maxRetries: 5 });
  }
}

function line(number: number): string {
  const timestamp = new Date(1_700_000_000_000 + number).toISOString();
  return JSON.stringify({
    timestamp,
    workspace_id: 'bench',
    user: `person${String(number % 500)}@example.com`,
    method: 'POST',
    path: `/api/v1/chats/${String(number)}/messages`,
    status: number % 20 === 0 ? 500 : 200,
    duration_ms: number % 900,
    ip: '10.1.2.3',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/128.0.0.0',
    category: 'writes',
  });
}

function bytesRow(): Row {
  const anonymous = anonymiser({ key: 'k'.repeat(32) });
  const events = Array.from({ length: BATCH }, (_, number): Sendable => ({
    kind: 'entry',
    uid: number.toString(16).padStart(32, '0'),
    time: 1_700_000_000_000 + number,
    event: anonymous(JSON.parse(line(number)), 'entry'),
  }));
  const origin = { workspace: 'bench', instance: 'f'.repeat(32) };
  const bytes = logsRequest(events, origin).length;
  const json = JsonLogsSerializer.serializeRequest(logRecords(events, origin))?.length ?? 0;
  const ratio = bytes / json;
  return {
    what: `an OTLP request of ${String(BATCH)} entries in protobuf`,
    ...{ measured: mb(bytes), against: `its JSON, ${mb(json)}` },
    ...{ ratio: times(ratio), goal: '≤ 0.5 ×', met: ratio <= 0.5 },
  };
}

interface Receiving {
  readonly url: string;
  /** Resolves when so many batches came. */
  readonly batches: (count: number) => Promise<void>;
  readonly close: () => void;
}

async function receive(acknowledgedMs: number): Promise<Receiving> {
  let count = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      count += 1;
      for (const each of waiting) if (count >= each.count) each.resolve();
      setTimeout(() => response.end(), acknowledgedMs);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    batches: (wanted) => new Promise((resolve) => waiting.push({ count: wanted, resolve })),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function workspaceIn(base: string, name: string): Promise<string> {
  const root = join(base, name);
  mkdirSync(join(root, 'logs'), { recursive: true });
  const policy = { version: 1, workspaceId: name, forwarding: { entries: true } };
  writeFileSync(join(root, '.workspace-logs.json'), JSON.stringify(policy));
  await inlineApp().run('acceptPolicy', { root });
  return root;
}

async function throughputRow(base: string): Promise<Row> {
  const { createRecorder, startForwarding } = await loadLibrary();
  const receiving = await receive(ACKNOWLEDGED_MS);
  const targets = { store: { type: 'clickhouse', url: receiving.url } } as const;
  let turn = 0;
  const perSecond = async (isForwarded: boolean): Promise<number> => {
    turn += 1;
    const workspace = await workspaceIn(base, `throughput-${String(turn)}`);
    const recorder = await createRecorder({ workspace });
    const forwarding = isForwarded ? startForwarding({ workspace, targets }) : undefined;
    const begin = performance.now();
    for (let number = 0; number < ENTRIES; number += 1) {
      recorder.record({ method: 'POST', path: '/api/v1/chats', status: 200, user: 'ada' });
      if (number % 100 === 0) await new Promise(setImmediate);
    }
    await recorder.flush();
    const seconds = (performance.now() - begin) / 1000;
    await forwarding?.close();
    await recorder.close();
    rmSync(workspace, { recursive: true, maxRetries: 5 });
    return ENTRIES / seconds;
  };
  const [withIt, without]: [number[], number[]] = [[], []];
  for (let each = 0; each <= TURNS; each += 1) {
    const [one, other] = [await perSecond(true), await perSecond(false)];
    if (each === 0) continue;
    withIt.push(one);
    without.push(other);
  }
  receiving.close();
  const ratio = median(withIt) / median(without);
  const rate = (entries: number): string => `${Math.round(entries).toLocaleString('en-US')}/s`;
  return {
    what: 'entries recorded while 5,000 a second are forwarded',
    ...{ measured: rate(median(withIt)), against: `without forwarding, ${rate(median(without))}` },
    ...{ ratio: times(ratio), goal: '≥ 0.95 ×', met: ratio >= 0.95 },
  };
}

async function backlogRows(base: string): Promise<readonly Row[]> {
  const receiving = await receive(0);
  const targets = join(base, 'targets.json');
  writeFileSync(targets, JSON.stringify({ store: { type: 'clickhouse', url: receiving.url } }), {
    mode: 0o600,
  });
  const [large, small] = [await workspaceIn(base, 'large'), await workspaceIn(base, 'small')];
  const text = textOf(FILE_BYTES);
  writeFileSync(join(small, 'logs/api.log'), text);
  for (let file = 1; file < FILES; file += 1)
    writeFileSync(join(large, `logs/api.${String(file)}.log`), text);
  writeFileSync(join(large, 'logs/api.log'), text);
  const first: number[] = [];
  const peaks: [number[], number[]] = [[], []];
  let seen = 0;
  for (let turn = 0; turn < 3; turn += 1)
    for (const [index, root] of [large, small].entries()) {
      const started = receiving.batches(seen + 1);
      const enough = receiving.batches(seen + BATCHES);
      const begin = performance.now();
      const child = spawn(process.execPath, [join(import.meta.dirname, 'sendAlone.ts'), root, targets], {
        stdio: 'inherit',
      });
      const pid = String(child.pid);
      await started;
      if (index === 0) first.push(performance.now() - begin);
      await enough;
      peaks[index]?.push(peakOf(pid));
      child.kill('SIGKILL');
      await once(child, 'exit');
      // What was on its way when it was killed counts, too.
      await sleep(50);
      seen += BATCHES;
      rmSync(join(base, 'state'), { recursive: true });
      await inlineApp().run('acceptPolicy', { root: large });
      await inlineApp().run('acceptPolicy', { root: small });
      seen = await settledCount(receiving, seen);
    }
  receiving.close();
  const growth = median(peaks[0]) - median(peaks[1]);
  return [
    {
      what: 'a new process with 1 GB of backlog, until its first batch is there',
      ...{
        measured: ms(median(first)),
        against: '',
        ratio: '',
        goal: '< 1000 ms',
        met: median(first) < 1000,
      },
    },
    {
      what: `peak memory after ${String(BATCHES)} batches of 1 GB of backlog`,
      ...{ measured: mb(median(peaks[0])), against: `of 20 MB, ${mb(median(peaks[1]))}` },
      ...{ ratio: '', goal: '≤ 16.0 MB more', met: growth <= 16 * 1_048_576 },
    },
  ];
}

async function settledCount({ batches }: Receiving, atLeast: number): Promise<number> {
  let count = atLeast;
  for (;;) {
    const isThere = await Promise.race([batches(count + 1).then(() => true), sleep(10).then(() => false)]);
    if (!isThere) return count;
    count += 1;
  }
}

function textOf(bytes: number): string {
  const lines: string[] = [];
  for (let size = 0, number = 0; size < bytes; number += 1) {
    const each = `${line(number)}\n`;
    lines.push(each);
    size += each.length;
  }
  return lines.join('');
}

function peakOf(pid: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
