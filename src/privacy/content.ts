/** What people wrote becomes its size (FORMATS §7). Lengths count code points; words are divided by Unicode white space. */

export type Summaries = 'exact' | 'buckets';

const EMPTY = '[REDACTED | empty]';
export const REDACTED_IMAGE = '[REDACTED image]';
export const REDACTED_PART = '[REDACTED part]';

const summary = /^\[REDACTED \| (\d{1,16}) chars \| (\d{1,16}) words \| ~\d{1,16} tokens\]$/;

/** Whether a text is one that this module wrote. */
export function isSummary(text: string): boolean {
  return text === EMPTY || text === REDACTED_IMAGE || text === REDACTED_PART || summary.test(text);
}

/** The summary of a text. A summary stays one, so that a stored event can be handled again. */
export function summaryOf(text: string, summaries: Summaries): string {
  if (text === '') return EMPTY;
  if (text.startsWith('[REDACTED') && isSummary(text)) {
    const [, characters, words] = summary.exec(text) ?? [];
    return characters === undefined ? text : written(Number(characters), Number(words), summaries);
  }
  return written(codePointsIn(text), wordsIn(text), summaries);
}

function written(characters: number, words: number, summaries: Summaries): string {
  const [N, W] = summaries === 'exact' ? [characters, words] : [bucketOf(characters), bucketOf(words)];
  const T = Math.max(1, Math.floor(N / 4));
  return `[REDACTED | ${String(N)} chars | ${String(W)} words | ~${String(T)} tokens]`;
}

/** The next of 0, 10, 20, 50, 100, 200, 500 …: an exact figure would confirm a text that somebody guesses. */
function bucketOf(count: number): number {
  if (count === 0) return 0;
  for (let power = 10; ; power *= 10)
    for (const step of [1, 2, 5]) if (count <= step * power) return step * power;
}

function codePointsIn(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800 || (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) continue;
    pairs += 1;
    at += 1;
  }
  return text.length - pairs;
}

const word = /\P{White_Space}+/gu;

function wordsIn(text: string): number {
  let count = 0;
  for (word.lastIndex = 0; word.test(text);) count += 1;
  return count;
}

const TEXT_TYPES = ['text', 'input_text', 'output_text'];
const IMAGE_TYPES = ['image_url', 'input_image', 'image'];

/**
 * The content of a message. A text becomes what `shown` makes of it; a list keeps its length, its text parts likewise,
 * images and other parts become a fixed text. Anything else becomes a JSON text first; null stays.
 */
export function contentOf(content: unknown, shown: (text: string) => string): unknown {
  if (content === null || content === undefined) return null;
  if (Array.isArray(content)) return content.map((part) => partOf(part, shown));
  return shown(textOf(content));
}

/** The text itself, or the JSON of anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function partOf(part: unknown, shown: (text: string) => string): unknown {
  if (typeof part === 'string') return shown(part);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return REDACTED_PART;
  const { type, text, image_url, source } = part as Readonly<Record<string, unknown>>;
  const isOf = (types: readonly string[]): boolean =>
    type === undefined || (typeof type === 'string' && types.includes(type));
  const kind = type === undefined ? {} : { type };
  if (text !== undefined && isOf(TEXT_TYPES)) return { ...kind, text: shown(textOf(text)) };
  if (!isOf(IMAGE_TYPES)) return REDACTED_PART;
  if (typeof image_url === 'string') return { ...kind, image_url: REDACTED_IMAGE };
  if (image_url !== undefined) return { ...kind, image_url: { url: REDACTED_IMAGE } };
  return type === 'image' || source !== undefined ? { ...kind, source: REDACTED_IMAGE } : REDACTED_PART;
}

/** The types of parts that `contentOf` keeps. */
export const PART_TYPES: readonly string[] = [...TEXT_TYPES, ...IMAGE_TYPES];
