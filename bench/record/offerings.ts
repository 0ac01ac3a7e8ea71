import { median } from '../sideBySide.ts';
import type { ContenderName } from './contenders/contenders.ts';
import type { Offering } from './offerEntries.ts';
import { runProgram } from './program.ts';
import { inWorkspace } from './recordingWorkspace.ts';

const TURNS = 5;

/** The number of entries for each contender: enough for a rotation, and fewer where 400,000 would take minutes. */
const counts: Readonly<Record<ContenderName, number>> = {
  ours: 400_000,
  stringify: 400_000,
  pino: 400_000,
  pinoRoll: 400_000,
  pinoRollInWorker: 400_000,
  winston: 400_000,
  rotatingFileStream: 100_000,
  log4js: 100_000,
};
const EACH_COUNT = 200_000;

/** The medians of one contender. */
export interface Offered {
  readonly count: number;
  /** µs in one call, on average. */
  readonly inside: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Entries that are missing from the files or that it reports as refused: the most of all turns. */
  readonly lost: number;
  readonly bytesPerLine: number;
}

/** Measures all contenders in turns, each time in a new process with new entries. `each` times every single call. */
export async function offerings<K extends ContenderName>(
  base: string,
  names: readonly K[],
  each: boolean,
): Promise<Record<K, Offered>> {
  const told = Object.fromEntries(names.map((name) => [name, [] as Offering[]])) as Record<K, Offering[]>;
  for (let turn = 1; turn <= TURNS; turn += 1) {
    for (const name of names) {
      const count = each ? EACH_COUNT : counts[name];
      const offering = await inWorkspace(base, (folder) => {
        const words = [name, folder, String(count), String(turn)];
        return runProgram<Offering>('offerEntries.ts', each ? [...words, 'each'] : words);
      });
      told[name].push(offering);
    }
  }
  const summed = names.map((name) => [name, summary(told[name], each ? EACH_COUNT : counts[name], name)]);
  return Object.fromEntries(summed) as Record<K, Offered>;
}

function summary(told: readonly Offering[], count: number, name: ContenderName): Offered {
  const writesNothing = name === 'stringify';
  return {
    count,
    inside: (median(told.map(({ inside }) => inside)) * 1000) / count,
    perSecond: count / (median(told.map(({ whole }) => whole)) / 1000),
    p50: median(told.map(({ p50 }) => p50)),
    p99: median(told.map(({ p99 }) => p99)),
    lost: writesNothing ? 0 : Math.max(...told.map(({ lines, dropped }) => Math.max(count - lines, dropped))),
    bytesPerLine: median(told.map(({ bytes, lines }) => bytes / lines)),
  };
}
