import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { FolderTimers, type TimedFolder } from './folderTimers.ts';
import { settings } from '../window/ids.ts';
import { intervalOf, type RunOutcome } from './maintenanceSchedule.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';
import type { Workspaces } from '../window/workspaces.ts';

/** Makes one run in a workspace, and never fails. */
type Run = (workspace: LogWorkspace, signal: AbortSignal) => Promise<RunOutcome>;

/**
 * Starts the background runs of trusted, managed folders: maintenance on a timer, and soon after a rotation or a change
 * of the policy made work due; and the clean-up of session archives as often as the policy says. A setting of the
 * person switches both off.
 */
export function registerBackgroundMaintenance(
  workspaces: Workspaces,
  maintain: Run,
  cleanUp: Run,
): Disposable {
  const store = new DisposableStore();
  const maintenance = store.add(new FolderTimers(inWorkspace(workspaces, maintain)));
  const cleaning = store.add(new FolderTimers(inWorkspace(workspaces, cleanUp)));

  function follow(all: readonly LogWorkspace[]): void {
    const minutes = vscode.workspace.getConfiguration().get<unknown>(settings.intervalMinutes);
    const intervalMs = intervalOf(minutes);
    const folders = intervalMs === 0 || !vscode.workspace.isTrusted ? [] : all;
    maintenance.follow(folders.flatMap((folder) => maintained(folder, intervalMs)));
    cleaning.follow(folders.flatMap(cleaned));
  }

  store.add(workspaces.onDidChange(follow));
  store.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settings.intervalMinutes)) follow(workspaces.all());
    }),
  );
  return store;
}

/**
 * The folder for maintenance, if it has a valid policy and a `logs` folder. A folder that could not be read is left
 * out.
 */
function maintained({ root, overview }: LogWorkspace, intervalMs: number): TimedFolder[] {
  if (overview?.managed !== true || !overview.hasLogs || overview.failure !== undefined) return [];
  return [{ root, intervalMs, due: overview.due }];
}

/**
 * The folder for clean-ups. A run does all due work. An early run is useful only after the policy was changed or
 * accepted.
 */
function cleaned({ root, overview }: LogWorkspace): TimedFolder[] {
  if (overview?.cleanUp === undefined || overview.failure !== undefined) return [];
  const { everyMs, rules } = overview.cleanUp;
  return [{ root, intervalMs: everyMs, due: `${rules} ${overview.acceptance?.kind ?? ''}` }];
}

function inWorkspace(
  workspaces: Workspaces,
  run: Run,
): (root: string, signal: AbortSignal) => Promise<RunOutcome> {
  return async (root, signal) => {
    const workspace = workspaces.all().find((each) => each.root === root);
    return workspace === undefined ? 'stopped' : run(workspace, signal);
  };
}
