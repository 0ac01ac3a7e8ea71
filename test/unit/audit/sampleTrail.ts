import { seal } from '../../../src/audit/seal.ts';
import { verifierOf, type TrailKeys } from '../../../src/audit/trailKeys.ts';
import type { NewEntry } from '../../../src/audit/record.ts';
import type { AuditStore } from '../../../src/audit/store.ts';
import { verify, type Evidence, type Verification } from '../../../src/audit/verify.ts';

/** When record 0 was created, in seconds since 1970. */
export const START = 1_738_368_000;

/** The record of a number, created that many seconds after record 0. */
export function entryOf(number: number, fields: object = {}): NewEntry {
  const record = {
    id: `r-${String(number)}`,
    user_id: `user ${String(number % 7)}`,
    action: 'plan_updated',
    entity_type: 'plan',
    entity_id: `p-${String(number % 11)}`,
    description: `Ä ${String(number)}`,
    changes: { price: { old: number, new: number + 1 } },
    created_at: START + number,
    ...fields,
  };
  return { entry: JSON.stringify(record), filled: [] };
}

/** A record with an id, for tests that don't need several kinds. */
export function loginOf(id: string, fields: object = {}): NewEntry {
  const record = {
    id,
    user_id: 'anna',
    action: 'login',
    entity_type: 'user',
    entity_id: 'u-1',
    created_at: START,
    ...fields,
  };
  return { entry: JSON.stringify(record), filled: [] };
}

/** The records with the numbers from `from` to `to`, without the latter. */
export function entriesOf(from: number, to: number): NewEntry[] {
  return Array.from({ length: to - from }, (_, index) => entryOf(from + index));
}

/** Signs a checkpoint, and remembers it. */
export async function sealAndRemember(store: AuditStore, keys: TrailKeys): Promise<string> {
  const note = (await seal(store, keys)) ?? '';
  keys.remember(store.trailId, note);
  return note;
}

/** A verification with what is in the state folder. */
export async function verifyWith(
  store: AuditStore,
  keys: TrailKeys,
  evidence: Partial<Evidence> = {},
): Promise<Verification> {
  const key = keys.key();
  return verify(store, {
    verifiers: key === undefined ? [] : [verifierOf(key, store.trailId)],
    seen: keys.lastSeen(store.trailId),
    accepted: keys.accepted(store.trailId),
    ...evidence,
  });
}

/** A store to which something happens, once, right after it has answered a call of this name. */
export function meanwhile(
  store: AuditStore,
  name: 'size' | 'rows',
  happens: () => Promise<unknown>,
): AuditStore {
  let isDone = false;
  return new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]): Promise<unknown> => {
        const answer: unknown = await Reflect.apply(member, target, given);
        if (property === name && !isDone) {
          isDone = true;
          await happens();
        }
        return answer;
      };
    },
  });
}
