import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { settings } from './ids.ts';
import { AFTER_START, intervalOf, MaintenanceSchedule, SOON } from './maintenanceSchedule.ts';
import type { RunOutcome } from './maintenanceSchedule.ts';
import type { LogWorkspace } from './logWorkspace.ts';
import type { Workspaces } from './workspaces.ts';

/**
 * Maintenance that comes by itself in trusted, managed folders: on a timer, and soon after a rotation or a change of the
 * policy made something due. `run` makes one run and never fails.
 */
export function registerBackgroundMaintenance(
  workspaces: Workspaces,
  run: (workspace: LogWorkspace) => Promise<RunOutcome>,
): Disposable {
  const store = new DisposableStore();
  const folders = new Map<string, FolderTimer>();
  /** A folder that is opened, or gets its policy, later on need not wait as at the start of a window. */
  let first = AFTER_START;

  function follow(all: readonly LogWorkspace[]): void {
    const minutes = vscode.workspace.getConfiguration().get<unknown>(settings.intervalMinutes);
    const intervalMs = intervalOf(minutes);
    const followed = intervalMs === 0 ? [] : all.filter(mayRun);
    for (const [root, timer] of folders) {
      if (followed.some((workspace) => workspace.root === root)) continue;
      timer.dispose();
      folders.delete(root);
    }
    for (const workspace of followed) {
      const { root, overview } = workspace;
      const timer = folders.get(root) ?? startTimer(workspace);
      folders.set(root, timer);
      if (overview !== undefined) timer.see(overview.due);
    }

    function startTimer(workspace: LogWorkspace): FolderTimer {
      const options = { intervalMs, first, now: performance.now(), random: Math.random };
      return new FolderTimer(new MaintenanceSchedule(options), () => run(workspace));
    }
  }

  function forget(): void {
    for (const timer of folders.values()) timer.dispose();
    folders.clear();
  }

  store.add(
    workspaces.onDidChange((all) => {
      follow(all);
      first = SOON;
    }),
  );
  store.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(settings.intervalMinutes)) return;
      forget();
      follow(workspaces.all());
    }),
  );
  store.add({ dispose: forget });
  return store;
}

/** Whether maintenance has a sound policy and a folder here; a folder that could not be looked at is not followed. */
function mayRun({ overview }: LogWorkspace): boolean {
  if (!vscode.workspace.isTrusted || overview === undefined) return false;
  return overview.managed && overview.hasLogs && overview.failure === undefined;
}

/** Starts the runs of one folder when its schedule says so. */
class FolderTimer implements Disposable {
  readonly #schedule: MaintenanceSchedule;
  readonly #run: () => Promise<RunOutcome>;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(schedule: MaintenanceSchedule, run: () => Promise<RunOutcome>) {
    this.#schedule = schedule;
    this.#run = run;
  }

  see(due: string): void {
    this.#schedule.see(due, performance.now());
    this.#wait();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const { next } = this.#schedule;
    if (next === undefined || this.#isDisposed) return;
    this.#timer = setTimeout(() => void this.#go(), Math.max(0, next - performance.now()));
  }

  async #go(): Promise<void> {
    this.#schedule.begin();
    const outcome = await this.#run();
    this.#schedule.end(outcome, performance.now());
    this.#wait();
  }
}
