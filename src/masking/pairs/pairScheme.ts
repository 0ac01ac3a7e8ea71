/** Schemes at the start of an assigned value: `authorization=Bearer x`, `auth=Digest username="b", …`. */
import { endOfRun, isBlank, tokenCharacters } from '../maskCharacters.ts';

/** A credential of one word follows. */
const ONE_WORD = 1;
/** One of several parts follows, up to the end of the line. */
const PARTS = 2;

const schemes = new Map<string, number>([
  ...['bearer', 'basic', 'token', 'apikey', 'api-key', 'negotiate', 'ntlm', 'dpop', 'jwt'].map(
    (name) => [name, ONE_WORD] as const,
  ),
  ...['digest', 'hawk', 'oauth', 'mac', 'signature', 'aws4-hmac-sha256', 'scram-sha-1', 'scram-sha-256'].map(
    (name) => [name, PARTS] as const,
  ),
]);
const LONGEST = 16;
const LONGEST_KEY = 40;

/**
 * Where the credential behind the scheme at `start` begins; `start` where there is no scheme, or another pair follows
 * it; -1 where the credential has several parts.
 */
export function behindScheme(text: string, start: number, to: number): number {
  const end = endOfRun(text, tokenCharacters, start, Math.min(to, start + LONGEST));
  const blank = text.charCodeAt(end);
  if (end === start || end >= to || (blank !== 32 && blank !== 9)) return start;
  const kind = schemes.get(text.slice(start, end).toLowerCase());
  if (kind === undefined) return start;
  if (kind === PARTS) return -1;
  let after = end;
  while (after < to && (text.charCodeAt(after) === 32 || text.charCodeAt(after) === 9)) after += 1;
  const key = endOfRun(text, tokenCharacters, after, Math.min(to, after + LONGEST_KEY));
  // Rails has `Token token="x", nonce="y"`.
  if (key === after + 5 && text.startsWith('token=', after)) return -1;
  return after >= to || startsPair(text, after, key, to) ? start : after;
}

/** Base64 has its equals signs at its end. */
function startsPair(text: string, from: number, equals: number, to: number): boolean {
  if (equals === from || equals + 1 >= to || text.charCodeAt(equals) !== 61) return false;
  const next = text.charCodeAt(equals + 1);
  return next !== 61 && !isBlank(next);
}
