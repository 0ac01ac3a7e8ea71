/** The values that a user can choose in the policy; separate from the schema, so that the editor's side stays small. */
export const CATEGORIES = ['writes', 'auth', 'deployments', 'errors'] as const;
export const LEVELS = ['NONE', 'METADATA', 'REQUEST', 'REQUEST_RESPONSE'] as const;
export const SESSION_FORMATS = ['jsonl', 'text', 'both'] as const;
export const COMPRESSIONS = ['stored', 'deflated', 'bzip2', 'lzma'] as const;
export const USER_HASHES = ['hmac', 'sha256'] as const;
export const SUMMARIES = ['exact', 'buckets'] as const;
export const CHAT_IDS = ['plain', 'hashed'] as const;
