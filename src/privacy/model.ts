import { defaultMasker, type Masker } from '../masking/masker.ts';
import { defaultPolicy } from '../policy/policy.ts';
import type { Allowed, AnonymiseOptions, Summaries } from './privacyTypes.ts';
import { hasherOf, type Hasher } from './pseudonyms.ts';

/** What the program itself also chooses. */
export interface ModelOptions extends AnonymiseOptions {
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
export function modelOf(options: ModelOptions): Model {
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
