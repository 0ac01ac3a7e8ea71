import { compact } from './fields.ts';
import type { Format, Line } from '../readLine.ts';
import { findTime, timeOfDayAt } from '../times.ts';
import { levelOf } from '../universal.ts';

const stamp = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| [+-]\d{4})?`;
/** `asctime` of Python, and Gunicorn's with a zone. */
const asctime = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:,\d{3}| [+-]\d{4})?`;
const python = String.raw`(?<level>NOTSET|DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)`;
const java = String.raw`(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL)`;
const message = '(?<message>.*)$';

/** The patterns of a format, one for each way in which it is usually configured. */
const patterns: Readonly<Partial<Record<Format, readonly RegExp[]>>> = {
  /** `logs.txt` in session archives. */
  session: [String.raw`^(?<time>${asctime}) \[(?<level>[A-Z]+)\] \[user=(?<user>[^\]]*)\] ${message}`].map(
    compile,
  ),
  /** loguru's default format, with or without the place in the code. */
  loguru: [
    String.raw`^(?<time>${stamp}) \| (?<level>[A-Z]+) *\| (?:(?<logger>[^\s:]+):(?<function>[^\s:]+):(?<line>\d+) - )?${message}`,
  ].map(compile),
  logback: [
    // logback's default and its manual's: the thread before the level
    String.raw`^(?<time>${stamp}|\d\d:\d\d:\d\d[.,]\d{3}) +\[(?<thread>[^\]]*)\] +${java} +(?<logger>[^\s:]+)(?: \{[^}]*\})? +-+ ${message}`,
    // Spring Boot
    String.raw`^(?<time>${stamp}) +${java} +(?<pid>\d+) --- (?:\[(?<app>[^\]]*)\] )?\[(?<thread>[^\]]*)\] (?<logger>\S+) *: ${message}`,
    // log4j's manual, Tomcat: the level before the thread
    String.raw`^(?<time>${stamp}|\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}) +${java} +\[(?<thread>[^\]]*)\] +(?<logger>[\w.$]+)(?::\d+)?(?: +-|:)? ${message}`,
  ].map(compile),
  python: [
    // "%(asctime)s - %(name)s - %(levelname)s - %(message)s", also without the name, or with the name behind the level
    String.raw`^(?<time>${asctime}) - (?:(?<logger>[^\s:]+) - )?${python} - ${message}`,
    // "%(asctime)s %(levelname)s %(name)s: %(message)s", and with brackets or colons
    String.raw`^(?<time>${asctime}):? \[?${python}\]? *:? ?(?:(?<logger>[\w.]+): )?${message}`,
    // "%(asctime)s %(name)s %(levelname)s %(message)s", and Odoo's with the number of the process
    String.raw`^(?<time>${asctime}) (?:(?<pid>\d+) )?(?:(?<logger>[\w.]+):? +)?\[?${python}\]?:? +${message}`,
    // Flask
    String.raw`^\[(?<time>${asctime})\] ${python} in (?<logger>[\w.]+): ${message}`,
    // Celery
    String.raw`^\[(?<time>${asctime}): ${python}\/(?<process>[^\]]+)\] ${message}`,
    // Gunicorn
    String.raw`^\[(?<time>${asctime})\] \[(?<pid>\d+)\] \[${python}\] ${message}`,
    // "%(levelname)s:%(name)s:%(message)s", the default
    String.raw`^${python}:(?<logger>[\w.]+):${message}`,
  ].map(compile),
};

function compile(pattern: string): RegExp {
  return new RegExp(pattern, 's');
}

/** Reads the first line of an entry of a program that writes time, level, logger and message. */
export function programFormat(format: Format): (text: string) => Line | undefined {
  const own = patterns[format] ?? [];
  return (text) => {
    for (const pattern of own) {
      const { groups } = pattern.exec(text) ?? {};
      if (!groups) continue;
      const { time = '', ...fields } = groups;
      const { level, user, thread, app } = fields;
      return {
        format,
        fields: compact({ ...fields, thread: thread?.trim(), app: app?.trim() }),
        universal: { level: levelOf(level), message: fields.message, user: user === '' ? undefined : user },
        time: findTime(time) ?? timeOfDayAt(time),
      };
    }
    return undefined;
  };
}
