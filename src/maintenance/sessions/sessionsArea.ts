import { join } from 'node:path';
import type { TreeFile } from '../../files/sessionTree.ts';
import type { EnvironmentSettings } from '../../policy/environment.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Plan } from '../../workspace/maintenance.ts';
import { sessionSettings, sessionsPlace, type SessionsPlace } from '../../workspace/sessionsFolder.ts';
import { logsFolder, type AppContext } from '../../workspace/workspace.ts';
import { hasSessions, type Area } from '../decision.ts';
import { lookAtSessions, type SessionsSeen } from './look.ts';
import { planClean, type CleanPlan } from './sessionPlan.ts';

/** Names are paths as `SessionsPlace.shown` gives them. */
export interface SessionsPlan extends Plan, Pick<CleanPlan, 'folders'> {
  /** The files of the steps, by the names of the steps. */
  readonly files: ReadonlyMap<string, TreeFile>;
}

interface SessionsArea extends Area<SessionsSeen, SessionsPlan>, Pick<SessionsPlace, 'shown'> {}

/**
 * The session archives in the folder that the policy or the environment names. They wait only for the keys that concern
 * them. A key that the environment sets needs no acceptance.
 * @throws Failure `session-skipped`, as `sessionsPlace`
 */
export function sessionsArea(
  root: string,
  policy: Policy,
  fromEnvironment: EnvironmentSettings = {},
  context: AppContext,
): SessionsArea {
  const settings = sessionSettings(policy, fromEnvironment);
  const { retentionDays } = settings;
  const { path, isShared, shown } = sessionsPlace(root, settings, fromEnvironment);
  const nameOf = ({ folder, name }: TreeFile): string => shown(join(folder, name));
  return {
    root,
    policy,
    shown,
    look: (now) => lookAtSessions(path, logsFolder(root), { retentionDays, now }, context),
    atStake: ({ archives }) => ({ sessions: () => archives.length > 0 || hasSessions(root, policy) }),
    waitsFor: (key) =>
      key === 'retention.hold' ||
      (key === 'sessions.dir' && fromEnvironment.dir === undefined) ||
      (key === 'sessions.retentionDays' && fromEnvironment.retentionDays === undefined),
    plan(seen, now, restraint) {
      const { deletions, skipped, ...plan } = planClean({ ...seen, retentionDays, now, restraint, isShared });
      return {
        ...plan,
        files: new Map(deletions.map(({ file }) => [nameOf(file), file])),
        steps: deletions.map(({ file, kind, reason }) => ({
          kind,
          name: nameOf(file),
          bytes: file.bytes,
          reason,
        })),
        skipped: skipped.map(({ file, reason }) => ({ name: nameOf(file), reason })),
      };
    },
  };
}
