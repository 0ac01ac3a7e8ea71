import { readJson } from './formats/jsonLine.ts';
import { hasTime, startOf, textOf } from './lineBytes.ts';
import { readTextLine } from './formats/lineFormats.ts';
import type { Format } from './readLine.ts';

/** How a file is read. */
export interface Choice {
  readonly format: Format;
  /** Four of five lines are JSON objects. */
  readonly isJson: boolean;
  /** No line has a time or a format, so each line is an entry of its own. */
  readonly isTimeless: boolean;
  /** A line names no year, or no day. */
  readonly lacksYear: boolean;
  /** How JSON lines begin, `{"timestamp"` for one: where a line that was torn may go on. */
  readonly openings: readonly string[];
}

/** How much of a file decides how it is read. */
export const SAMPLE_BYTES = 65_536;
const LINE_FEED = 0x0a;
/** Four of five. */
const MOST = 0.8;
const MOST_OPENINGS = 4;
const LONG_OBJECTS = { format: 'json', isJson: true, isTimeless: false, lacksYear: false } as const;

/**
 * Chooses by the first 64 KB of a file: the format of four of five lines, else `text`. Lines that belong to the entry
 * before them do not count.
 */
export function chooseFormat(sample: Buffer): Choice {
  const counts = new Map<Format, number>();
  const openings = new Set(['{"timestamp"']);
  let json = 0;
  let counted = 0;
  let others = 0;
  let lacksYear = false;
  for (const bytes of linesOf(sample)) {
    const text = textOf(bytes);
    if (text.trim() === '') continue;
    const object = isObject(text) ? readJson(text) : undefined;
    const line = object ?? readTextLine(text, undefined);
    // A first line that is longer than the sample may be an object.
    if (isObject(text) && bytes.length >= SAMPLE_BYTES) return { ...LONG_OBJECTS, openings: [...openings] };
    if (
      line.format === 'text' &&
      (/^[\s{]/.test(text) || !hasTime(bytes, startOf(bytes, 0, bytes.length), bytes.length))
    ) {
      others += 1;
      continue;
    }
    counted += 1;
    counts.set(line.format, (counts.get(line.format) ?? 0) + 1);
    lacksYear ||= line.time?.lacks.year === true;
    if (!object) continue;
    json += 1;
    const [opening] = /^\{ ?"[^"\\]{1,64}"/.exec(text) ?? [];
    if (opening !== undefined && openings.size < MOST_OPENINGS) openings.add(opening);
  }
  const isMost = (count: number): boolean => count > 0 && count >= MOST * counted;
  const [format] = Array.from(counts).find(([, count]) => isMost(count)) ?? [];
  const isJson = isMost(json);
  return {
    format: format ?? (isJson ? 'json' : 'text'),
    isJson,
    isTimeless: counted === 0 && others > 0,
    lacksYear,
    openings: [...openings],
  };
}

/** Whether a line begins as a JSON object. */
export function isObject(text: string): boolean {
  return text.trimStart().startsWith('{');
}

/** The whole lines of a sample. The last one may be cut if the sample is full. */
function* linesOf(sample: Buffer): Generator<Buffer> {
  for (let start = 0; start < sample.length;) {
    const end = sample.indexOf(LINE_FEED, start);
    if (end === -1 && sample.length >= SAMPLE_BYTES && start > 0) return;
    yield sample.subarray(start, end === -1 ? sample.length : end);
    start = end === -1 ? sample.length : end + 1;
  }
}
