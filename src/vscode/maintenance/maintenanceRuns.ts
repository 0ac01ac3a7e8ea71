import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import type { MaintenanceReport } from '../../maintenance/maintain.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Failure } from '../../base/failure.ts';
import type { Progress } from '../../workspace/maintenance.ts';
import type { Output } from '../window/output.ts';
import type { LogWorkspace } from '../window/logWorkspace.ts';

/** A run of maintenance that this window started. */
export interface Run {
  readonly workspace: LogWorkspace;
  /** Undefined until the run has started its first step. */
  readonly progress: Progress | undefined;
  /** Ends the run after its current step. */
  readonly cancel: () => void;
}

interface RunOptions {
  /** How long to wait for another run of the same folder, in ms. */
  readonly patience: number;
  /** Called with the run before it begins. */
  readonly onStart?: (run: Run) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** All runs of this window, whether a person or a timer started them. */
export interface MaintenanceRuns extends Disposable {
  readonly all: () => readonly Run[];
  readonly of: (root: string) => readonly Run[];
  readonly onDidChange: vscode.Event<void>;
  /** Runs maintenance and writes its actions to the output. Throws as the job does. */
  readonly start: (workspace: LogWorkspace, options: RunOptions) => Promise<MaintenanceReport>;
}

/** Tracks the runs. Removing a folder from the workspace cancels its runs. */
export function trackMaintenance(app: App, output: Output): MaintenanceRuns {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  const runs = new Set<Run>();
  const of = (root: string): Run[] => [...runs].filter(({ workspace }) => workspace.root === root);

  store.add(
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
      for (const { uri } of removed) for (const run of of(uri.fsPath)) run.cancel();
    }),
  );

  return {
    all: () => [...runs],
    of,
    onDidChange: changed.event,
    async start(workspace, { patience, onStart, onProgress }) {
      const controller = new AbortController();
      const run = {
        workspace,
        progress: undefined as Progress | undefined,
        cancel: () => {
          controller.abort();
        },
      };
      runs.add(run);
      onStart?.(run);
      changed.fire();
      try {
        return await app.run(
          'runMaintenance',
          { root: workspace.root, patience },
          {
            signal: controller.signal,
            onReport(report) {
              output.report(report);
              if (report.kind !== 'progress') return;
              run.progress = report.progress;
              onProgress?.(report.progress);
              changed.fire();
            },
          },
        );
      } catch (error) {
        // A folder that was removed from the workspace may be gone from the disk, too.
        throw controller.signal.aborted ? new Failure('cancelled', {}, error) : error;
      } finally {
        runs.delete(run);
        changed.fire();
      }
    },
    dispose() {
      for (const run of runs) run.cancel();
      store.dispose();
    },
  };
}
