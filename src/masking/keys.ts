/** Whether a key's value is a secret, by the words of the key. */
import {
  askingFirstWords,
  countedPlurals,
  countedTokens,
  fieldOnlyWords,
  foreignEndings,
  listingWords,
  lookAlikes,
  namingKeys,
  openKeys,
  placeTokens,
  programs,
  secretEndings,
  secretPairs,
  secretWords,
  tellingLastWords,
  valueKeys,
} from './keyWords.ts';
import { classify } from './maskLiteral.ts';

/** A verdict is a sum of these flags; 0 means an ordinary key. */
export const SENSITIVE = 1;
/** With SENSITIVE: a number under this key is a count (`tokens: 12`). */
export const NUMBER_IS_COUNT = 2;
/** With SENSITIVE: not before a colon in prose (`auth: listening on 3000`). */
export const FIELD_ONLY = 4;
/** The key names another value's key, as `name` does in `{"name": "password", "value": "x"}`. */
export const NAMES_KEY = 8;
/** The key holds the value of a key named beside it. */
export const HOLDS_VALUE = 16;

/** With other flags: the key alone says too little, and the word before it belongs to it (`api key: x`). */
export const GOES_ON_BEFORE = 32;
/** This key may occur in the output of JSON.stringify for a Map, an Error, a typed array or a Buffer. */
export const ODD_OBJECT = 64;
/** The key says what kind of key an object holds: a JSON web key (RFC 7517). */
export const KEY_TYPE = 128;

/** In a query or a form, a long random value under this key is a secret: `code`, `sid`, `api_v2_key`. */
export const QUERY_NAME = 256;
/**
 * The name ends in `key`: behind an equals sign, or a colon outside of JSON, a long random value that is no hash is a
 * secret.
 */
export const KEY_NAME = 2048;

/** In an environment, a long random value under this key is a secret: `SESSION_SALT`, `STRIPE_KEY`. */
export const ENVIRONMENT_NAME = 512;

/** The key holds a list of names: `{"required":["password","email"]}`. */
export const LISTS_NAMES = 1024;

/** Only of `inJson`: the key holds nothing that must be masked or escaped. */
export const HOLDS_NOTHING = 4096;

/** Returns verdicts on keys; a verdict is a sum of the constants above. */
export interface KeyVerdicts {
  readonly key: (key: string) => number;
  /** The same for the key in `text` from `from` to `to`; a cached key is not cut out. */
  readonly at: (text: string, from: number, to: number) => number;
  /** The same, with the characters of the text also in `bytes` (255 for those beyond ASCII). */
  readonly inBytes: (text: string, bytes: Uint8Array, from: number, to: number) => number;
  /** The same, with HOLDS_NOTHING if that is known of the key. */
  readonly inJson: (text: string, bytes: Uint8Array, from: number, to: number) => number;
}

/**
 * The words of a key, in lower case: `user[newPassword]` → user, new, password. Digits and all other characters that
 * are no letters separate words.
 */
export function wordsOf(key: string): string[] {
  // First turn full-width and other look-alike letters into plain ones.
  const flat = /[^\0-\x7f]/.test(key) ? key.normalize('NFKC').replace(invisible, '') : key;
  const words: string[] = [];
  let start = -1;
  let before = NONE;
  for (let at = 0; at <= flat.length; at += 1) {
    const kind = kindOf(flat, at);
    // `apiKey` and `APIKey`: a capital begins a word after a small letter, or before one.
    const isBorder =
      kind === UPPER && (before === LOWER || (before === UPPER && kindOf(flat, at + 1) === LOWER));
    if (start >= 0 && (kind === NONE || isBorder)) {
      words.push(flat.slice(start, at).toLowerCase());
      start = -1;
    }
    if (start < 0 && kind !== NONE) start = at;
    before = kind;
  }
  return words;
}

/** Characters without a width, which cannot be seen in a key. */
const invisible =
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]/g;

function withoutLookAlikes(key: string): string {
  const flat = key.normalize('NFKD').replace(/\p{M}/gu, '');
  return flat.replace(/[^\0-\x7f]/g, (one) => lookAlikes.get(one) ?? one);
}

const NONE = 0;
const LOWER = 1;
const UPPER = 2;

function kindOf(text: string, at: number): number {
  if (at >= text.length) return NONE;
  const code = text.charCodeAt(at);
  if ((code >= 97 && code <= 122) || code > 127) return LOWER;
  return code >= 65 && code <= 90 ? UPPER : NONE;
}

/** How many keys are cached; `placeOf` returns ten bits. */
const PLACES = 1024;
/** How many places a key may take. Without a choice, keys that share a place would be evaluated again and again. */
const WAYS = 4;
const LONGEST_REMEMBERED = 32;

/** Makes verdicts for which `extraKeys` are sensitive, too, wherever their words are together in a key. */
export function keyVerdicts(extraKeys: readonly string[] = []): KeyVerdicts {
  const extra = new Set(extraKeys.map((key) => wordsOf(key).join('')).filter((key) => key !== ''));
  let longest = 0;
  for (const key of extra) longest = Math.max(longest, key.length);
  // Keys beyond ASCII, which the table below can't hold; a hostile text has the same one a million times.
  const beyond = new Map<string, number>();
  const freshVerdict = (key: string): number => {
    if (key.length > LONGEST_REMEMBERED || !/[^\0-\x7f]/.test(key)) return newVerdict(key);
    let verdict = beyond.get(key);
    if (verdict === undefined) {
      verdict = newVerdict(key);
      if (beyond.size >= PLACES) beyond.clear();
      beyond.set(key, verdict);
    }
    return verdict;
  };
  const newVerdict = (key: string): number => {
    const words = wordsOf(key);
    if (extra.size > 0 && holdsExtra(words, extra, longest)) return SENSITIVE;
    const verdict = verdictOf(words, key);
    if ((verdict & SENSITIVE) !== 0 || !/[^\0-\x7f]/.test(key)) return verdict | nameVerdict(words, key);
    // A key that looks like `password` to a person is one.
    return verdict | verdictOf(wordsOf(withoutLookAlikes(key)), key);
  };
  // The cache is a table of the keys' bytes, with a few places for each key. So its size is limited, and a cached key
  // is neither cut out nor hashed as a string.
  const table = new Uint8Array(PLACES * LONGEST_REMEMBERED);
  const lengths = new Uint8Array(PLACES);
  const verdicts = new Uint16Array(PLACES);
  let turn = 0;
  const learn = (text: string, from: number, to: number, first: number): number => {
    const key = text.slice(from, to);
    const verdict = freshVerdict(key) | (classify(key) === 0 ? HOLDS_NOTHING : 0);
    turn = (turn + 1) % WAYS;
    const place = first ^ turn;
    const start = place * LONGEST_REMEMBERED;
    lengths[place] = key.length;
    verdicts[place] = verdict;
    for (let next = 0; next < key.length; next += 1) {
      const byte = Math.min(key.charCodeAt(next), 255);
      table[start + next] = byte;
      // All characters beyond ASCII look alike here, so such a key is not cached.
      if (byte > 126) lengths[place] = 0;
    }
    return verdict;
  };
  const inJson = (text: string, bytes: Uint8Array, from: number, to: number): number => {
    const length = to - from;
    if (length <= 0) return 0;
    if (length > LONGEST_REMEMBERED) return freshVerdict(text.slice(from, to));
    const first = placeOf(
      bytes[from] ?? 0,
      bytes[from + (length >> 2)] ?? 0,
      bytes[from + (length >> 1)] ?? 0,
      bytes[to - 1] ?? 0,
      length,
    );
    for (let way = 0; way < WAYS; way += 1) {
      const place = first ^ way;
      if (lengths[place] !== length) continue;
      const start = place * LONGEST_REMEMBERED;
      let same = 0;
      while (same < length && table[start + same] === bytes[from + same]) same += 1;
      if (same === length) return verdicts[place] ?? 0;
    }
    return learn(text, from, to, first);
  };
  const at = (text: string, from: number, to: number): number => {
    const length = to - from;
    if (length <= 0) return 0;
    if (length > LONGEST_REMEMBERED) return freshVerdict(text.slice(from, to));
    const first = placeOf(
      text.charCodeAt(from),
      text.charCodeAt(from + (length >> 2)),
      text.charCodeAt(from + (length >> 1)),
      text.charCodeAt(to - 1),
      length,
    );
    for (let way = 0; way < WAYS; way += 1) {
      const place = first ^ way;
      if (lengths[place] !== length) continue;
      const start = place * LONGEST_REMEMBERED;
      let same = 0;
      while (same < length && table[start + same] === text.charCodeAt(from + same)) same += 1;
      if (same === length) return (verdicts[place] ?? 0) & ~HOLDS_NOTHING;
    }
    return learn(text, from, to, first) & ~HOLDS_NOTHING;
  };
  return {
    key: (key) => at(key, 0, key.length),
    at,
    inBytes: (text, bytes, from, to) => inJson(text, bytes, from, to) & ~HOLDS_NOTHING,
    inJson,
  };
}

/** The first of the places for a key with these four characters. */
function placeOf(first: number, quarter: number, middle: number, last: number, length: number): number {
  const ends = (first << 8) | last;
  return Math.imul((ends << 16) ^ (middle << 9) ^ (quarter << 5) ^ length ^ ends, 0x9e3779b1) >>> 22;
}

function holdsExtra(words: readonly string[], extra: ReadonlySet<string>, longest: number): boolean {
  return words.some((_, start) => {
    let joined = '';
    for (let next = start; next < words.length && joined.length < longest; next += 1) {
      joined += words[next] ?? '';
      if (extra.has(joined)) return true;
    }
    return false;
  });
}

const roles: ReadonlyMap<string, number> = new Map([
  ...['key', 'string', 'code', 'phrase', 'number', 'word'].map((word) => [word, GOES_ON_BEFORE] as const),
  ...['errno', 'type'].map((word) => [word, ODD_OBJECT] as const),
  ['kty', KEY_TYPE],
]);

/** The verdict on a key that says too little by itself, but more as the name of a parameter or a variable. */
function nameVerdict(words: readonly string[], key: string): number {
  const last = words.at(-1);
  const isOpen = last !== 'key' || openKeys.has(words.at(-2) ?? '');
  const isKey = !isOpen && words.length > 1;
  const isQueryName = isKey || (words.length === 1 && (last === 'sid' || last === 'code'));
  const isEnvironment =
    /^[A-Z][A-Z\d_]*$/.test(key) && (isKey || (key.startsWith('SESSION_') && last !== 'id'));
  return (isQueryName ? QUERY_NAME : 0) + (isEnvironment ? ENVIRONMENT_NAME : 0) + (isOpen ? 0 : KEY_NAME);
}

/** Of so many words a name is a sentence. */
const LONG_NAME = 5;

function verdictOf(words: readonly string[], key: string): number {
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return key === '0' ? ODD_OBJECT : 0;
  const joined = words.length <= 2 ? words.join('') : '';
  const role =
    (roles.get(joined) ?? 0) +
    (listingWords.has(last) || listingWords.has(first) ? LISTS_NAMES : 0) +
    (namingKeys.has(joined) ? NAMES_KEY : 0) +
    (valueKeys.has(joined) ? HOLDS_VALUE : 0);
  let verdict = 0;
  for (const [number, word] of words.entries()) {
    verdict = verdictOfWord(word) || verdictOfPair(words[number - 1], word);
    if (verdict === 0) continue;
    // `handle_auth_and_shield_windows` is a function's name.
    if (words.length < LONG_NAME || number === words.length - 1 || !fieldOnlyWords.has(word)) break;
    verdict = 0;
  }
  if (verdict === 0 || secretPairs.has(words.slice(-2).join(''))) return verdict + role;
  if (words.length > 1 && (tellingLastWords.has(last) || askingFirstWords.has(first))) return role;
  if (last === 'token' && placeTokens.has(words.at(-2) ?? '')) return role;
  if (last === 'tokens' && countedTokens.has(words.at(-2) ?? '')) return role;
  return words.length === 1 && fieldOnlyWords.has(first) ? verdict | FIELD_ONLY : verdict;
}

function verdictOfPair(before: string | undefined, word: string): number {
  // Hashes and UUIDs are full of shorter pairs.
  if (before === undefined || before.length + word.length < 5) return 0;
  const joined = before + word;
  if (secretPairs.has(joined) || secretWords.has(joined)) return SENSITIVE;
  return word.endsWith('s') && secretPairs.has(joined.slice(0, -1)) ? SENSITIVE : 0;
}

function verdictOfWord(word: string): number {
  if (word.length < 2) return 0;
  if (word.charCodeAt(0) > 127 && foreignEndings.some((ending) => word.endsWith(ending))) return SENSITIVE;
  if (programs.has(word)) return 0;
  if (secretWords.has(word)) return word === 'pass' ? SENSITIVE | NUMBER_IS_COUNT : SENSITIVE;
  if (word.length < 5) return 0;
  if (secretPairs.has(word) || endsSecretly(word)) return SENSITIVE;
  if (word.startsWith('password')) return tellingLastWords.has(word.slice(8)) ? 0 : SENSITIVE;
  if (!word.endsWith('s')) return 0;
  const single = word.slice(0, -1);
  if (secretWords.has(single))
    return countedPlurals.has(word)
      ? SENSITIVE | NUMBER_IS_COUNT
      : fieldOnlyWords.has(single)
        ? 0
        : SENSITIVE;
  return secretPairs.has(single) || endsSecretly(single) ? SENSITIVE : 0;
}

function endsSecretly(word: string): boolean {
  return secretEndings.some((ending) => word.endsWith(ending));
}

const plainVerdicts = keyVerdicts();

/** Whether a string under this key is a secret: `new_password` is one, `max_tokens` isn't. */
export function isSensitiveKey(key: string): boolean {
  return (plainVerdicts.key(key) & SENSITIVE) !== 0;
}
