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
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      // After the name, which may hold blanks and brackets: state, parent, group.
      const fields = /.*\) (?<state>\S) \d+ (?<group>\d+)/s.exec(
        readFileSync(`/proc/${name}/stat`, 'latin1'),
      );
      return Number(fields?.groups?.group) === leader && fields?.groups?.state !== 'Z';
    } catch {
      return false;
    }
  });
}
