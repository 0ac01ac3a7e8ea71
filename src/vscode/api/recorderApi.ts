import * as vscode from 'vscode';
import type { Recorder, RecorderOptions } from '../../recorder/recorderTypes.ts';
import { Failure } from '../../base/failure.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { RequestIds, SessionLog } from '../../sessions/log/sessionLog.ts';
import type { Output } from '../window/output.ts';

/** The API that `activate` returns to other extensions. */
export interface ExtensionApi {
  readonly version: 1;
  /**
   * Records entries in a workspace folder's `logs/api.log`, under its policy. Close the recorder when you are done; the
   * extension closes it at the latest when it is deactivated.
   * @throws Failure `not-managed`, `workspace-not-trusted`, `workspace-not-a-folder`, `logs-not-a-folder`,
   * `sqlite-missing` …
   */
  readonly recorder: (folder: vscode.WorkspaceFolder | vscode.Uri) => Promise<Recorder>;
  /**
   * Opens the session log of a request in a workspace folder. Once it is completed it becomes an archive, encrypted
   * with the newest of the known passwords, under the folder's policy. The `SESSION_LOG_*` variables of the environment
   * do not count. The output shows the reason where no archive is written.
   * @throws Failure `workspace-not-trusted`, `workspace-not-a-folder`, `policy-damaged`, `policy-newer` …
   */
  readonly openSession: (folder: vscode.WorkspaceFolder | vscode.Uri, ids: RequestIds) => Promise<SessionLog>;
}

/** The exports of the bundle `dist/index.js` that are used here. */
interface Library {
  readonly createRecorder: (
    options: RecorderOptions,
    environment: Readonly<Record<string, string | undefined>>,
  ) => Promise<Recorder>;
}

/** Makes the recorder API for other extensions. The library is loaded when it is first used. */
export function createRecorderApi(
  extension: vscode.Uri,
  output: Output,
): Pick<ExtensionApi, 'recorder'> & Disposable {
  const open = new Set<Recorder>();
  const library = vscode.Uri.joinPath(extension, 'dist', 'index.js').toString(true);

  return {
    async recorder(folder) {
      const { fsPath } = 'uri' in folder ? folder.uri : folder;
      if (!vscode.workspace.isTrusted) throw new Failure('workspace-not-trusted', { path: fsPath });
      const { createRecorder } = (await import(library)) as Library;
      // The variables of the environment do not count in VS Code.
      const recorder = await createRecorder({ workspace: fsPath }, {});
      open.add(recorder);
      recorder.on('error', (failure) => {
        output.error(failure);
      });
      return recorder;
    },
    dispose() {
      for (const recorder of open) recorder.close().catch(output.error);
    },
  };
}
