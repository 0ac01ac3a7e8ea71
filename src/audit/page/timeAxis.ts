/** A range of time that is divided into equal bars. All numbers are whole seconds. */
export interface TimeAxis {
  /** When the first bar begins, since 1970. */
  readonly start: number;
  /** The length of a bar. */
  readonly step: number;
  readonly bars: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Lengths that people count in. */
const STEPS = [
  ...[1, 5, 10, 30],
  ...[1, 5, 10, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 91, 182, 365].map((days) => days * DAY),
];

/**
 * An axis of at most `most` bars that covers `from` to `to`, both included. Bars begin at whole hours and days of the
 * zone.
 * @param offset how far the zone's clock is ahead of UTC, in seconds
 */
export function timeAxis(from: number, to: number, most: number, offset: number): TimeAxis {
  const axisOf = (step: number): TimeAxis => {
    const start = Math.floor((from + offset) / step) * step - offset;
    return { start, step, bars: Math.floor((Math.max(from, to) - start) / step) + 1 };
  };
  const longest = STEPS.at(-1) ?? DAY;
  const step = STEPS.find((each) => axisOf(each).bars <= most);
  if (step !== undefined) return axisOf(step);
  for (let years = 2; ; years += 1) {
    const axis = axisOf(years * longest);
    if (axis.bars <= most) return axis;
  }
}

/** The number of the bar that a time is in; undefined outside of the axis. */
export function barOf({ start, step, bars }: TimeAxis, time: number): number | undefined {
  const bar = Math.floor((time - start) / step);
  return bar >= 0 && bar < bars ? bar : undefined;
}
