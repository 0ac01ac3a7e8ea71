import type { Parts } from './queryTree.ts';

/** The text between two stars; null stands for one character. */
type Segment = readonly (string | null)[];

/** Whether the whole of a text fits. */
export function fitsWhole(parts: Parts): (text: string) => boolean {
  const segments = segmentsOf(parts);
  const [first = [], ...others] = segments;
  const last = others.pop();
  return (text) => {
    const start = endOf(first, text, 0);
    if (start === undefined) return false;
    if (last === undefined) return start === text.length;
    const at = endOfAll(others, text, start);
    return at !== undefined && endsWith(last, text, at);
  };
}

/** Whether some part of a text fits. */
export function fitsPart(parts: Parts): (text: string) => boolean {
  const segments = segmentsOf(parts);
  return (text) => endOfAll(segments, text, 0) !== undefined;
}

function segmentsOf(parts: Parts): Segment[] {
  let segment: (string | null)[] = [];
  const segments = [segment];
  for (const part of parts)
    if (typeof part === 'object' && part.wild === '*') {
      segment = [];
      segments.push(segment);
    } else segment.push(typeof part === 'string' ? part : null);
  return segments;
}

/** Where the last of the segments ends, if each follows the one before; the first fit of each is the best. */
function endOfAll(segments: readonly Segment[], text: string, start: number): number | undefined {
  let at: number | undefined = start;
  for (const segment of segments) {
    at = find(segment, text, at);
    if (at === undefined) return undefined;
  }
  return at;
}

/** Where the first fit of a segment at `start` or later ends. */
function find(segment: Segment, text: string, start: number): number | undefined {
  const [first] = segment;
  for (let from = start; from <= text.length; from = afterCharacter(text, from)) {
    if (typeof first === 'string') from = text.indexOf(first, from);
    if (from < 0) return undefined;
    const end = endOf(segment, text, from);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Where a segment ends that fits at `start`. */
function endOf(segment: Segment, text: string, start: number): number | undefined {
  let at = start;
  for (const part of segment)
    if (part === null) {
      if (at >= text.length) return undefined;
      at = afterCharacter(text, at);
    } else if (text.startsWith(part, at)) at += part.length;
    else return undefined;
  return at;
}

/** Whether a segment fits at the end of a text, and begins at `start` or later. */
function endsWith(segment: Segment, text: string, start: number): boolean {
  let at = text.length;
  for (const part of segment.toReversed())
    if (part === null) at = beforeCharacter(text, at);
    else if (text.endsWith(part, Math.max(at, 0))) at -= part.length;
    else return false;
  return at >= start;
}

/** A character outside the Basic Multilingual Plane takes two code units. */
function afterCharacter(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xff_ff ? 2 : 1);
}

function beforeCharacter(text: string, at: number): number {
  return at - ((text.codePointAt(at - 2) ?? 0) > 0xff_ff ? 2 : 1);
}
