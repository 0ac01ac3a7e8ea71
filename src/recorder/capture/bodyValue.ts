import type { BodySample } from './bodyTaps.ts';
import { plainBytes } from './plainBytes.ts';

/** A body as an entry holds it. */
export interface BodyValue {
  /** A JSON value, a text, or `[image/png, 12345 bytes]`; undefined if there was no body. */
  readonly value: unknown;
  readonly isTruncated: boolean;
}

/**
 * Converts a body for an entry, by the `Content-Type` and `Content-Encoding` that came with it. A compressed body is
 * decompressed as far as an entry needs it.
 */
export function bodyValue(
  sample: BodySample,
  contentType: string | undefined,
  contentEncoding: string | undefined,
): BodyValue {
  if (sample.isLate) return { value: undefined, isTruncated: true };
  const { total } = sample;
  // In HTTP/2, a body is seen only if the handler reads it. So bytes may be missing although none was seen.
  if (total === 0) return { value: undefined, isTruncated: !sample.isComplete };
  const type = mediaType(contentType);
  const coding = contentEncoding === undefined || contentEncoding === '' ? 'identity' : contentEncoding;
  const isCoded = !/^[\s,]*(?:identity[\s,]*)*$/i.test(coding) && !isWrittenPlain(sample, coding);
  const isText = type === undefined || textTypes.test(type);
  const plain = isCoded && isText ? plainBytes(sample, coding) : { bytes: sample.bytes, isCut: sample.isCut };
  const isTruncated = plain?.isCut === true || sample.isCut || !sample.isComplete;
  const name = isCoded ? `${type ?? UNKNOWN}; ${word(coding)}` : (type ?? UNKNOWN);
  // A body that was cut too early may give nothing.
  if (plain === undefined || (plain.bytes.length === 0 && isTruncated))
    return { value: named(name, total), isTruncated };
  const { bytes } = plain;
  if (bytes.length === 0) return { value: undefined, isTruncated };
  if (!isText || (type === undefined && !looksLikeText(bytes, isTruncated)))
    return { value: named(name, total), isTruncated };
  const charset = charsetOf(contentType);
  const text = decoded(bytes, charset ?? 'utf-8', isTruncated);
  // A text with a NUL in each letter, or in an unknown charset, would pass the masker unread.
  if (text === undefined || text.includes('\0'))
    return {
      value: named([name, ...(charset === undefined ? [] : [word(charset)])].join('; '), total),
      isTruncated,
    };
  const isJson = type === undefined ? /^\s*[[{]/.test(text) : jsonTypes.test(type);
  return { value: isJson && !isTruncated ? parsed(text) : text, isTruncated };
}

const UNKNOWN = 'application/octet-stream';
const LONGEST_WORD = 100;
/** Deeper values stay text. Otherwise a later walk through them could overflow the stack and lose the whole entry. */
const DEEPEST = 100;
const jsonTypes = /^(?:application|text)\/(?:[^/]+\+)?json$/;
const textTypes =
  /^text\/|^application\/(?:json|jsonl|ndjson|x-ndjson|json-seq|xml|xml-dtd|javascript|x-javascript|ecmascript|typescript|x-www-form-urlencoded|graphql|yaml|x-yaml|toml|sql|x-sh)$|\+(?:json|xml|yaml)$/;

/**
 * Whether a body is not compressed although its headers name a compression. A middleware that compresses may lie between
 * the tap and the wire: then it sets the header, and the tap sees what the handler wrote. No format of ours is UTF-8
 * without control characters, but for bodies of a few bytes, and two begin with a mark.
 */
function isWrittenPlain(sample: BodySample, coding: string): boolean {
  const { bytes } = sample;
  // The last of several codings is the outermost one.
  const names = coding.toLowerCase().split(',');
  const mark = marks.get(names.findLast((name) => name.trim() !== '')?.trim() ?? '');
  if (mark !== undefined && !bytes.subarray(0, mark.length).equals(mark.subarray(0, bytes.length)))
    return true;
  return looksLikeText(bytes, sample.isCut || !sample.isComplete);
}

/** RFC 1952, 2.3.1; RFC 8878, 3.1.1. */
const gzipMark = Buffer.from([0x1f, 0x8b]);
const marks: ReadonlyMap<string, Buffer> = new Map([
  ['gzip', gzipMark],
  ['x-gzip', gzipMark],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
]);

/** The type without its parameters, in lower case; undefined if there is none. */
function mediaType(contentType: string | undefined): string | undefined {
  const [type = ''] = (contentType ?? '').split(';', 1);
  return type.trim() === '' ? undefined : word(type.trim().toLowerCase());
}

/** The charset of the body. If there are several, the first one counts, as in browsers. */
function charsetOf(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*["']?([^"';]*)/i.exec(contentType)?.[1]?.trim().toLowerCase();
}

/** The text; undefined for an unknown charset. The decoder holds back a character that was cut in two. */
function decoded(bytes: Buffer, charset: string, isTruncated: boolean): string | undefined {
  try {
    return new TextDecoder(charset).decode(bytes, { stream: isTruncated });
  } catch {
    return undefined;
  }
}

/** Makes a text safe inside brackets: it must not be able to end them. */
function word(text: string): string {
  return text.replace(/[^\w.+/*, -]/g, '_').slice(0, LONGEST_WORD);
}

function named(type: string, bytes: number): string {
  return `[${type}, ${String(bytes)} bytes]`;
}

/** Whether the bytes are UTF-8 without control characters. */
function looksLikeText(bytes: Buffer, isTruncated: boolean): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isTruncated });
    return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
  } catch {
    return false;
  }
}

function parsed(text: string): unknown {
  if (isDeep(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Counts brackets everywhere, also in strings. The only effect of those in strings is that the body stays text. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index) | 0x20;
    // `[` differs from `{`, and `]` from `}`, in this bit only.
    if (code === 0x7b) depth += 1;
    else if (code === 0x7d) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}
