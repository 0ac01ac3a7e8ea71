import { readJson } from './jsonLine.ts';
import { readTextLine } from './lineFormats.ts';
import { textOf } from './lineBytes.ts';
import type { Format } from './readLine.ts';

/** How a file is read. */
export interface Choice {
  readonly format: Format;
  /** Four of five lines are JSON objects. */
  readonly isJson: boolean;
  /** No line has a time, so each line is an entry of its own. */
  readonly isTimeless: boolean;
  /** How JSON lines begin, `{"timestamp"` for one: where a line that was torn may go on. */
  readonly openings: readonly string[];
}

/** How much of a file decides how it is read. */
export const SAMPLE_BYTES = 65_536;
const LINE_FEED = 0x0a;
/** Four of five. */
const MOST = 0.8;

/** Chooses by the first 64 KB of a file: the format of four of five lines, else `text`. */
export function chooseFormat(sample: Buffer): Choice {
  const counts = new Map<Format, number>();
  const openings = new Set(['{"timestamp"']);
  let json = 0;
  let timed = 0;
  let timeless = 0;
  for (const text of linesOf(sample)) {
    const line = text.startsWith('{') ? readJson(text) : readTextLine(text, undefined);
    if (!line || (line.format === 'text' && !line.time)) {
      timeless += 1;
      continue;
    }
    if (text.startsWith('{')) {
      json += 1;
      const opening = /^\{"[^"\\]{1,64}"/.exec(text)?.[0];
      if (opening !== undefined && openings.size < MOST_OPENINGS) openings.add(opening);
    }
    timed += 1;
    counts.set(line.format, (counts.get(line.format) ?? 0) + 1);
  }
  const isJson = json > 0 && json >= MOST * timed;
  const [format, count] = mostFrequent(counts);
  const isClear = count >= MOST * timed && timed > 0;
  return {
    format: isClear ? format : isJson ? 'json' : 'text',
    isJson,
    isTimeless: timed === 0 && timeless > 0,
    openings: [...openings],
  };
}

const MOST_OPENINGS = 4;

function mostFrequent(counts: ReadonlyMap<Format, number>): readonly [Format, number] {
  let best: readonly [Format, number] = ['text', 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best;
}

/** The whole lines of a sample, without those that are empty. The last one may be cut if the sample is full. */
function* linesOf(sample: Buffer): Generator<string> {
  for (let start = 0; start < sample.length;) {
    const end = sample.indexOf(LINE_FEED, start);
    if (end === -1 && sample.length >= SAMPLE_BYTES && start > 0) return;
    const text = textOf(sample.subarray(start, end === -1 ? sample.length : end));
    if (text.trim() !== '') yield text;
    start = end === -1 ? sample.length : end + 1;
  }
}
