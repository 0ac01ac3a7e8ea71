import { DAY_MS } from '../../base/units.ts';
import type { Mark, WrittenTime } from './readLine.ts';

/** What a file says about the times in it. */
export interface TimeContext {
  /** When the file was modified, in ms since 1970. */
  readonly modified: number;
  /**
   * The zone of times that name none: how many minutes its clocks are ahead of UTC. `localMs` is the time that they
   * show, in ms, as if it were UTC. Without it, the zone of this process.
   */
  readonly offsetMinutesAt?: ((localMs: number) => number) | undefined;
}

/** A time in ms since 1970, and what had to be assumed. */
export interface FileTime {
  readonly time: number;
  readonly marks: readonly Mark[];
}

const NONE: readonly Mark[] = [];

/**
 * Completes the times of one file, in its order. A missing year or day is the latest one that is not after the file's
 * modification time, with a day for clocks and zones that differ.
 */
export function fileTimes(context: TimeContext): (written: WrittenTime | undefined) => FileTime {
  const offset = context.offsetMinutesAt ?? localOffset();
  let last: number | undefined;
  return (written) => {
    if (!written) return { time: last ?? context.modified, marks: ['time-assumed'] };
    const { lacks } = written;
    if (!lacks.zone && !lacks.year) {
      last = written.time;
      return { time: written.time, marks: NONE };
    }
    const marks: Mark[] = [];
    let { time } = written;
    if (lacks.year) {
      time = lacks.day ? inDay(time, context.modified, offset) : inYear(time, context.modified);
      marks.push('year-assumed');
    }
    if (lacks.zone) {
      time -= offset(time) * 60_000;
      marks.push('zone-assumed');
    }
    last = time;
    return { time, marks };
  };
}

/** 29 February comes back within eight years. */
const YEARS_BACK = 8;

function inYear(time: number, modified: number): number {
  const latest = modified + DAY_MS;
  const date = new Date(time);
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  const year = new Date(latest).getUTCFullYear();
  for (let back = 0; back <= YEARS_BACK; back += 1) {
    const midnight = Date.UTC(year - back, month, day);
    if (new Date(midnight).getUTCDate() !== day) continue;
    const found = midnight + (time - Date.UTC(date.getUTCFullYear(), month, day));
    if (found <= latest) return found;
  }
  return time;
}

/** The local time of this time of the day, on the day of `modified` or on the day before. */
function inDay(time: number, modified: number, offset: (localMs: number) => number): number {
  const local = modified + offset(modified) * 60_000;
  const found = local - (((local % DAY_MS) + DAY_MS) % DAY_MS) + (((time % DAY_MS) + DAY_MS) % DAY_MS);
  return found <= local ? found : found - DAY_MS;
}

const QUARTER_MS = 900_000;

/** Zones change their offset at quarters of an hour only, so that of the last quarter is cached. */
function localOffset(): (localMs: number) => number {
  let quarter = Number.NaN;
  let minutes = 0;
  return (localMs) => {
    const at = Math.floor(localMs / QUARTER_MS);
    if (at !== quarter) {
      quarter = at;
      const shown = new Date(localMs);
      const local = new Date(0);
      local.setFullYear(shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate());
      local.setHours(shown.getUTCHours(), shown.getUTCMinutes(), 0, 0);
      minutes = -local.getTimezoneOffset();
    }
    return minutes;
  };
}
