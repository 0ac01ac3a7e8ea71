import type { Chance } from './chance.ts';
import { requestOf } from './requests.ts';
import { DAY, MINUTE, day, iso, times, writeLog, writeZip, type Demo } from './scene.ts';

const LINES_OF_ARCHIVE = 2500;
const LINES_OF_ROTATED = 10_000;
const LINES_OF_ACTIVE = 800;
const FIRST_NUMBER = 16;
const ROTATED = 2;

/**
 * The API log: an archive for every fortnight of the last nine months, two rotated files of the last fortnight, and
 * the active one, so that the view shows one of each at once. With the defaults the oldest archives have expired.
 */
export async function makeApiLogs({ logs, chance, now }: Demo): Promise<void> {
  for (let age = 270; age >= 14; age -= 14) {
    const last = now - age * DAY;
    const [text, first] = entries(chance, last - 14 * DAY, last, LINES_OF_ARCHIVE);
    const comment = JSON.stringify({ first: iso(first), last: iso(last), lines: LINES_OF_ARCHIVE });
    await writeZip(logs, `api.${day(last)}.log`, text, last, comment);
  }
  for (let step = 0; step < ROTATED; step += 1) {
    const last = now - (8 - 6 * step) * DAY;
    const [text] = entries(chance, last - 6 * DAY, last, LINES_OF_ROTATED);
    await writeLog(logs, `api.${FIRST_NUMBER + step}.log`, step === 0 ? torn(text) : text, last);
  }
  const last = now - 2 * MINUTE;
  const [text] = entries(chance, now - 2 * DAY, last, LINES_OF_ACTIVE);
  await writeLog(logs, 'api.log', text, last);
}

/** @returns the lines, and the time of the first one */
function entries(chance: Chance, from: number, to: number, count: number): [text: string, first: number] {
  const moments = times(chance, from, to, count);
  const lines = moments.map((time) => JSON.stringify({ timestamp: iso(time), ...requestOf(chance) }));
  return [`${lines.join('\n')}\n`, moments[0] ?? from];
}

/** As after a power cut: half a line, and the next line directly after it. */
function torn(text: string): string {
  const begin = text.indexOf('\n', text.length / 2) + 1;
  return text.slice(0, begin + 70) + text.slice(text.indexOf('\n', begin) + 1);
}
