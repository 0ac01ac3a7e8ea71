import { DAY_MS, HOUR_MS } from '../../base/units.ts';
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
interface FileTime {
  readonly time: number;
  readonly marks: readonly Mark[];
}

/** Completes the times of one file. */
export interface FileTimes {
  /** Counts how often the year, or the day, turned. After all times of a file were looked at, `complete` counts back. */
  look(written: WrittenTime | undefined): void;
  /**
   * The time of the next entry. A missing year or day is the latest one that is not after the file's modification time,
   * with a day for clocks and zones that differ; without a time, it is that of the entry before.
   */
  complete(written: WrittenTime | undefined): FileTime;
}

const NONE: readonly Mark[] = [];

export function fileTimes({ modified, offsetMinutesAt = localOffset() }: TimeContext): FileTimes {
  let last: number | undefined;
  const seen = { years: new Turns(YEAR_TURNS), days: new Turns(DAY_TURNS) };
  const completed = { years: new Turns(YEAR_TURNS), days: new Turns(DAY_TURNS) };

  function yearOf(time: number): number {
    completed.years.step(time);
    const { count, last: latest } = seen.years;
    if (latest === undefined) return inYear(time, modified);
    const year = new Date(inYear(latest, modified)).getUTCFullYear() - (count - completed.years.count);
    return withYear(time, year) ?? inYear(time, modified);
  }

  function dayOf(time: number): number {
    completed.days.step(time);
    const local = modified + offsetMinutesAt(modified) * MINUTE_MS;
    const { count, last: latest } = seen.days;
    if (latest === undefined) return inDay(time, local);
    return inDay(latest, local) - latest + time - (count - completed.days.count) * DAY_MS;
  }

  return {
    look(written) {
      if (written?.lacks.day === true) seen.days.step(written.time);
      else if (written?.lacks.year === true) seen.years.step(written.time);
    },
    complete(written) {
      if (!written) return { time: last ?? modified, marks: ['time-assumed'] };
      const { lacks } = written;
      let { time } = written;
      if (lacks.day) time = dayOf(time);
      else if (lacks.year) time = yearOf(time);
      if (lacks.zone) time -= offsetMinutesAt(time) * MINUTE_MS;
      last = time;
      if (lacks.year)
        return { time, marks: lacks.zone ? ['year-assumed', 'zone-assumed'] : ['year-assumed'] };
      return { time, marks: lacks.zone ? ['zone-assumed'] : NONE };
    },
  };
}

const MINUTE_MS = 60_000;
/** Entries may be late by a month, and a year turns while nothing else is written for eleven months at most. */
const YEAR_TURNS = { late: 31 * DAY_MS, early: 330 * DAY_MS };
/** Entries may be late by a minute; midnight passes between 23:50 and 0:10. */
const DAY_TURNS = { late: MINUTE_MS, early: DAY_MS - HOUR_MS / 6 };

/** How often times began again from the start of the year or the day. */
class Turns {
  count = 0;
  last: number | undefined;
  readonly #limits: typeof YEAR_TURNS;

  constructor(limits: typeof YEAR_TURNS) {
    this.#limits = limits;
  }

  step(time: number): void {
    const distance = time - (this.last ?? time);
    if (distance < -this.#limits.late) this.count += 1;
    // A late entry, of the year or the day before.
    else if (distance > this.#limits.early) this.count -= 1;
    this.last = time;
  }
}

/** 29 February comes back within eight years. */
const YEARS_BACK = 8;

function inYear(time: number, modified: number): number {
  const latest = modified + DAY_MS;
  const year = new Date(latest).getUTCFullYear();
  for (let back = 0; back <= YEARS_BACK; back += 1) {
    const found = withYear(time, year - back);
    if (found !== undefined && found <= latest) return found;
  }
  return time;
}

/** Undefined if the year has no such day. */
function withYear(time: number, year: number): number | undefined {
  const date = new Date(time);
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  const midnight = new Date(0).setUTCFullYear(year, month, day);
  if (new Date(midnight).getUTCDate() !== day) return undefined;
  return midnight + (((time % DAY_MS) + DAY_MS) % DAY_MS);
}

/** The latest time with this time of the day until `local`. */
function inDay(time: number, local: number): number {
  const found = Math.floor(local / DAY_MS) * DAY_MS + (time % DAY_MS);
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
      const local = new Date(2000, 0, 1, 12);
      local.setFullYear(shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate());
      local.setHours(shown.getUTCHours(), shown.getUTCMinutes(), 0, 0);
      minutes = -local.getTimezoneOffset();
    }
    return minutes;
  };
}
