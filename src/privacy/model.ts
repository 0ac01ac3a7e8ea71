import { defaultMasker, type Masker } from '../masking/masker.ts';
import { defaultPolicy } from '../policy/policy.ts';
import type { Summaries } from './content.ts';
import { hasherOf, type Hasher, type PrivacyKey, type UserHash } from './pseudonyms.ts';

/** Words and names that an operator lets out. */
export interface Allowed {
  /** Further keys of `metadata` and its `variables`. */
  readonly keys?: readonly string[];
  /** Where there is a list, a model, tool or tag that is not on it becomes `other`. */
  readonly models?: readonly string[];
  readonly tools?: readonly string[];
  readonly tags?: readonly string[];
  /** Further names of fields in the `changes` of audit records. */
  readonly changes?: readonly string[];
}

export interface AnonymiseOptions {
  /** The key of the hashes, 16 bytes or more; a text counts as its UTF-8. `userHash: 'sha256'` alone needs none. */
  readonly key?: PrivacyKey | undefined;
  /** A key of one receiver's own, so that its hashes can't be compared with those of another receiver. */
  readonly targetKey?: PrivacyKey | undefined;
  /** `hmac` by default. `sha256` is the compatible mode, which can be reversed by guessing addresses. */
  readonly userHash?: UserHash | undefined;
  /** Whether texts are replaced by their size; true by default. Images are replaced in any case. */
  readonly redactContent?: boolean | undefined;
  /** Whether titles, and tags that people set, are sent, masked; false by default. */
  readonly titlesAndTags?: boolean | undefined;
  /** `exact` by default; `buckets` gives rounded sizes. */
  readonly summaries?: Summaries | undefined;
  /** `plain` by default; `hashed` also hashes the ids of messages and requests. */
  readonly chatIds?: 'plain' | 'hashed' | undefined;
  /** `dropped` by default; `network` sends the first 24 bits of an IPv4 address, 48 of IPv6. */
  readonly address?: 'dropped' | 'network' | undefined;
  /** A plain list is one of `keys`. */
  readonly allow?: Allowed | readonly string[] | undefined;
  /** What masks the event first; one without further keys and secrets by default. */
  readonly masker?: Masker | undefined;
}

/** The options with their defaults, ready for many events. */
export interface Model {
  readonly hasher: Hasher;
  readonly redactContent: boolean;
  readonly titlesAndTags: boolean;
  readonly summaries: Summaries;
  readonly chatIds: 'plain' | 'hashed';
  readonly address: 'dropped' | 'network';
  readonly keys: ReadonlySet<string>;
  readonly models: ReadonlySet<string> | undefined;
  readonly tools: ReadonlySet<string> | undefined;
  readonly tags: ReadonlySet<string> | undefined;
  readonly changes: ReadonlySet<string>;
  readonly masker: Masker;
}

const NONE: ReadonlySet<string> = new Set();
/** The keys of the policy, and fields of users and models whose names tell nothing of a person. */
const KNOWN_CHANGES: ReadonlySet<string> = new Set([
  ...Object.entries(defaultPolicy).flatMap(([part, keys]) =>
    typeof keys === 'object' ? Object.keys(keys).map((key) => `${part}.${key}`) : [part],
  ),
  ...['workspaceId', 'role', 'status', 'name', 'email', 'permissions', 'is_active', 'enabled', 'price'],
  ...['plan', 'model', 'base_model_id', 'params', 'meta', 'access_control', 'description', 'password'],
]);

/** @throws TypeError for a key that is missing or too short; without the key in its message */
export function modelOf(options: AnonymiseOptions): Model {
  const allow: Allowed = isList(options.allow) ? { keys: options.allow } : (options.allow ?? {});
  const setOf = (list: readonly string[] | undefined): ReadonlySet<string> | undefined =>
    list && new Set(list);
  return {
    hasher: hasherOf(options.key, options.userHash ?? 'hmac', options.targetKey),
    redactContent: options.redactContent ?? true,
    titlesAndTags: options.titlesAndTags ?? false,
    summaries: options.summaries ?? 'exact',
    chatIds: options.chatIds ?? 'plain',
    address: options.address ?? 'dropped',
    keys: setOf(allow.keys) ?? NONE,
    models: setOf(allow.models),
    tools: setOf(allow.tools),
    tags: setOf(allow.tags),
    changes: allow.changes === undefined ? KNOWN_CHANGES : new Set([...KNOWN_CHANGES, ...allow.changes]),
    masker: options.masker ?? defaultMasker,
  };
}

function isList(allow: AnonymiseOptions['allow']): allow is readonly string[] {
  return Array.isArray(allow);
}
