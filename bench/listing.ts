import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from '../src/files/list.ts';
import { plan } from '../src/maintenance/plan.ts';
import type { DatedLogFile } from '../src/files/logFile.ts';
import { readPolicyText } from '../src/policy/policyText.ts';
import { sequence } from './realisticLog.ts';
import { duration, sideBySide } from './sideBySide.ts';
import { ms, times, type Row } from './table.ts';

const FILES = 100_000;
const TURNS = 7;
const DAY_MS = 86_400_000;
const MOST_PLANNING_MS = 200;
const MOST_LISTING_RATIO = 1.5;

export async function listingRows(base: string): Promise<readonly Row[]> {
  const logs = join(base, 'many');
  mkdirSync(logs);
  for (const name of manyNames()) writeFileSync(join(logs, name), '');
  const dated = withKnownTimes(logs);
  const { bare, ours, planning, steps } = await measure(logs, dated);
  const ratio = ours / bare;
  return [
    {
      what: `${FILES.toLocaleString('en-US')} files listed by name and size`,
      measured: ms(ours),
      against: `readdir + lstat loop, ${ms(bare)}`,
      ratio: times(ratio),
      goal: `< ${String(MOST_LISTING_RATIO)} ×`,
      met: ratio < MOST_LISTING_RATIO,
    },
    {
      what: `a plan for them (${steps.toLocaleString('en-US')} steps), their times known`,
      measured: ms(planning),
      against: '',
      ratio: '',
      goal: `< ${String(MOST_PLANNING_MS)} ms`,
      met: planning < MOST_PLANNING_MS,
    },
  ];
}

/** A third each of archives, rotated files, and files of other programs. */
function manyNames(): string[] {
  const start = Date.UTC(2020, 0, 1);
  return Array.from({ length: FILES }, (_, index) => {
    const number = Math.floor(index / 3);
    const day = new Date(start + (number % 2000) * DAY_MS).toISOString().slice(0, 10);
    const serial = Math.floor(number / 2000) + 1;
    if (index % 3 === 0) return `api.${day}${serial === 1 ? '' : `.${String(serial)}`}.log.zip`;
    return index % 3 === 1 ? `api.${String(number + 1)}.log` : `worker-${String(number)}.${day}.log.gz`;
  });
}

function withKnownTimes(logs: string): readonly DatedLogFile[] {
  const random = sequence(3);
  const now = Date.now();
  return listFiles(logs).files.map((file) => {
    const last = now - random(400) * DAY_MS;
    return { ...file, bytes: random(200_000), first: last - DAY_MS, last };
  });
}

async function measure(
  logs: string,
  files: readonly DatedLogFile[],
): Promise<{ bare: number; ours: number; planning: number; steps: number }> {
  const reading = readPolicyText('{"version": 1}');
  if (reading.kind !== 'valid') throw new Error('the default policy is not valid');
  const input = { files, policy: reading.policy, now: Date.now(), zipRatio: 0.1, notFiles: [] };
  let steps = 0;
  const medians = await sideBySide(TURNS, {
    bare: () =>
      duration(() => {
        for (const name of readdirSync(logs)) lstatSync(`${logs}/${name}`);
      }),
    ours: () =>
      duration(() => {
        listFiles(logs);
      }),
    planning: () =>
      duration(() => {
        steps = plan({ ...input, heldOpen: new Set() }).steps.length;
      }),
  });
  return { ...medians, steps };
}
