/** The types of the privacy model that the package publishes. They stand apart, since their declarations are made of this file alone. */

/** The key of an installation: 16 bytes or more; a text counts as its UTF-8. */
export type PrivacyKey = Uint8Array | string;

export type UserHash = 'hmac' | 'sha256';

/** Whether sizes are exact, or rounded up to 10, 20, 50, 100 … */
export type Summaries = 'exact' | 'buckets';

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
}

/** What is sent of an event: plain JSON, new objects throughout. `outputSchema` has its shape. */
export type Anonymous = Readonly<Record<string, unknown>>;
