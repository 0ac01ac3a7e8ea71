import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { MASK } from '../masking/masker.ts';

/** What a hash stands for. Each role has a label of its own, so equal texts in two roles have different hashes. */
export type Role = 'user' | 'chat' | 'request' | 'entity';

export type UserHash = 'hmac' | 'sha256';

/** The pseudonym of a person, with the key that made it. Without a person there is none. */
export interface Pseudonym {
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
}

/** The key of an installation: 16 bytes or more; a text counts as its UTF-8. */
export type PrivacyKey = Uint8Array | string;

const SHORTEST_KEY = 16;
/** The id of the mode without a key. */
export const UNKEYED = 'sha256';

/** @throws TypeError without the key in its message */
export function hasherOf(key: PrivacyKey | undefined, mode: UserHash): Hasher {
  if (key === undefined && mode === 'hmac') throw new TypeError('key must be a text or bytes.');
  const { secret, keyId } = key === undefined ? { secret: undefined, keyId: '' } : secretOf(key);
  const keyed = (role: Role, text: string): string | undefined =>
    secret === undefined ? undefined : hmac(secret, role, text);
  return {
    person(person) {
      const text = person.trim();
      if (text === '' || text.toLowerCase() === 'anonymous' || text === MASK) return undefined;
      if (mode === 'sha256') {
        // The compatible mode knows e-mail addresses alone, and doesn't normalise them.
        return text.includes('@')
          ? { user_hash: hash('sha256', person.toLowerCase().trim()), key_id: UNKEYED }
          : undefined;
      }
      const user_hash = keyed('user', person.normalize('NFC').toLowerCase().trim());
      return user_hash === undefined ? undefined : { user_hash, key_id: keyId };
    },
    id: keyed,
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

/** The last one, since `anonymise` is called with one key for event after event. */
let last: Secret | undefined;

function secretOf(key: PrivacyKey): Secret {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  if (!(bytes instanceof Uint8Array) || bytes.length < SHORTEST_KEY)
    throw new TypeError(`key must have ${String(SHORTEST_KEY)} bytes or more.`);
  if (last?.bytes.equals(bytes) === true) return last;
  const secret = createSecretKey(bytes);
  return (last = { bytes: Buffer.from(bytes), secret, keyId: hmac(secret, 'key', '').slice(0, 16) });
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
