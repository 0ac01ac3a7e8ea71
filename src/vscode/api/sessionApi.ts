import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { inertSession, openedSession } from '../../recorder/sessions/openSession.ts';
import { SessionWarnings } from '../../recorder/sessions/sessionWarnings.ts';
import { SessionWriter } from '../../recorder/sessions/sessionWriter.ts';
import { Failure } from '../../base/failure.ts';
import { createMasker } from '../../masking/masker.ts';
import type { RequestIds, SessionLog } from '../../sessions/log/sessionLog.ts';
import type { Output } from '../window/output.ts';
import type { PasswordRing } from '../passwords/passwordRing.ts';

/** The API for session archives for other extensions. */
export interface SessionApi {
  /** @see ExtensionApi */
  readonly openSession: (folder: vscode.WorkspaceFolder | vscode.Uri, ids: RequestIds) => Promise<SessionLog>;
  /** Writes the session logs that were completed. */
  readonly close: () => Promise<void>;
}

/** Makes the session API. The background runs of the workspace delete its old archives. */
export function createSessionApi(
  app: App,
  ring: Pick<PasswordRing, 'handOver'>,
  output: Pick<Output, 'error'>,
): SessionApi {
  const writer = new SessionWriter(app, { beforeWrite: ring.handOver });
  const told = new Map<string, SessionWarnings>();
  let isClosing = false;

  function warningsOf(root: string): SessionWarnings {
    const known = told.get(root) ?? new SessionWarnings();
    told.set(root, known);
    return known;
  }

  return {
    async openSession(place, ids) {
      const { fsPath: root } = 'uri' in place ? place.uri : place;
      if (!vscode.workspace.isTrusted) throw new Failure('workspace-not-trusted', { path: root });
      const warnings = warningsOf(root);
      const tell = (failure: Failure): void => {
        const news = warnings.news(failure);
        // The output channel may be gone during the shutdown.
        if (news !== undefined && !isClosing) output.error(news);
      };
      const rules = await app.run('sessionRules', { root });
      if (rules === undefined) {
        const reason = new Failure('session-skipped', { reason: 'not-managed', detail: root });
        return inertSession(writer, tell, reason);
      }
      const { settings, extraKeys } = rules;
      const onWritten = (): void => {
        warnings.worked();
      };
      return openedSession(ids, {
        root,
        settings,
        masker: createMasker({ extraKeys }),
        writer,
        tell,
        onWritten,
      });
    },
    async close() {
      isClosing = true;
      // The extension is shutting down and can no longer report a failure.
      await writer.flush().catch(() => undefined);
    },
  };
}
