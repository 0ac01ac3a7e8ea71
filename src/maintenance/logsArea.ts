import { heldOpen } from '../files/heldOpen.ts';
import { listFiles } from '../files/list.ts';
import type { DatedLogFile } from '../files/logFile.ts';
import type { Policy } from '../policy/policy.ts';
import { logsFolder, times } from '../workspace/workspace.ts';
import { hasManaged, type Area } from './decision.ts';
import { plan } from './plan.ts';
import { canExpire, lookAtTrail, type SeenTrail } from './pruneStep.ts';
import { estimateZipRatio } from './zipRatio.ts';

/** The contents of `logs/`, with the times of the entries. */
export interface Seen {
  readonly files: readonly DatedLogFile[];
  readonly notFiles: readonly string[];
  /** The audit trail, if its records can expire; absent also in a listing for the view. */
  readonly trail?: SeenTrail | undefined;
}

/** The logs. They wait for every key: a policy that is not accepted deletes none of them. */
export function logsArea(root: string, policy: Policy): Area<Seen> {
  const folder = logsFolder(root);
  return {
    root,
    policy,
    look: async (now) => ({ ...(await look(root, now)), trail: await lookAtTrail(root, policy, now) }),
    atStake: ({ files }) => ({ logs: () => hasManaged(policy, files) || canExpire(root, policy) }),
    waitsFor: () => true,
    plan: ({ files, notFiles, trail }, now, restraint) => {
      const plain = files.filter(({ parts }) => parts.kind === 'active' || parts.kind === 'rotated');
      return plan({
        files,
        policy,
        now,
        zipRatio: estimateZipRatio(folder, files),
        heldOpen: heldOpen(
          folder,
          plain.map(({ name }) => name),
        ),
        notFiles,
        trail,
        restraint,
      });
    },
  };
}

/**
 * The files alone.
 * @param now ms since 1970
 * @throws Failure `logs-missing`, `logs-not-a-folder`, and those of the file system
 */
export async function look(root: string, now: number): Promise<Seen> {
  const folder = logsFolder(root);
  const { files, notFiles } = listFiles(folder);
  return { files: await times.date(folder, files, now), notFiles };
}
