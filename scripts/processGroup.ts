import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 5000;

/**
 * Ends a program that was started `detached`, and all that it started, by the group that the system keeps for them.
 * @param leader process id of the program
 */
export async function endGroup(leader: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!signalGroup(leader, signal)) return;
    const begin = Date.now();
    while (Date.now() - begin < PATIENCE_MS) {
      if (!groupRuns(leader)) return;
      await delay(20);
    }
  }
}

/** Kills the group at once, where there is no time left to wait. */
export function killGroup(leader: number): void {
  signalGroup(leader, 'SIGKILL');
}

/** Waits until the system has forgotten the group: a dead orphan is listed until the first process takes note. */
export async function groupForgotten(leader: number): Promise<void> {
  const begin = Date.now();
  while (Date.now() - begin < PATIENCE_MS && signalGroup(leader, 0)) await delay(50);
}

/** @returns whether there was somebody to signal */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

function groupRuns(leader: number): boolean {
  if (process.platform !== 'linux') return signalGroup(leader, 0);
  return processes().some(({ group, state }) => group === leader && state !== 'Z');
}

/** Kills a program and all that descends from it, whatever groups they are in. */
export function killTree(root: number): void {
  const all = process.platform === 'linux' ? processes() : [];
  const tree = [root];
  // Parents are added before their children are looked for.
  for (const ancestor of tree) {
    tree.push(...all.filter(({ parent }) => parent === ancestor).map(({ id }) => id));
  }
  for (const id of tree) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

interface Process {
  readonly id: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // Behind the name, which may hold blanks and brackets.
      const stat = /.*\) (?<state>\S) (?<parent>\d+) (?<group>\d+)/s;
      const {
        state = '',
        parent,
        group,
      } = stat.exec(readFileSync(`/proc/${name}/stat`, 'latin1'))?.groups ?? {};
      return [{ id: Number(name), state, parent: Number(parent), group: Number(group) }];
    } catch {
      return [];
    }
  });
}
