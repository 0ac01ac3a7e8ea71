import * as l10n from '@vscode/l10n';
import type { SessionSkipReason } from '../base/failure.ts';
import { quoted as q } from '../base/printable.ts';

const sentences: Readonly<Record<SessionSkipReason, (detail: string) => string>> = {
  'not-managed': (path) =>
    l10n.t(
      'No session archive is written: {0} has no policy. Run “init” or Configure Logging first.',
      q(path),
    ),
  disabled: () =>
    l10n.t(
      'No session archive is written: they are switched off. Set sessions.enabled in the policy, or SESSION_LOG_STORE_ENABLED, to true.',
    ),
  'missing-id': (name) =>
    name === 'sessionId'
      ? l10n.t(
          'No session archive is written: the {0} is missing. Give it, or set sessions.requireSessionId in the policy to false.',
          q(name),
        )
      : l10n.t(
          'No session archive is written: the {0} is missing. Give it when the session is opened.',
          q(name),
        ),
  // A clean-up and a change of the password say these, too.
  'no-directory': (path) =>
    path === ''
      ? l10n.t(
          'No session archive is written or changed: no folder is named for them. Set SESSION_LOG_DIR to one, or remove it.',
        )
      : l10n.t(
          'No session archive is written or changed: {0} is no folder. Replace it by one, or name another.',
          q(path),
        ),
  'git-folder': (path) =>
    l10n.t(
      'No session archive is written or changed: {0} lies in a folder of Git. Name another folder.',
      q(path),
    ),
  'outside-workspace': (path) =>
    l10n.t(
      'No session archive is written or changed: {0} leads out of the workspace. Let sessions.dir name a folder inside it.',
      q(path),
    ),
  'no-password': () =>
    l10n.t(
      'No session archive is written: there is no password. Set SESSION_LOG_ZIP_PASSWORD, or in VS Code run “Add Password…”.',
    ),
  'codec-missing': (method) =>
    l10n.t(
      'No session archive is written: 7-Zip’s program for {0} cannot be started. Install Workspace Logs again, or set sessions.compression to “deflated”.',
      q(method),
    ),
  'no-lines': () => l10n.t('No session archive is written: nothing was logged.'),
};

/** Why a session log became no archive, and what to do. */
export function describeSessionSkip(reason: SessionSkipReason, detail: string): string {
  return sentences[reason](detail);
}
