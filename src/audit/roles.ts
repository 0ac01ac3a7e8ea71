import { actionsIn, type ActionRegistry } from './actions.ts';
import type { AuditRecord } from './record.ts';

/** `admin` is another name of `administrator`. */
export type AuditRole = 'administrator' | 'admin' | 'auditor' | 'user';

export type AuditDeed = 'append' | 'query' | 'verify' | 'prove' | 'export';

/** A person of a backend, and what they may do with the trail. */
export interface AuditPerson {
  readonly user: string;
  /** Asked at each call where it is a function. */
  readonly role: AuditRole | (() => AuditRole);
  /** An auditor sees the actions of these categories alone; of none where they are left out. */
  readonly categories?: readonly string[] | undefined;
}

/**
 * The actions that a person may see, or undefined for all of them; `denied` if they may not do the deed. An administrator
 * may do everything, an auditor reads the granted categories, and a user may do nothing.
 */
export function permission(
  person: AuditPerson,
  deed: AuditDeed,
  registry: ActionRegistry,
): readonly string[] | undefined | 'denied' {
  const role = roleOf(person);
  if (role === 'administrator' || role === 'admin') return undefined;
  return role === 'auditor' && deed !== 'append' ? actionsIn(registry, person.categories ?? []) : 'denied';
}

function roleOf({ role }: AuditPerson): AuditRole {
  return typeof role === 'function' ? role() : role;
}

/** Equal denials within this time become one record. */
const GATHER_MS = 60_000;

/** Gathers denials: the first of its kind waits a minute for equal ones, which are counted. */
export class Denials {
  readonly #append: (record: AuditRecord) => Promise<unknown>;
  readonly #waiting = new Map<
    string,
    { readonly record: AuditRecord; count: number; timer: NodeJS.Timeout }
  >();

  readonly #door: 'library' | 'api';

  /** @param append must not reject */
  constructor(append: (record: AuditRecord) => Promise<unknown>, door: 'library' | 'api' = 'library') {
    this.#append = append;
    this.#door = door;
  }

  add(person: AuditPerson, deed: string, trail: string): void {
    const role = roleOf(person);
    const key = JSON.stringify([person.user, role, deed]);
    const known = this.#waiting.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const timer = setTimeout(() => void this.#write(key), GATHER_MS).unref();
    const record = {
      user_id: person.user === '' ? 'anonymous' : person.user,
      action: 'access_denied',
      entity_type: 'trail',
      entity_id: trail,
      created_at: Math.floor(Date.now() / 1000),
      audit_metadata: { door: this.#door, deed, role },
    };
    this.#waiting.set(key, { record, count: 1, timer });
  }

  async #write(key: string): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    clearTimeout(waiting.timer);
    const { record, count } = waiting;
    await this.#append({ ...record, audit_metadata: { ...(record.audit_metadata as object), count } });
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await Promise.all([...this.#waiting.keys()].map((key) => this.#write(key)));
  }
}
