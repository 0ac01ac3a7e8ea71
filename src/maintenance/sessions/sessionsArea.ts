import { join } from 'node:path';
import { pathBelow } from '../../base/pathBelow.ts';
import type { Totals } from '../../files/logFile.ts';
import type { TreeFile } from '../../files/sessionTree.ts';
import type { EnvironmentSettings } from '../../policy/environment.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Plan } from '../../workspace/maintenance.ts';
import {
  placeIfUsable,
  sessionSettings,
  sessionsPlace,
  type SessionsPlace,
} from '../../workspace/sessionsFolder.ts';
import { usedFolders } from '../../workspace/usedSessionFolders.ts';
import { logsFolder, type AppContext } from '../../workspace/workspace.ts';
import { hasSessions, type Area } from '../decision.ts';
import { lookAtSessions, type SessionsSeen } from './look.ts';
import { planClean, type CleanInput, type CleanPlan } from './sessionPlan.ts';

/** Names are paths as `SessionsPlace.shown` gives them. */
export interface SessionsPlan extends Plan, Pick<CleanPlan, 'folders'> {
  /** The files of the steps, by the names of the steps. */
  readonly files: ReadonlyMap<string, TreeFile>;
}

interface SessionsArea extends Area<readonly SeenTree[], SessionsPlan>, Pick<SessionsPlace, 'shown'> {}

/** A folder of session archives, and how long they stay in it. */
interface Tree extends Pick<SessionsPlace, 'path' | 'isShared'>, Pick<CleanInput, 'retentionDays'> {}

interface SeenTree extends SessionsSeen {
  readonly tree: Tree;
}

/**
 * The session archives in the folder that the policy or the environment names, and in those that were used before. They
 * wait only for the keys that concern them. A key that the environment sets needs no acceptance.
 * @throws Failure `session-skipped`, as `sessionsPlace`
 */
export function sessionsArea(
  root: string,
  policy: Policy,
  fromEnvironment: EnvironmentSettings = {},
  context: AppContext,
): SessionsArea {
  const settings = sessionSettings(policy, fromEnvironment);
  const own = { ...sessionsPlace(root, settings, fromEnvironment), retentionDays: settings.retentionDays };
  const { shown } = own;
  const used = usedFolders(root, context).flatMap(({ folder, retentionDays = 0 }): Tree[] => {
    const place = placeIfUsable(root, { ...settings, dir: folder });
    // Where a variable kept archives longer, they are not deleted sooner only because it is not set here.
    const days = fromEnvironment.retentionDays ?? Math.max(settings.retentionDays, retentionDays);
    return place === undefined ? [] : [{ ...place, retentionDays: days }];
  });
  const trees = outermost([own, ...used]);
  const nameOf = ({ folder, name }: TreeFile): string => shown(join(folder, name));
  return {
    root,
    policy,
    shown,
    async look(now) {
      const seen: SeenTree[] = [];
      for (const tree of trees) {
        const times = { retentionDays: tree.retentionDays, now };
        seen.push({ tree, ...(await lookAtSessions(tree.path, logsFolder(root), times, context)) });
      }
      return seen;
    },
    atStake: (seen) => ({
      sessions: () => seen.some(({ archives }) => archives.length > 0) || hasSessions(root, policy, context),
    }),
    waitsFor: (key) =>
      key === 'retention.hold' ||
      (key === 'sessions.dir' && fromEnvironment.dir === undefined) ||
      (key === 'sessions.retentionDays' && fromEnvironment.retentionDays === undefined),
    plan(seen, now, restraint) {
      const plans = seen.map(({ tree: { retentionDays, isShared }, ...found }) =>
        planClean({ ...found, retentionDays, now, restraint, isShared }),
      );
      const deletions = plans.flatMap((plan) => plan.deletions);
      const skipped = plans.flatMap((plan) => plan.skipped);
      return {
        folders: plans.flatMap((plan) => plan.folders),
        before: sumOf(plans.map(({ before }) => before)),
        after: sumOf(plans.map(({ after }) => after)),
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

/** The folders that lie in none of the others; of two that are the same, the first one. */
function outermost(trees: readonly Tree[]): Tree[] {
  return trees.filter(({ path }, index) =>
    trees.every((other, at) => {
      const below = pathBelow(other.path, path);
      return at === index || below === undefined || (below === '' && index < at);
    }),
  );
}

function sumOf(totals: readonly Totals[]): Totals {
  return {
    files: totals.reduce((sum, { files }) => sum + files, 0),
    bytes: totals.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
