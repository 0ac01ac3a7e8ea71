import type { Line } from '../readLine.ts';
import { findTime, timeOfDayAt } from '../times.ts';
import { levelOf } from '../universal.ts';

const level =
  /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|CRIT|CRITICAL|ALERT|EMERG|FATAL|PANIC)\b|(?:(?<=[[:])(?=[a-z]+\])|^(?=[a-z]+:))(?:trace|debug|info|notice|warn|warning|error|crit|alert|emerg|fatal)\b/;
/** The level stands in the beginning of a message. */
const LEVEL_WITHIN = 160;

/** klog begins a line with a letter for its level. */
const klog = /^([IWEF])\d{4} /;
const KLOG_LEVELS: Readonly<Record<string, string>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };
/** What may stand before a time at the beginning: a bracket, klog's letter, the day of the week. */
const beginning = /^[[(]?(?:[IWEF]|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?$/;

/** Any line of text. What stands behind a time at its beginning is the message. */
export function readText(text: string): Line {
  const time = findTime(text) ?? timeOfDayAt(text);
  const isFirst = time !== undefined && beginning.test(text.slice(0, time.from));
  const message = isFirst ? text.slice(time.to).replace(/^[\s\]),:|-]+/, '') : text;
  return {
    format: 'text',
    fields: { message },
    universal: { message, level: levelOf(KLOG_LEVELS[klog.exec(text)?.[1] ?? '']) ?? levelIn(text, message) },
    time,
  };
}

/** The level that a text names in capitals, in brackets, or at its beginning before a colon. */
export function levelIn(...texts: readonly string[]): ReturnType<typeof levelOf> {
  for (const text of texts) {
    const [found] = level.exec(text.slice(0, LEVEL_WITHIN)) ?? [];
    if (found !== undefined) return levelOf(found);
  }
  return undefined;
}
