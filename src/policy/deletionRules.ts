import { longestMs, shortestMs, type Age } from '../base/units.ts';
import { defaultPolicy, type Policy } from './policy.ts';

/** The part of a policy that decides what is deleted, by dotted key. */
export interface DeletionRules {
  readonly 'retention.maxAge': Age;
  readonly 'retention.maxFolderMB': number;
  readonly 'retention.alsoFamilies': readonly string[];
  readonly 'retention.hold': boolean;
  readonly 'sessions.dir': string;
  readonly 'sessions.retentionDays': number;
  readonly 'audit.maxAge': Age | null;
}

export type DeletionKey = keyof DeletionRules;

export function deletionRules({ retention, sessions, audit }: Policy): DeletionRules {
  return {
    'retention.maxAge': retention.maxAge,
    'retention.maxFolderMB': retention.maxFolderMB,
    'retention.alsoFamilies': retention.alsoFamilies,
    'retention.hold': retention.hold,
    'sessions.dir': sessions.dir,
    'sessions.retentionDays': sessions.retentionDays,
    'audit.maxAge': audit.maxAge,
  };
}

export const defaultDeletionRules: DeletionRules = deletionRules(defaultPolicy);

/** The keys that make `rules` delete more than `accepted`, or delete something else; empty if there are none. */
export function moreDestructive(rules: DeletionRules, accepted: DeletionRules): readonly DeletionKey[] {
  const keys: DeletionKey[] = [];
  if (isShorter(rules['retention.maxAge'], accepted['retention.maxAge'])) keys.push('retention.maxAge');
  if (rules['retention.maxFolderMB'] < accepted['retention.maxFolderMB']) keys.push('retention.maxFolderMB');
  const families = new Set(accepted['retention.alsoFamilies']);
  if (rules['retention.alsoFamilies'].some((glob) => !families.has(glob)))
    keys.push('retention.alsoFamilies');
  if (accepted['retention.hold'] && !rules['retention.hold']) keys.push('retention.hold');
  if (rules['sessions.dir'] !== accepted['sessions.dir']) keys.push('sessions.dir');
  if (rules['sessions.retentionDays'] < accepted['sessions.retentionDays'])
    keys.push('sessions.retentionDays');
  if (isShorter(rules['audit.maxAge'], accepted['audit.maxAge'])) keys.push('audit.maxAge');
  return keys;
}

/** Null keeps for ever. A comparison of months with days assumes the worst case. */
function isShorter(age: Age | null, accepted: Age | null): boolean {
  if (age === null) return false;
  if (accepted === null) return true;
  if ('days' in age && 'days' in accepted) return age.days < accepted.days;
  if ('months' in age && 'months' in accepted) return age.months < accepted.months;
  return shortestMs(age) < longestMs(accepted);
}
