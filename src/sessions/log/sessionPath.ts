import { createHash } from 'node:crypto';
import { isDevice } from '../../files/fileName.ts';
import { defaultMasker } from '../../masking/masker.ts';
import type { RequestIds } from './sessionLog.ts';

/** Names for what the ids of a request say, without `.zip`. */
export interface SessionPath {
  readonly folders: readonly [user: string, chat: string];
  readonly message: string;
  readonly request: string | undefined;
}

/**
 * Where the archive of a request lies: the same ids lead there everywhere and always, and no others, on disks that take `Anna`
 * for `anna` either. An id that is plain in this sense is its own name; any other becomes `BASE~HASH`, and no plain id has a
 * tilde.
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
/** Such a name stands behind that of the message, in one of at most 255 characters. */
const LONGEST_REQUEST = 64;
const HASH_DIGITS = 16;

function nameOf(id: string, fallback: string, longest = LONGEST): string {
  const base = sanitise(id, fallback);
  const isOwnName = base === id && base.length <= longest && !/[A-Z]/.test(base) && !isDevice(base);
  const isSecret = defaultMasker.text(id) !== id;
  if (isOwnName && !isSecret) return base;
  // Windows looks no further than the first dot.
  const harmless = isSecret ? fallback : isDevice(base) ? base.replaceAll('.', '_') : base;
  const room = longest - HASH_DIGITS - 1;
  return `${harmless.slice(0, room).replace(/[._-]+$/, '')}~${hashOf(id)}`;
}

/** As the programs do it that write such archives (FORMATS §2). Different ids may give the same. */
export function sanitise(id: string, fallback: string): string {
  const clean = id
    .trim()
    .replace(/[^0-9A-Za-z._-]+/g, '_')
    .replace(/^[._-]+/, '');
  // Cut first: what looks for an end is quadratic, and ids come from outside.
  return clean.slice(0, LONGEST).replace(/[._-]+$/, '') || fallback;
}

/** Of the code units, so that halves of characters count, too. */
function hashOf(id: string): string {
  return createHash('sha256').update(Buffer.from(id, 'utf16le')).digest('hex').slice(0, HASH_DIGITS);
}
