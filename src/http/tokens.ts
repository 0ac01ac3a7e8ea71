import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { Failure, isFailure } from '../base/failure.ts';
import { replaceFile } from '../files/durable.ts';
import { isOpenToOthers, whileOpen } from '../files/safeOpen.ts';

/** The token of each role; an auditor's may come with the categories that it opens. */
export interface Tokens {
  readonly administrator: string;
  readonly auditor: string | { readonly token: string; readonly categories: readonly string[] };
  readonly user: string;
}

export type TokenRole = keyof Tokens;

const BYTES = 32;
const FILE_MODE = 0o600;

/** 32 characters at least: a shorter token could be guessed. */
const token = z.string().regex(/^[\w.~+/=-]{32,1000}$/);
const tokensSchema = z.strictObject({
  administrator: token,
  auditor: z.union([token, z.strictObject({ token, categories: z.array(z.string()) })]),
  user: token,
});

/**
 * The tokens of a file, which is made with new ones (256 random bits each, mode 0600) if it is missing.
 * @throws Failure `tokens-unusable` if others may read it, or if it holds something else
 */
export function tokensAt(path: string): Tokens {
  try {
    return whileOpen(path, (descriptor, stats) => {
      if (isOpenToOthers(stats)) throw new Failure('tokens-unusable', { path, why: 'readable' });
      return parse(readFileSync(descriptor, 'utf8'), path);
    });
  } catch (error) {
    if (!isFailure(error, 'file-missing')) throw error;
  }
  const tokens = { administrator: newToken(), auditor: newToken(), user: newToken() };
  replaceFile(path, `${JSON.stringify(tokens, null, 2)}\n`, FILE_MODE);
  return tokens;
}

function newToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

function parse(text: string, path: string): Tokens {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = tokensSchema.safeParse(value);
  if (!result.success) throw new Failure('tokens-unusable', { path, why: 'content' });
  return result.data;
}

/** The role of a token, and its categories. All are compared, in constant time, so that no time tells one. */
export function roleOfToken(
  tokens: Tokens,
  given: string,
): { readonly role: TokenRole; readonly categories?: readonly string[] } | undefined {
  const { auditor } = tokens;
  const [auditorToken, categories] =
    typeof auditor === 'string' ? [auditor, ALL_CATEGORIES] : [auditor.token, auditor.categories];
  const hash = sha256(given);
  const is = (one: string): boolean => timingSafeEqual(hash, sha256(one));
  const found = { administrator: is(tokens.administrator), auditor: is(auditorToken), user: is(tokens.user) };
  if (found.administrator) return { role: 'administrator' };
  if (found.auditor) return { role: 'auditor', categories };
  return found.user ? { role: 'user' } : undefined;
}

const ALL_CATEGORIES = ['users', 'models', 'system', 'logs'];

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
