import { after } from '../base/units.ts';
import type { DatedLogFile } from '../model/logFile.ts';
import type { Plan } from '../model/maintenance.ts';
import type { Outlook } from '../model/outlook.ts';
import type { Policy } from '../model/policy.ts';
import { entryTime } from './entryAge.ts';
import { rotationLimit } from './plan.ts';

/** What happens next to each file, by name. Files that no rule touches are not in it. */
export function outlook(
  files: readonly DatedLogFile[],
  policy: Policy,
  plan: Plan,
  now: number,
): Map<string, Outlook> {
  const result = new Map<string, Outlook>();
  const depth = rotationDepths(files);
  for (const file of files) {
    const { parts } = file;
    if (parts.kind === 'active') {
      result.set(file.name, { kind: 'rotates', atBytes: rotationLimit(policy, parts.family) });
    } else if (parts.kind === 'rotated') {
      const afterRotations = Math.max(1, policy.rotation.keepPlain - (depth.get(file.name) ?? 0));
      result.set(file.name, { kind: 'zips', afterRotations });
    } else if (parts.kind === 'archive') {
      result.set(file.name, { kind: 'expires', at: after(entryTime(file, now), policy.retention.maxAge) });
    }
  }
  for (const { name, reason } of plan.skipped) {
    if (reason === 'hold' || reason === 'unaccepted' || reason === 'clock')
      result.set(name, { kind: 'held', reason });
  }
  for (const { kind, name, reason } of plan.steps) {
    if (kind === 'zip') result.set(name, { kind: 'zips', afterRotations: 0 });
    else if (reason !== 'plain' && reason !== 'asked') result.set(name, { kind: 'due', step: kind, reason });
  }
  return result;
}

/** How many plain files of its family are newer than a rotated file, an active one counted whether it is there or not. */
function rotationDepths(files: readonly DatedLogFile[]): Map<string, number> {
  const depths = new Map<string, number>();
  for (const family of ['api', 'audit']) {
    const rotated = files.flatMap(({ name, parts }) =>
      parts.kind === 'rotated' && parts.family === family ? [{ name, number: parts.number }] : [],
    );
    rotated.sort((a, b) => b.number - a.number);
    for (const [index, { name }] of rotated.entries()) depths.set(name, index + 1);
  }
  return depths;
}
