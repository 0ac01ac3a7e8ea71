/**
 * A process that passes entries to one contender: `offerEntries.ts NAME FOLDER COUNT SEED [each]`. The entries come in
 * blocks; the event loop turns after each block. The blocks are timed, or with `each` every single call.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Entry } from '../../src/files/entry.ts';
import type { Contender } from './contenders/contender.ts';
import { contenders, type ContenderName } from './contenders/contenders.ts';
import { freshEntries } from './entries.ts';
import { linesIn } from './linesIn.ts';
import { timerCost } from './timerCost.ts';

/** The result for one contender. Times are in ms, those of single calls in µs, without the cost of the timer. */
export interface Offering {
  /** The sum of the times between the beginning and the end of the calls. */
  readonly inside: number;
  /** From the first call until the files are closed. */
  readonly whole: number;
  readonly p50: number;
  readonly p99: number;
  readonly lines: number;
  readonly bytes: number;
  readonly dropped: number;
}

/** About 20 KB: the entries that a busy server gets between two writes to its files. */
const BLOCK = 100;

const [name = '', folder = '', count = '', seed = '', each] = process.argv.slice(2);
// A transport in a worker does not keep its process alive while it starts and ends.
const alive = setInterval(() => undefined, 60_000);
const contender = await contenders[name as ContenderName](folder);
const entries = freshEntries(Number(count), Number(seed));
globalThis.gc?.();
await turn();
const isEach = each === 'each';
const began = performance.now();
const times = isEach ? await offerOneByOne(contender, entries) : await offerInBlocks(contender, entries);
await contender.end();
const whole = performance.now() - began;
const { lines, bytes } = linesIn(folder);
const inside = times.reduce((sum, time) => sum + time, 0);
times.sort();
const quantile = (share: number): number =>
  isEach ? ((times[Math.floor(times.length * share)] ?? 0) - timerCost()) * 1000 : 0;
const dropped = contender.dropped?.() ?? 0;
const offering: Offering = { inside, whole, p50: quantile(0.5), p99: quantile(0.99), lines, bytes, dropped };
clearInterval(alive);
process.send?.(offering);

async function offerInBlocks({ take, pause }: Contender, offered: readonly Entry[]): Promise<Float64Array> {
  const spent = new Float64Array(Math.ceil(offered.length / BLOCK));
  for (let block = 0; block < spent.length; block += 1) {
    const together = offered.slice(block * BLOCK, (block + 1) * BLOCK);
    const start = performance.now();
    for (const entry of together) take(entry);
    spent[block] = performance.now() - start;
    await (pause?.() ?? turn());
  }
  return spent;
}

async function offerOneByOne({ take, pause }: Contender, offered: readonly Entry[]): Promise<Float64Array> {
  const spent = new Float64Array(offered.length);
  let index = 0;
  for (const entry of offered) {
    const start = performance.now();
    take(entry);
    spent[index] = performance.now() - start;
    index += 1;
    if (index % BLOCK === 0) await (pause?.() ?? turn());
  }
  return spent;
}
