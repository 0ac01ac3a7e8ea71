import { recordAfter, type Deed, type Recording } from '../workspace/deeds.ts';
import type { Step } from '../workspace/maintenance.ts';
import { join } from 'node:path';
import { kindOf } from '../files/list.ts';
import { parseFileName } from '../files/fileName.ts';
import { LOGS_FOLDER } from '../files/places.ts';

/** More files than these are counted in a record, but not named. */
const MOST_NAMED = 1000;

const actions = { rotate: 'log_rotated', zip: 'log_zipped', delete: 'log_expired' } as const;

/** A file as a record names it. */
export interface RecordedFile {
  /** Its path in the workspace. */
  readonly name: string;
  readonly to?: string | undefined;
  readonly bytes?: number;
  readonly reason?: Step['reason'];
}

/**
 * Records the steps that were done, one record for each kind. Leftovers of interrupted runs are no logs. Maintenance
 * frees the disk, so it goes on where it cannot be recorded.
 * @param folder that the names of the steps are relative to; empty for the workspace itself
 */
export async function recordSteps(
  context: Recording,
  root: string,
  steps: readonly Step[],
  folder: string = LOGS_FOLDER,
): Promise<void> {
  // A folder that went away during the run is not made anew for its record.
  if (folder === LOGS_FOLDER && kindOf(join(root, folder)) === 'missing') return;
  const placed = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  for (const [kind, action] of Object.entries(actions)) {
    const files = steps
      .filter((step) => step.kind === kind && !fillsItself(step, folder))
      .map(({ name, to, bytes, reason }) => ({
        name: placed(name),
        ...(to !== undefined && { to: placed(to) }),
        bytes,
        reason,
      }));
    if (files.length > 0) await recordAfter(context, root, deedOn(action, files));
  }
}

/** Whether the record of a step would go into the file again that was rotated or zipped: the trail's copy in `logs/`. */
function fillsItself({ kind, name }: Step, folder: string): boolean {
  if (kind === 'delete' || folder !== LOGS_FOLDER) return false;
  const parts = parseFileName(name);
  return parts.kind !== 'foreign' && parts.family === 'audit';
}

/** One deed that was done to several logs: a single one is named as its entity, too. */
export function deedOn(action: Deed['action'], files: readonly RecordedFile[]): Deed {
  const [first] = files;
  return {
    action,
    entity: files.length === 1 && first !== undefined ? first.name : '',
    details: { count: files.length, files: files.slice(0, MOST_NAMED) },
  };
}
