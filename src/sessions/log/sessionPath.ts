import { createHash } from 'node:crypto';
import { isDevice } from '../../files/fileName.ts';
import { defaultMasker } from '../../masking/masker.ts';
import type { RequestIds } from './sessionLog.ts';

/** The names of the folders and the archive that the ids of a request lead to, without `.zip`. */
export interface SessionPath {
  readonly folders: readonly [user: string, chat: string];
  readonly message: string;
  readonly request: string | undefined;
}

/**
 * The path of the archive of a request. The same ids always give the same path, and different ids give different paths,
 * also on disks that do not distinguish `Anna` from `anna`. An id that is usable as a name is used as it is. Any other
 * id becomes `BASE~HASH`. An id that is used as it is never contains a tilde.
 */
export function sessionPath({ userId, chatId, messageId, requestId }: RequestIds): SessionPath {
  return {
    folders: [nameOf(userId, 'user'), nameOf(chatId, 'chat')],
    message: nameOf(messageId, 'message'),
    request: isGiven(requestId) ? nameOf(requestId, 'request', LONGEST_REQUEST) : undefined,
  };
}

function isGiven(id: string | null | undefined): id is string {
  return typeof id === 'string' && id.trim() !== '';
}

const LONGEST = 128;
/** This name follows the name of the message in one file name of at most 255 characters. */
const LONGEST_REQUEST = 64;
const HASH_DIGITS = 16;

function nameOf(id: string, fallback: string, longest = LONGEST): string {
  const base = sanitise(id, fallback);
  const isOwnName = base === id && base.length <= longest && !/[A-Z]/.test(base) && !isDevice(base);
  const isSecret = defaultMasker.text(id) !== id;
  if (isOwnName && !isSecret) return base;
  // Windows treats a name as a device if its part before the first dot is a device name.
  const harmless = isSecret ? fallback : isDevice(base) ? base.replaceAll('.', '_') : base;
  const room = longest - HASH_DIGITS - 1;
  return `${harmless.slice(0, room).replace(/[._-]+$/, '')}~${hashOf(id)}`;
}

/** Cleans an id like the programs that write such archives (FORMATS §2). Different ids may give the same result. */
export function sanitise(id: string, fallback: string): string {
  const clean = id
    .trim()
    .replace(/[^0-9A-Za-z._-]+/g, '_')
    .replace(/^[._-]+/, '');
  // The id is cut first: the search for the end is quadratic, and ids come from outside.
  return clean.slice(0, LONGEST).replace(/[._-]+$/, '') || fallback;
}

/** Hashes the UTF-16 code units, so that ids that differ only in lone surrogates get different hashes. */
function hashOf(id: string): string {
  return createHash('sha256').update(Buffer.from(id, 'utf16le')).digest('hex').slice(0, HASH_DIGITS);
}
