import { heldOpen } from '../files/heldOpen.ts';
import { listFiles } from '../files/list.ts';
import type { DatedLogFile } from '../files/logFile.ts';
import type { Policy } from '../policy/policy.ts';
import { logsFolder, times } from '../workspace/workspace.ts';
import { hasManaged, type Area } from './decision.ts';
import { plan } from './plan.ts';
import { estimateZipRatio } from './zipRatio.ts';

/** The contents of `logs/`, with the times of the entries. */
export interface Seen {
  readonly files: readonly DatedLogFile[];
  readonly notFiles: readonly string[];
}

/** The logs. They wait for every key: a policy that is not accepted deletes none of them. */
export function logsArea(root: string, policy: Policy): Area<Seen> {
  const folder = logsFolder(root);
  return {
    root,
    policy,
    look: (now) => look(root, now),
    atStake: ({ files }) => ({ logs: () => hasManaged(policy, files) }),
    waitsFor: () => true,
    plan: ({ files, notFiles }, now, restraint) => {
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
        restraint,
      });
    },
  };
}

/**
 * @param now ms since 1970
 * @throws Failure `logs-missing`, `logs-not-a-folder`, and those of the file system
 */
export async function look(root: string, now: number): Promise<Seen> {
  const folder = logsFolder(root);
  const { files, notFiles } = listFiles(folder);
  return { files: await times.date(folder, files, now), notFiles };
}
