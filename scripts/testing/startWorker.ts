import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../folders.ts';
import { cpuSecondsOf, killTree } from '../processGroup.ts';
import { failedWhole, type Report } from './report.ts';
import type { Message, Order } from './worker.ts';

/** A process that is still running this long after a signal is killed. */
const GRACE_MS = 10_000;

/**
 * To start a program, Linux copies the page tables of the process that starts it: at 450 MB that takes 10 ms of CPU
 * time, at 50 MB less than one.
 */
const LARGE_BYTES = 200 * 1_048_576;

/** A process that runs items, one after the other. */
export interface Worker {
  /**
   * Resolves when the item is over. If the process dies or hangs, it resolves to a failure, and the process is of no
   * more use.
   */
  run(order: Order, minutes: number): Promise<Report>;
  /** Errors that occurred while no item was running; each is returned once. */
  takeLate(): string[];
  /** CPU seconds so far of the process and its children. */
  cpuSeconds(): number;
  /** Whether it has so much memory that another process starts programs faster. */
  isLarge(): boolean;
  /** Ends the process and its children. */
  end(): Promise<void>;
}

/** @param folder the worker's own folder, which does not exist yet; `end` deletes it */
export function startWorker(folder: string, environment: Readonly<Record<string, string>>): Worker {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
    cwd: checkout,
    env: { ...process.env, ...ownPlaces(folder), ...environment },
  });
  const exited = once(child, 'exit');
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) killTree(child.pid);
  };
  let done: (report: Report) => void = () => undefined;
  let late: string[] = [];
  let memory = 0;
  child.on('message', (message: Message) => {
    if ('late' in message) late.push(message.late);
    else {
      ({ memory } = message);
      done(message.report);
    }
  });
  return {
    async run(order, minutes) {
      let hangs = false;
      const limit = setTimeout(() => {
        hangs = true;
        kill();
      }, minutes * 60_000);
      const died = exited.then(() =>
        failedWhole(
          order.name,
          hangs
            ? `It has not ended after ${String(minutes)} minutes, so it was stopped.`
            : `Its process ended (exit code ${String(child.exitCode)}, signal ${String(child.signalCode)}).`,
        ),
      );
      const reported = new Promise<Report>((resolve) => {
        done = resolve;
      });
      if (child.connected) child.send(order);
      return Promise.race([reported, died]).finally(() => {
        clearTimeout(limit);
      });
    },
    takeLate() {
      const taken = late;
      late = [];
      return taken;
    },
    cpuSeconds: () => (child.pid === undefined ? 0 : cpuSecondsOf(child.pid)),
    isLarge: () => memory > LARGE_BYTES,
    async end() {
      // When it ends by a signal, its children end, too.
      child.kill('SIGTERM');
      const killing = setTimeout(kill, GRACE_MS);
      await exited;
      clearTimeout(killing);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * The environment of one worker: its temporary files, settings and caches are separate from other workers' and the
 * person's.
 */
function ownPlaces(folder: string): Record<string, string> {
  const places = {
    TMPDIR: 'tmp',
    HOME: 'home',
    XDG_STATE_HOME: 'state',
    XDG_CONFIG_HOME: 'config',
    XDG_CACHE_HOME: 'cache',
    XDG_DATA_HOME: 'data',
    XDG_RUNTIME_DIR: 'run',
  };
  const own = Object.entries(places).map(([name, place]) => {
    const path = join(folder, place);
    mkdirSync(path, { recursive: true });
    return [name, path] as const;
  });
  // Some tests run a program as another user, who needs access.
  for (const path of [folder, join(folder, 'tmp')]) chmodSync(path, 0o755);
  return { ...Object.fromEntries(own), ...npmsPlaces() };
}

/** npm's configuration and its cache are the person's. */
function npmsPlaces(): Record<string, string> {
  const settings = join(homedir(), '.npmrc');
  return {
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
    ...(existsSync(settings) && { npm_config_userconfig: settings }),
  };
}
