import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  defaultDeletionRules,
  deletionRules,
  moreDestructive,
  type DeletionKey,
  type DeletionRules,
} from '../policy/deletionRules.ts';
import type { Policy } from '../policy/policy.ts';
import type { StateFolder } from './stateFolder.ts';

/**
 * Whether the policy on disk may delete on this machine, and if not, which of its keys delete more. `hash` identifies
 * the rules of deletion, so that the user accepts exactly the rules that were shown.
 */
export type Acceptance =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'pending'; readonly keys: readonly DeletionKey[]; readonly hash: string };

const STATE_NAME = 'accepted';

const age = z.union([z.strictObject({ days: z.number() }), z.strictObject({ months: z.number() })]);
const stateSchema = z.strictObject({
  hash: z.string(),
  rules: z.strictObject({
    'retention.maxAge': age,
    'retention.maxFolderMB': z.number(),
    'retention.alsoFamilies': z.array(z.string()),
    'retention.hold': z.boolean(),
    'sessions.dir': z.string(),
    'sessions.retentionDays': z.number(),
    'audit.maxAge': z.union([age, z.null()]),
  }),
});

/** Whether there are files to lose; called only if the answer matters. */
export interface AtStake {
  /** Managed files in `logs/`. */
  readonly logs: () => boolean;
  /** Session archives in the policy's folder. */
  readonly sessions: () => boolean;
}

/**
 * Decides about a policy from disk. A policy is accepted if it deletes no more than the last accepted one. The first
 * policy is accepted if there are no files to lose, or if it deletes no more than the defaults. Keys that the user is
 * choosing right now (`chosen`, in the form) need no acceptance.
 */
export function acceptanceOf(
  policy: Policy,
  state: StateFolder,
  atStake: AtStake,
  chosen: readonly string[] = [],
): Acceptance {
  const rules = deletionRules(policy);
  const accepted = acceptedRules(state);
  const more = moreDestructive(rules, { ...(accepted ?? defaultDeletionRules), ...rulesAt(rules, chosen) });
  const keys = accepted === undefined ? keysAtStake(more, atStake) : more;
  return keys.length === 0 ? { kind: 'accepted' } : { kind: 'pending', keys, hash: hashOf(rules) };
}

/** The keys that could delete existing files. */
function keysAtStake(keys: readonly DeletionKey[], { logs, sessions }: AtStake): readonly DeletionKey[] {
  const ofSessions = keys.filter(concernsSessions);
  const ofLogs = keys.filter((key) => !concernsSessions(key));
  return [
    ...(ofLogs.length > 0 && logs() ? ofLogs : []),
    ...(ofSessions.length > 0 && sessions() ? ofSessions : []),
  ];
}

function concernsSessions(key: DeletionKey): boolean {
  return key.startsWith('sessions.');
}

/** The last accepted rules; undefined before the first, or if the record was changed by hand. */
export function acceptedRules(state: StateFolder): DeletionRules | undefined {
  const stored = stateSchema.safeParse(state.read(STATE_NAME));
  return stored.success && stored.data.hash === hashOf(stored.data.rules) ? stored.data.rules : undefined;
}

/** Stores what the policy may delete from now on. @returns the hash of the accepted rules */
export function accept(policy: Policy, state: StateFolder): string {
  return remember(deletionRules(policy), state);
}

/** The hash of a policy's rules of deletion. */
export function deletionHash(policy: Policy): string {
  return hashOf(deletionRules(policy));
}

/**
 * Accepts the keys that the user changed in a policy, saved through this machine's form or command line. A key from
 * elsewhere that is not accepted yet stays so.
 */
export function acceptKeys(policy: Policy, keys: readonly string[], state: StateFolder): void {
  const rules = deletionRules(policy);
  const accepted = acceptedRules(state) ?? defaultDeletionRules;
  remember({ ...accepted, ...rulesAt(rules, keys) }, state);
}

function rulesAt(rules: DeletionRules, keys: readonly string[]): Partial<DeletionRules> {
  return Object.fromEntries(
    Object.entries(rules).filter(([key]) => keys.some((edited) => covers(edited, key))),
  );
}

/** `retention` and `retention.maxAge.days` both cover `retention.maxAge`. */
export function covers(edited: string, key: string): boolean {
  return edited === key || key.startsWith(`${edited}.`) || edited.startsWith(`${key}.`);
}

function remember(rules: DeletionRules, state: StateFolder): string {
  const hash = hashOf(rules);
  if (acceptedHash(state) !== hash) state.write(STATE_NAME, { hash, rules });
  return hash;
}

function acceptedHash(state: StateFolder): string | undefined {
  const rules = acceptedRules(state);
  return rules === undefined ? undefined : hashOf(rules);
}

/** The SHA-256 of rules of deletion or of privacy, with their keys in a fixed order. */
export function hashOf(rules: object): string {
  const sorted = Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
