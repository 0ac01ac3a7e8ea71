import type { Masker } from '../masking/masker.ts';

/** A body as it stands in a line: JSON text, and whether something was cut off. */
export interface BodyText {
  readonly json: string;
  readonly truncated: boolean;
}

/**
 * Masks a body and cuts it to `limit` bytes. It is masked first: half a secret at the end would not be known as one. A
 * JSON value that is too long becomes the beginning of its text.
 * @returns undefined where there is no body
 */
export function bodyText(body: unknown, limit: number, masker: Masker): BodyText | undefined {
  if (body === undefined || body === null) return undefined;
  const isText = typeof body === 'string';
  const text = isText ? masker.text(body) : masker.json(body);
  const end = endOfBytes(text, limit);
  if (end < text.length) return { json: masker.literal(text.slice(0, end)), truncated: true };
  return { json: isText ? masker.literal(text) : text, truncated: false };
}

/** How many UTF-16 units of a text fit into `limit` bytes of UTF-8, no character split. */
function endOfBytes(text: string, limit: number): number {
  // A unit is at most three bytes.
  if (text.length * 3 <= limit) return text.length;
  let bytes = 0;
  let index = 0;
  while (index < text.length) {
    const point = text.codePointAt(index) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > limit) return index;
    index += point < 0x10000 ? 1 : 2;
  }
  return index;
}
