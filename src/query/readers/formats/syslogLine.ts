import { compact, define } from './fields.ts';
import type { Line } from '../readLine.ts';
import { levelIn } from './textLine.ts';
import { findTime } from '../times.ts';
import { different, levelOf, SEVERITIES } from '../universal.ts';

const header = /^<(\d{1,3})>[1-9]\d{0,2} (\S+) (\S+) (\S+) (\S+) (\S+) (?=-|\[)/;
const element = /\[([^\s=\]"]+)((?: [^\s=\]"]+="(?:[^"\\\]]|\\.)*")*)\]/sy;
const parameter = / ([^=]+)="((?:[^"\\\]]|\\.)*)"/gs;

/** The syslog protocol: RFC 5424, section 6. The data of each element stands in `data`, by its id. */
export function readSyslog5424(text: string): Line | undefined {
  const parts = header.exec(text);
  if (!parts) return undefined;
  const [whole, priority, time = '', host, app, pid, id] = parts;
  let at = whole.length;
  const data: Record<string, unknown> = {};
  if (text[at] === '-') at += 1;
  else
    for (element.lastIndex = at; ; element.lastIndex = at) {
      const [found, name = '', parameters = ''] = element.exec(text) ?? [];
      if (found === undefined) break;
      const entries = Array.from(parameters.matchAll(parameter), ([, key = '', value = '']) => [
        key,
        value.replaceAll(/\\(["\\\]])/g, '$1'),
      ]);
      define(data, name, Object.fromEntries(entries));
      at += found.length;
    }
  if (at < text.length && text[at] !== ' ') return undefined;
  const message = text.slice(at + 1).replace(/^\uFEFF/, '');
  const severity = Number(priority) % 8;
  return {
    format: 'syslog5424',
    fields: compact({
      ...priorityOf(Number(priority)),
      host: given(host),
      app: given(app),
      pid: given(pid),
      id: given(id),
      ...(Object.keys(data).length > 0 && { data }),
      message,
    }),
    universal: { level: severityOf(severity), message },
    time: findTime(time),
  };
}

const header3164 =
  /^(?:<(\d{1,3})>)?((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))) (\S+) (?:([^\s:[\]]{1,64})(?:\[([^\]\s]*)\])?:(?: |$))?/;

/**
 * The BSD syslog protocol: RFC 3164, section 4.1, also without its priority and with the times of RFC 3339, as rsyslog
 * writes files. A message without a tag is told from other text only if the file or a priority says so.
 */
export function readSyslog3164(text: string, isChosen: boolean): Line | undefined {
  const parts = header3164.exec(text);
  if (!parts) return undefined;
  const [whole, priority, time = '', host, app, pid] = parts;
  if (app === undefined && priority === undefined && !isChosen) return undefined;
  const message = text.slice(whole.length);
  return {
    format: 'syslog3164',
    fields: compact({
      ...(priority !== undefined && priorityOf(Number(priority))),
      host,
      app,
      pid,
      message,
    }),
    universal: {
      level: priority === undefined ? levelIn(message) : severityOf(Number(priority) % 8),
      message,
    },
    time: findTime(time),
  };
}

function priorityOf(priority: number): { facility: number; severity: number } {
  return { facility: Math.floor(priority / 8), severity: priority % 8 };
}

function severityOf(severity: number): readonly (string | number)[] {
  return different([...(levelOf(SEVERITIES[severity]) ?? []), severity]);
}

function given(field: string | undefined): string | undefined {
  return field === '-' ? undefined : field;
}
