import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sample, seed } from '../chance.ts';
import { copyExactly, digestOf } from './exactCopy.ts';
import { runStopping, type StoppedRun } from './stoppedRun.ts';
import type { Surroundings } from './strace.ts';

const REAL_KILLS = 2;

/** The trail has a sweep of its own; elsewhere a state that differs in nothing else is no state of its own. */
const TRAIL = /(?:^|\/)audit(?:\.db|\/)/;

/** Something that changes folders, to be killed at each of its steps. */
export interface Killing {
  readonly name: string;
  /** The states are kept in it. */
  readonly folder: string;
  /** The folders that it changes: the workspace, the state folder and so on. */
  readonly changes: readonly string[];
  /** Whether it is the sweep of the trail. */
  readonly isOfTrail?: boolean;
  /** Arguments for Node. */
  readonly words: readonly string[];
  readonly surroundings?: Surroundings;
  /**
   * Asserts the state after a kill and after the recovery. `printed` is the output of the program before it was killed.
   */
  readonly check: (printed: string) => Promise<void>;
  /** Looks at the run that was only stopped. */
  readonly checkRun?: (run: StoppedRun) => void;
  /** How many of the states are checked in a plain run, chosen at random; all of them by default. */
  readonly checked?: number;
}

/** The state of the disk after some calls, as a kill at that point leaves it. */
interface DiskState {
  /** The number of the snapshot in which it was first seen. */
  readonly snapshot: number;
  /** The calls that made it. */
  readonly calls: string;
  /** The copies of the changed folders. */
  readonly copies: readonly string[];
  /** All that was printed while the disk was like that. */
  printed: string;
}

/** How many states a scenario had. */
export interface KillCounts {
  readonly snapshots: number;
  readonly states: number;
  /** How many of the real kills hit the program before its end. */
  readonly kills: number;
  /** The names of the calls that a kill came after: `openat`, `rename` … */
  readonly calls: ReadonlySet<string>;
}

/**
 * A kill leaves exactly the changes of the calls so far. So one run that is stopped after each changing call shows
 * every state that a kill can leave. Each distinct state is restored and checked. Some real kills in addition show that
 * the kernel frees the locks.
 */
export async function checkKillStates(killing: Killing): Promise<KillCounts> {
  const { name, folder, changes, isOfTrail = false, words, surroundings = {} } = killing;
  const { check, checkRun, checked = Infinity } = killing;
  const states = new Map<string, DiskState>();
  const seen = new Set<string>();
  let snapshots = 0;
  const take = (calls: readonly string[], printed: string): void => {
    snapshots += 1;
    const digest = digestOf(changes, isOfTrail ? undefined : TRAIL);
    const known = states.get(digest);
    if (known !== undefined) {
      known.printed = printed;
      return;
    }
    const own = join(folder, 'states', String(states.size));
    const copies = changes.map((_, place) => join(own, String(place)));
    mkdirSync(own, { recursive: true });
    for (const [place, changed] of changes.entries()) copyExactly(changed, copies[place] ?? '');
    states.set(digest, { snapshot: snapshots, calls: calls.join('\n'), copies, printed });
  };

  take(['the start'], '');
  const [start] = states.values();
  const run = await runStopping(words, surroundings, (calls, printed) => {
    for (const call of calls) seen.add(/\w+/.exec(call)?.[0] ?? call);
    take(calls, printed);
    return 'continue';
  });
  checkRun?.(run);

  const putBack = (state: DiskState | undefined): void => {
    for (const [place, changed] of changes.entries()) {
      rmSync(changed, { recursive: true, force: true });
      copyExactly(state?.copies[place] ?? '', changed);
    }
  };
  for (const state of sample([...states.values()], checked, `states of ${name}`)) {
    putBack(state);
    await explained(
      () => check(state.printed),
      `killed after snapshot ${String(state.snapshot)}: ${state.calls}`,
    );
  }

  let kills = 0;
  for (const { snapshot, calls } of sample([...states.values()], REAL_KILLS, name)) {
    putBack(start);
    let taken = 1;
    const killed = await runStopping(words, surroundings, () => {
      taken += 1;
      return taken >= snapshot ? 'kill' : 'continue';
    });
    if (killed.isKilled) kills += 1;
    const place = `really killed after snapshot ${String(snapshot)}, SEED=${String(seed)}: ${calls}`;
    await explained(() => check(killed.stdout), place);
  }
  rmSync(join(folder, 'states'), { recursive: true });
  return { snapshots, states: states.size, kills, calls: seen };
}

async function explained(check: () => Promise<void>, place: string): Promise<void> {
  try {
    await check();
  } catch (error) {
    // The message of the check stands in it, too: not every reporter shows a cause.
    throw new Error(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * Prints the numbers of states, and asserts that there were enough: a tracer that misses calls would find few states.
 */
export function assertKillCounts(counts: ReadonlyMap<string, KillCounts>, statesAtLeast: number): void {
  let sum = 0;
  let killed = 0;
  for (const [name, { snapshots, states, kills }] of counts) {
    sum += states;
    killed += kills;
    const numbers = [states, snapshots, kills].map((count) => String(count).padStart(5)).join('');
    console.log(`      ${numbers} ${name}`);
  }
  console.log(
    `      ${String(sum).padStart(5)} distinct states (then snapshots, real kills), seed ${String(seed)}`,
  );
  assert.ok(sum >= statesAtLeast, `only ${String(sum)} distinct states`);
  assert.ok(killed >= counts.size, `only ${String(killed)} real kills`);
}
