import type { Line } from '../readLine.ts';
import { findTime, timeOfDayAt } from '../times.ts';
import { levelOf } from '../universal.ts';

const level =
  /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|CRIT|CRITICAL|ALERT|EMERG|FATAL|PANIC)\b|(?:(?<=[[:])(?=[a-z]+\])|^(?=[a-z]+:))(?:trace|debug|info|notice|warn|warning|error|crit|alert|emerg|fatal)\b/;
/** The level stands in the beginning of a message. */
const LEVEL_WITHIN = 160;

/** Any line of text. What stands behind its time is the message. */
export function readText(text: string): Line {
  const time = findTime(text) ?? timeOfDayAt(text);
  const message = (time === undefined ? text : text.slice(time.to)).replace(/^[\s\]),:|-]+/, '');
  return { format: 'text', fields: { message }, universal: { message, level: levelIn(text, message) }, time };
}

/** The level that a text names in capitals, in brackets, or at its beginning before a colon. */
export function levelIn(...texts: readonly string[]): ReturnType<typeof levelOf> {
  for (const text of texts) {
    const [found] = level.exec(text.slice(0, LEVEL_WITHIN)) ?? [];
    if (found !== undefined) return levelOf(found);
  }
  return undefined;
}
