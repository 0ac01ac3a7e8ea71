/** Bars that a person marked, by their numbers; both ends are included. */
export interface Brush {
  readonly from: number;
  readonly to: number;
}

/** Where the keyboard is on a chart, and what it marks. */
export interface BarCursor {
  readonly at: number;
  /** Where the marking began; undefined while nothing is being marked. */
  readonly anchor?: number | undefined;
}

/** The number of the bar below a point of the chart; points outside belong to the first and the last bar. */
export function barAt(x: number, width: number, bars: number): number {
  return clamp(Math.floor((x / Math.max(1, width)) * bars), bars);
}

export function brushBetween(one: number, other: number): Brush {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

/**
 * What a key does: arrows, Home, End, PageUp and PageDown move the cursor, with Shift they mark. Undefined for any other
 * key.
 */
export function moveCursor(
  { at, anchor }: BarCursor,
  key: string,
  marks: boolean,
  bars: number,
): BarCursor | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -10,
    PageUp: 10,
    Home: -bars,
    End: bars,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const moved = clamp(at + step, bars);
  return marks ? { at: moved, anchor: anchor ?? at } : { at: moved };
}

function clamp(bar: number, bars: number): number {
  return Math.min(Math.max(bar, 0), Math.max(0, bars - 1));
}
