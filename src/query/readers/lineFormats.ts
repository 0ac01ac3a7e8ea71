import type { Format, Line } from './readLine.ts';
import { readText } from './textLine.ts';

/** Reads the first line of an entry; undefined if it is written otherwise. */
type LineFormat = (text: string) => Line | undefined;

/** The formats of lines that are no JSON, the strictest ones first. */
const formats: Readonly<Partial<Record<Format, LineFormat>>> = {};
const order = Object.values(formats);

/** Reads the first line of an entry that is no JSON: by the file's format if it fits, else by the first one that fits. */
export function readTextLine(text: string, chosen: Format | undefined): Line {
  const own = chosen && formats[chosen]?.(text);
  if (own) return own;
  for (const read of order) {
    const line = read(text);
    if (line) return line;
  }
  return readText(text);
}
