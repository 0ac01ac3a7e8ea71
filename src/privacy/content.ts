/** What people wrote becomes its size (FORMATS §7). Lengths count code points; words are divided by Unicode white space. */
import type { Summaries } from './privacyTypes.ts';

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
  const { characters, words } = sizeOf(text);
  return written(characters, words, summaries);
}

function written(characters: number, words: number, summaries: Summaries): string {
  const [N, W] = summaries === 'exact' ? [characters, words] : [bucketOf(characters), bucketOf(words)];
  const T = Math.max(1, Math.floor(N / 4));
  return `[REDACTED | ${String(N)} chars | ${String(W)} words | ~${String(T)} tokens]`;
}

/** The next of 0, 10, 20, 50, 100, 200, 500 …: an exact figure would confirm a guessed text. */
function bucketOf(count: number): number {
  if (count === 0) return 0;
  for (let power = 10; ; power *= 10)
    for (const step of [1, 2, 5]) if (count <= step * power) return step * power;
}

/** Written as one loop: of what an event costs, the texts are most. */
function sizeOf(text: string): { readonly characters: number; readonly words: number } {
  let pairs = 0;
  let words = 0;
  let isInWord = false;
  let isHigh = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isWhiteSpace(code)) isInWord = false;
    else if (!isInWord) {
      isInWord = true;
      words += 1;
    }
    const completesPair = isHigh && code >= 0xdc00 && code <= 0xdfff;
    if (completesPair) pairs += 1;
    isHigh = code >= 0xd800 && code <= 0xdbff;
  }
  return { characters: text.length - pairs, words };
}

/** Unicode's property White_Space; no character beyond U+FFFF has it. */
function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code >= 0x2000 && code <= 0x200a) return true;
  return [0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000].includes(code);
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
