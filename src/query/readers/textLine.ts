import type { Line } from './readLine.ts';
import { findTime, timeOfDayAt } from './times.ts';
import { levelOf } from './universal.ts';

const level =
  /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|CRIT|CRITICAL|ALERT|EMERG|FATAL|PANIC)\b|(?<=[[:])(?:trace|debug|info|notice|warn|warning|error|crit|alert|emerg|fatal)(?=\])/;
/** The level stands in the beginning of a line. */
const LEVEL_WITHIN = 160;

/** Any line of text. What stands behind its time is the message. */
export function readText(text: string): Line {
  const time = findTime(text) ?? timeOfDayAt(text);
  const message = (time === undefined ? text : text.slice(time.to)).replace(/^[\s\]),:|-]+/, '');
  const end = text.indexOf('\n');
  const head = text.slice(0, end === -1 ? LEVEL_WITHIN : Math.min(end, LEVEL_WITHIN));
  return {
    format: 'text',
    fields: { message },
    universal: { message, level: levelOf(level.exec(head)?.[0]) },
    time,
  };
}
