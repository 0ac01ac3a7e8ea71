import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../folders.ts';
import { suiteOf, type Item } from './suites.ts';

/** How long each file takes, in whole seconds, rounded up to one of `STEPS`. */
export type Durations = Readonly<Record<string, number>>;

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const UNKNOWN = 5;
/** Times differ from machine to machine, so a duration that is still roughly right stays as it is. */
const STEPS_THAT_COUNT = 2;
const file = join(checkout, 'test', 'durations.json');

export function readDurations(): Durations {
  return JSON.parse(readFileSync(file, 'utf8')) as Durations;
}

/**
 * What needs a window first: it waits for half of its time, and the other items, which run beside it, fill the cores.
 * Then the longest, so that no core is left alone with one at the end. Equal ones by name, so that the order is the same
 * everywhere.
 */
export function inOrder(items: readonly Item[], durations: Durations): Item[] {
  const waits = (item: Item): number => (suiteOf(item).needsServer ? 1 : 0);
  const of = ({ name }: Item): number => durations[name] ?? UNKNOWN;
  return items.toSorted(
    (one, other) => waits(other) - waits(one) || of(other) - of(one) || (one.name < other.name ? -1 : 1),
  );
}

/**
 * The durations after a run: changed where they differ by two steps, added for new files, and removed for files that
 * are gone.
 * @param seconds the measured times, by name
 * @param existing names of all existing items
 */
export function learn(
  durations: Durations,
  seconds: ReadonlyMap<string, number>,
  existing: ReadonlySet<string>,
): Durations {
  const learned = new Map(Object.entries(durations).filter(([name]) => existing.has(name)));
  for (const [name, measured] of seconds) {
    const old = learned.get(name);
    const step = stepOf(measured);
    if (old === undefined || Math.abs(step - stepOf(old)) >= STEPS_THAT_COUNT)
      learned.set(name, STEPS[step] ?? UNKNOWN);
  }
  return Object.fromEntries([...learned].sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function writeDurations(durations: Durations): void {
  writeFileSync(file, `${JSON.stringify(durations, null, 2)}\n`);
}

function stepOf(seconds: number): number {
  const step = STEPS.findIndex((bound) => seconds <= bound);
  return step === -1 ? STEPS.length - 1 : step;
}
