/** Whether a key's value is a secret, judged by the words of the key. */
import {
  askingFirstWords,
  countedTokens,
  fieldOnlyWords,
  namingKeys,
  secretEndings,
  secretPairs,
  secretWords,
  tellingLastWords,
  valueKeys,
} from './keysWords.ts';

/** A verdict is a sum of these; 0 is a key like any other. */
export const SENSITIVE = 1;
/** With SENSITIVE: a number under this key is a count (`tokens: 12`). */
export const NUMBER_IS_COUNT = 2;
/** With SENSITIVE: not before a colon in prose (`auth: listening on 3000`). */
export const FIELD_ONLY = 4;
/** The key names another value's key, as `name` does in `{"name": "password", "value": "x"}`. */
export const NAMES_KEY = 8;
/** The key holds the value of a key named beside it. */
export const HOLDS_VALUE = 16;

/** Judges keys; the answer is a sum of the constants above. */
export type KeyJudge = (key: string) => number;

/** `user[newPassword]` → user, new, password. Lower case; digits and everything that is no letter part words. */
export function wordsOf(key: string): string[] {
  let flat = key;
  // Full-width and other look-alike letters are brought home first.
  if (/[^\0-\x7f]/.test(key)) flat = key.normalize('NFKC');
  return flat
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\u0080-\uffff]+/)
    .filter((word) => word !== '');
}

const MEMO = 4096;
const LONGEST_REMEMBERED = 128;

/** A judge that also takes `extraKeys` for sensitive wherever their words stand together in a key. */
export function keyJudge(extraKeys: readonly string[] = []): KeyJudge {
  const extra = new Set(extraKeys.map((key) => wordsOf(key).join('')).filter((key) => key !== ''));
  const memo = new Map<string, number>();
  return (key) => {
    const known = memo.get(key);
    if (known !== undefined) return known;
    const words = wordsOf(key);
    const verdict = extra.size > 0 && holdsExtra(words, extra) ? SENSITIVE : judge(words);
    if (key.length <= LONGEST_REMEMBERED) {
      // Forgetting all at once is cheaper than order, and keys seldom number thousands.
      if (memo.size >= MEMO) memo.clear();
      memo.set(key, verdict);
    }
    return verdict;
  };
}

function holdsExtra(words: readonly string[], extra: ReadonlySet<string>): boolean {
  const longest = Math.max(...[...extra].map((key) => key.length));
  return words.some((_, start) => {
    let joined = '';
    for (let next = start; next < words.length && joined.length < longest; next += 1) {
      joined += words[next] ?? '';
      if (extra.has(joined)) return true;
    }
    return false;
  });
}

function judge(words: readonly string[]): number {
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return 0;
  const joined = words.length <= 2 ? words.join('') : '';
  const role = (namingKeys.has(joined) ? NAMES_KEY : 0) + (valueKeys.has(joined) ? HOLDS_VALUE : 0);
  let verdict = 0;
  for (const [number, word] of words.entries()) {
    verdict = judgeWord(word) || judgePair(words[number - 1], word);
    if (verdict !== 0) break;
  }
  if (verdict === 0 || secretPairs.has(words.slice(-2).join(''))) return verdict + role;
  if (words.length > 1 && (tellingLastWords.has(last) || askingFirstWords.has(first))) return role;
  if (last === 'tokens' && countedTokens.has(words.at(-2) ?? '')) return role;
  return words.length === 1 && fieldOnlyWords.has(first) ? verdict | FIELD_ONLY : verdict;
}

function judgePair(before: string | undefined, word: string): number {
  if (before === undefined) return 0;
  const joined = before + word;
  if (secretPairs.has(joined) || secretWords.has(joined)) return SENSITIVE;
  return word.endsWith('s') && secretPairs.has(joined.slice(0, -1)) ? SENSITIVE | NUMBER_IS_COUNT : 0;
}

function judgeWord(word: string): number {
  if (secretWords.has(word)) return word === 'pass' ? SENSITIVE | NUMBER_IS_COUNT : SENSITIVE;
  if (word.length < 5) return 0;
  if (secretPairs.has(word) || endsSecretly(word)) return SENSITIVE;
  if (word.startsWith('password')) return tellingLastWords.has(word.slice(8)) ? 0 : SENSITIVE;
  if (!word.endsWith('s')) return 0;
  const single = word.slice(0, -1);
  if (secretWords.has(single) && !fieldOnlyWords.has(single)) return SENSITIVE | NUMBER_IS_COUNT;
  if (single === 'cookie' || secretPairs.has(single) || endsSecretly(single))
    return SENSITIVE | NUMBER_IS_COUNT;
  return 0;
}

function endsSecretly(word: string): boolean {
  return secretEndings.some((ending) => word.endsWith(ending));
}

const plainJudge = keyJudge();

/** Whether a string under this key is a secret: `new_password` is one, `max_tokens` isn't. */
export function isSensitiveKey(key: string): boolean {
  return (plainJudge(key) & SENSITIVE) !== 0;
}
