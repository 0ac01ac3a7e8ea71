import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 5000;

/**
 * Ends a program that was started `detached`, and all its child processes, by their process group.
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

/** Kills the group at once, when there is no time left to wait. */
export function killGroup(leader: number): void {
  signalGroup(leader, 'SIGKILL');
}

/** Waits until the system no longer lists the group: a dead orphan is listed until the first process reaps it. */
export async function groupForgotten(leader: number): Promise<void> {
  const begin = Date.now();
  while (Date.now() - begin < PATIENCE_MS && signalGroup(leader, 0)) await delay(50);
}

/** @returns whether a process received the signal */
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

/** Kills a program and all its descendants, in any process group. */
export function killTree(root: number): void {
  for (const id of treeOf(root, process.platform === 'linux' ? processes() : [])) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function treeOf(root: number, all: readonly Process[]): number[] {
  const tree = [root];
  // Parents are added before their children are looked for.
  for (const ancestor of tree) {
    tree.push(...all.filter(({ parent }) => parent === ancestor).map(({ id }) => id));
  }
  return tree;
}

interface Process {
  readonly id: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Its own time, and that of the children that it has waited for. */
  readonly cpuTicks: number;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The fields follow the name, which may hold blanks and brackets.
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state = '', parent, group, ...more] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime.
      const cpuTicks = more.slice(8, 12).reduce((sum, ticks) => sum + Number(ticks), 0);
      return [{ id: Number(name), state, parent: Number(parent), group: Number(group), cpuTicks }];
    } catch {
      return [];
    }
  });
}

/** Clock ticks a second, as Linux reports times to programs. */
const TICKS = 100;

/**
 * CPU seconds of a program and of all its descendants, including ended ones that were waited for. 0 where the system
 * has no `/proc`.
 */
export function cpuSecondsOf(root: number): number {
  if (process.platform !== 'linux') return 0;
  const all = processes();
  const tree = new Set(treeOf(root, all));
  const ticks = all.filter(({ id }) => tree.has(id)).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
  return ticks / TICKS;
}
