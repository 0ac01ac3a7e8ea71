import { after } from '../base/units.ts';
import type { DatedLogFile, NextStep } from '../files/logFile.ts';
import type { Plan } from '../workspace/maintenance.ts';
import type { Policy } from '../policy/policy.ts';
import { entryTime } from '../files/entryTimes.ts';
import { keptPlain, rotationLimit } from './plan.ts';

/** Returns what happens next to a file; undefined if no rule applies to it. */
export type NextStepOf = (file: DatedLogFile) => NextStep | undefined;

/** Returns a function for what happens next to a file. It works on demand, because few of 100,000 files are shown. */
export function nextSteps(
  files: readonly DatedLogFile[],
  policy: Policy,
  plan: Plan,
  now: number,
): NextStepOf {
  const special = new Map<string, NextStep>();
  const depth = rotationDepths(files);
  for (const { name, reason } of plan.skipped) {
    if (reason === 'hold' || reason === 'unaccepted' || reason === 'clock')
      special.set(name, { kind: 'held', reason });
  }
  for (const { kind, name, reason } of plan.steps) {
    if (kind === 'zip') special.set(name, { kind: 'zips', afterRotations: 0 });
    else if (kind !== 'prune' && reason !== 'plain' && reason !== 'asked')
      special.set(name, { kind: 'due', step: kind, reason });
  }
  return (file) => {
    const { parts } = file;
    const known = special.get(file.name);
    if (known !== undefined) return known;
    if (parts.kind === 'active') return { kind: 'rotates', atBytes: rotationLimit(policy, parts.family) };
    if (parts.kind === 'rotated') {
      const afterRotations = Math.max(1, keptPlain(policy, parts.family) - (depth.get(file.name) ?? 0));
      return { kind: 'zips', afterRotations };
    }
    if (parts.kind === 'archive')
      return { kind: 'expires', at: after(entryTime(file, now), policy.retention.maxAge) };
    return undefined;
  };
}

/**
 * For each rotated file, the number of newer plain files of its family. The active file always counts, even if it does
 * not exist.
 */
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
