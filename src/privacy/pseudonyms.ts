import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { MASK } from '../masking/masker.ts';
import type { PrivacyKey, UserHash } from './privacyTypes.ts';

/** What a hash stands for. Each role has a label of its own, so equal texts in two roles have different hashes. */
export type Role = 'user' | 'chat' | 'request' | 'entity';

/** The pseudonym of a person, with the key that made it. Without a person there is none. */
interface Pseudonym {
  /** 64 hexadecimal digits */
  readonly user_hash: string;
  /** 16 hexadecimal digits that identify the key, or `sha256` for the mode without a key. */
  readonly key_id: string;
}

export interface Hasher {
  /** @param person an e-mail address, or a name where there is none */
  person(person: string): Pseudonym | undefined;
  /** 64 hexadecimal digits for an id; undefined without a key. */
  id(role: Role, id: string): string | undefined;
  /** What is sent in place of a hash that `usage.log` holds. */
  stored(role: Role, hash: string): string;
  /** What is sent in place of the id of its key. */
  storedKeyId(id: string): string;
}

const SHORTEST_KEY = 16;
const MOST_KNOWN = 8;
/** The id of the mode without a key. */
export const UNKEYED = 'sha256';

/**
 * @param target a key of one receiver's own: its hashes are made of those of `key`, so two receivers can't compare them
 * @throws TypeError without the key in its message
 */
export function hasherOf(key: PrivacyKey | undefined, mode: UserHash, target?: PrivacyKey): Hasher {
  if (key === undefined && mode === 'hmac') throw new TypeError('key must be a text or bytes.');
  const { secret, keyId } = key === undefined ? { secret: undefined, keyId: '' } : secretOf(key);
  const own = target === undefined ? undefined : secretOf(target);
  const forTarget = (role: Role, hash: string): string =>
    own === undefined ? hash : hmac(own.secret, role, hash);
  const keyed = (role: Role, text: string): string | undefined =>
    secret === undefined ? undefined : forTarget(role, hmac(secret, role, text));
  return {
    person(person) {
      const text = person.trim();
      if (text === '' || text.toLowerCase() === 'anonymous' || text === MASK) return undefined;
      if (mode === 'sha256') {
        // The compatible mode knows e-mail addresses alone, and doesn't normalise them.
        if (!text.includes('@')) return undefined;
        const plain = hash('sha256', person.toLowerCase().trim());
        return { user_hash: forTarget('user', plain), key_id: own?.keyId ?? UNKEYED };
      }
      const user_hash = keyed('user', person.normalize('NFC').toLowerCase().trim());
      return user_hash === undefined ? undefined : { user_hash, key_id: own?.keyId ?? keyId };
    },
    id: keyed,
    stored: forTarget,
    storedKeyId: (id) => own?.keyId ?? id,
  };
}

/** Identifies a key without telling it: 16 hexadecimal digits. @throws TypeError as `hasherOf` */
export function idOfKey(key: PrivacyKey): string {
  return secretOf(key).keyId;
}

interface Secret {
  readonly bytes: Buffer;
  readonly secret: KeyObject;
  readonly keyId: string;
}

/** The last ones, since `anonymise` is called with one key for event after event. */
const last: Secret[] = [];

function secretOf(key: PrivacyKey): Secret {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  if (!(bytes instanceof Uint8Array) || bytes.length < SHORTEST_KEY)
    throw new TypeError(`key must have ${String(SHORTEST_KEY)} bytes or more.`);
  const known = last.find((one) => one.bytes.equals(bytes));
  if (known !== undefined) return known;
  const secret = createSecretKey(bytes);
  const made = { bytes: Buffer.from(bytes), secret, keyId: hmac(secret, 'key', '').slice(0, 16) };
  if (last.unshift(made) > MOST_KNOWN) last.pop()?.bytes.fill(0);
  return made;
}

/** No label holds a NUL, so a label and a text are never another label and another text. */
function hmac(secret: KeyObject, label: Role | 'key', text: string): string {
  return createHmac('sha256', secret).update(`${label}\0${text}`).digest('hex');
}

/**
 * The text that identifies a person: the e-mail address, else the name; of a record whose user is a text, that text.
 * Undefined for anything else.
 */
export function personOf(user: unknown): string | undefined {
  if (typeof user === 'string') return user;
  if (typeof user !== 'object' || user === null) return undefined;
  const { email, name } = user as { readonly email?: unknown; readonly name?: unknown };
  return [email, name].find((text): text is string => typeof text === 'string' && text.trim() !== '');
}
