import { times, type Row } from '../table.ts';
import { offerings, type Offered } from './offerings.ts';

const MOST_OF_PINO = 0.4;
const MOST_OF_STRINGIFY = 2;
const LEAST_OF_PINO_ROLL = 1.5;
const MOST_OF_PINO_P99 = 0.5;

/** The cost of a call of `record` for its caller, and the entries per second that reach their files. */
export async function callRows(base: string): Promise<readonly Row[]> {
  const all = await offerings(
    base,
    ['stringify', 'ours', 'pino', 'pinoRoll', 'pinoRollInWorker', 'winston', 'rotatingFileStream', 'log4js'],
    false,
  );
  const each = await offerings(base, ['ours', 'pino'], true);
  return [
    insideRow('log.info(entry) of pino', all.ours, all.pino, MOST_OF_PINO),
    insideRow('JSON.stringify(entry) alone', all.ours, all.stringify, MOST_OF_STRINGIFY),
    latencyRow(each.ours, each.pino),
    ...throughputRows(all),
  ];
}

function insideRow(what: string, ours: Offered, theirs: Offered, most: number): Row {
  const ratio = ours.inside / theirs.inside;
  return {
    what: `a call of record(entry), average of ${counted(ours.count)}, ${ours.bytesPerLine.toFixed(0)} bytes a line`,
    measured: micro(ours.inside),
    against: `${what}, ${micro(theirs.inside)}`,
    ratio: times(ratio),
    goal: `≤ ${most} ×`,
    met: ratio <= most,
  };
}

function latencyRow(ours: Offered, pino: Offered): Row {
  const ratio = ours.p99 / pino.p99;
  return {
    what: `p99 of single calls, each of ${counted(ours.count)} timed, less the timer’s own cost (p50 ${micro(ours.p50)})`,
    measured: micro(ours.p99),
    against: `pino, ${micro(pino.p99)} (p50 ${micro(pino.p50)})`,
    ratio: times(ratio),
    goal: `≤ ${MOST_OF_PINO_P99} ×`,
    met: ratio <= MOST_OF_PINO_P99,
  };
}

function throughputRows(all: Readonly<Record<keyof typeof labels | 'ours', Offered>>): Row[] {
  const isWorkerFaster = all.pinoRollInWorker.perSecond > all.pinoRoll.perSecond;
  const judged = isWorkerFaster ? 'pinoRollInWorker' : 'pinoRoll';
  const names = Object.keys(labels) as (keyof typeof labels)[];
  const rows = names.map((name): Row => {
    const ratio = all.ours.perSecond / all[name].perSecond;
    const isJudged = name === judged;
    return {
      what: 'entries a second until closed on disk',
      measured: throughput(all.ours),
      against: `${labels[name]}, ${throughput(all[name])}`,
      ratio: times(ratio),
      goal: isJudged ? `≥ ${LEAST_OF_PINO_ROLL} ×` : '',
      met: isJudged ? ratio >= LEAST_OF_PINO_ROLL : undefined,
    };
  });
  const { lost } = all.ours;
  const lostRow = {
    what: 'entries of those that are in no file',
    measured: String(lost),
    against: '',
    ratio: '',
  };
  return [...rows, { ...lostRow, goal: '0', met: lost === 0 }];
}

const labels = {
  pinoRoll: 'pino-roll in the same thread',
  pinoRollInWorker: 'pino-roll in a worker',
  pino: 'pino, never rotated',
  winston: 'winston + winston-daily-rotate-file',
  rotatingFileStream: 'rotating-file-stream',
  log4js: 'log4js',
} as const;

function throughput({ perSecond, count, lost }: Offered): string {
  const rate = `${counted(Math.round(perSecond))}/s`;
  const of = count === 400_000 ? '' : ` of ${counted(count)}`;
  return lost === 0 ? `${rate}${of}` : `${rate}${of}, ${counted(lost)} LOST`;
}

function counted(count: number): string {
  return count.toLocaleString('en-US');
}

function micro(time: number): string {
  return `${time.toFixed(2)} µs`;
}
