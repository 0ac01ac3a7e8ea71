import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { changingCalls, watchChanges } from './changingCalls.ts';
import { runUnderStrace } from './strace.ts';
import type { Surroundings } from './strace.ts';

const CASES_AT_ONCE = 2;

/** Something that changes a workspace, to be killed at each of its steps. */
export interface KillSweep {
  /** The cases' workspaces are made in it. */
  readonly folder: string;
  /** Fills the folder that a case starts from. */
  readonly fill: (root: string) => void;
  /** What Node is started with. */
  readonly words: (root: string) => readonly string[];
  readonly surroundings?: Surroundings;
  /** Looks at the workspace of a case. */
  readonly check: (root: string, wasKilled: boolean) => Promise<void>;
}

/**
 * Kills the program before each call that changes something, one after the other.
 * @returns the cases in which it really died of it, as `fsync 3`
 */
export async function killAtEach(sweep: KillSweep): Promise<string[]> {
  const { folder, fill, words, surroundings, check } = sweep;
  const killed: string[] = [];

  /** Kills at the N-th call. @returns whether anything was killed */
  const killAt = async (calls: string, when: number): Promise<boolean> => {
    const root = join(folder, `${calls.replace(/\W/g, '')}-${String(when)}`);
    fill(root);
    const injection = { calls, effect: 'signal=SIGKILL', when: String(when) };
    const { signal, trace } = await runUnderStrace(words(root), injection, surroundings);
    try {
      if (signal === 'SIGKILL') killed.push(`${calls} ${String(when)}`);
      await check(root, signal === 'SIGKILL');
    } catch (error) {
      throw new Error(`killed at ${calls} ${String(when)}, kept in ${root}`, { cause: error });
    }
    rmSync(root, { recursive: true });
    return signal === 'SIGKILL' || trace.includes('killed by SIGKILL');
  };

  let watched = 0;
  const ordinals = await watchChanges(() => {
    const root = join(folder, `watched-${String((watched += 1))}`);
    fill(root);
    return words(root);
  }, surroundings);
  const waiting = [...changingCalls];
  const takeTurns = async (): Promise<void> => {
    for (let calls = waiting.shift(); calls !== undefined; calls = waiting.shift()) {
      const chosen = ordinals.get(calls);
      if (chosen !== undefined) for (const when of chosen) await killAt(calls, when);
      else for (let when = 1; await killAt(calls, when);) when += 1;
    }
  };
  await Promise.all(Array.from({ length: CASES_AT_ONCE }, takeTurns));
  return killed;
}
