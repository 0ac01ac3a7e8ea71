import { readJson } from './formats/jsonLine.ts';
import { startOf, textOf } from './lineBytes.ts';
import type { Line } from './readLine.ts';

/** The most places at which a torn line is looked at. */
const MOST_PIECES = 16;
/** The most places behind a piece at which it may end; an object may hold what looks like the next one. */
const MOST_ENDS = 3;

interface Piece {
  readonly from: number;
  readonly to: number;
  /** Undefined if the piece is torn. */
  readonly read: Line | undefined;
}

/**
 * The parts of a line that is no JSON object as a whole: a program that died left a piece of a line without its end, and
 * others wrote whole ones behind it.
 * @param openings how whole lines begin
 */
export function piecesOf(line: Buffer, openings: readonly string[]): readonly Piece[] {
  const first = startOf(line, 0, line.length);
  const others = openings.flatMap((opening) => placesOf(line, opening, first + 1));
  const starts = [0, ...new Set(others)].sort((a, b) => a - b).slice(0, MOST_PIECES);
  const ends = [...starts.slice(1), line.length];
  const pieces: Piece[] = [];
  let torn = 0;
  for (let index = 0; index < starts.length; index += 1) {
    const from = starts[index] ?? 0;
    if (from < torn) continue;
    const whole = firstWhole(line, from, [...ends.slice(index, index + MOST_ENDS), line.length]);
    if (!whole) continue;
    if (torn < from) pieces.push({ from: torn, to: from, read: undefined });
    pieces.push({ from, ...whole });
    torn = whole.to;
  }
  if (torn < line.length) pieces.push({ from: torn, to: line.length, read: undefined });
  return pieces;
}

function firstWhole(
  line: Buffer,
  from: number,
  ends: readonly number[],
): { to: number; read: Line } | undefined {
  for (const to of ends) {
    const read = readJson(textOf(line.subarray(from, to)));
    if (read) return { to, read };
  }
  return undefined;
}

function placesOf(line: Buffer, opening: string, start: number): number[] {
  const places: number[] = [];
  let at = line.indexOf(opening, start);
  while (at !== -1 && places.length < MOST_PIECES) {
    places.push(at);
    at = line.indexOf(opening, at + 1);
  }
  return places;
}
