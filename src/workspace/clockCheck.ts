import * as z from 'zod';
import { DAY_MS, HOUR_MS } from '../base/units.ts';
import type { StateFolder } from './stateFolder.ts';

/** When maintenance ran last, in ms since 1970, and since when the clock is not trusted. */
export interface LastRun {
  readonly at: number;
  readonly doubtedSince?: number | undefined;
}

/** A smaller correction by time synchronisation is no jump. */
const BACK_TOLERANCE_MS = 60_000;
const AHEAD_LIMIT_MS = 30 * DAY_MS;

/**
 * Whether the clock is right enough to expire files. If it moved back, or more than 30 days ahead, since the last run,
 * it is not trusted for an hour, so that a user has time to notice and correct a wrong clock.
 */
export function checkClock(last: LastRun | undefined, now: number): { trusted: boolean; next: LastRun } {
  if (last === undefined) return { trusted: true, next: { at: now } };
  const jumped = now < last.at - BACK_TOLERANCE_MS || now > last.at + AHEAD_LIMIT_MS;
  if (jumped) return { trusted: false, next: { at: now, doubtedSince: now } };
  const { doubtedSince } = last;
  if (doubtedSince === undefined || now - doubtedSince >= HOUR_MS)
    return { trusted: true, next: { at: now } };
  return { trusted: false, next: { at: now, doubtedSince } };
}

const STATE_NAME = 'last-run';
const schema = z.strictObject({ at: z.number(), doubtedSince: z.number().optional() });

export function readLastRun(state: StateFolder): LastRun | undefined {
  const stored = schema.safeParse(state.read(STATE_NAME));
  return stored.success ? stored.data : undefined;
}

export function writeLastRun(state: StateFolder, run: LastRun): void {
  state.write(STATE_NAME, run);
}
