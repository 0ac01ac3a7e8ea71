import { readAccess, readNginxError } from './accessLine.ts';
import { readCri } from './criLine.ts';
import { readLogfmt } from './logfmtLine.ts';
import { programFormat } from './programLine.ts';
import type { Format, Line } from '../readLine.ts';
import { readSyslog3164, readSyslog5424 } from './syslogLine.ts';
import { readText } from './textLine.ts';

/**
 * Reads the first line of an entry; undefined if it is written otherwise. `isChosen`: four of five lines of the file are
 * written so, which decides where a line alone could be something else.
 */
type LineFormat = (text: string, isChosen: boolean) => Line | undefined;

/** The formats of lines that are no JSON, the strictest ones first. */
const formats: Readonly<Partial<Record<Format, LineFormat>>> = {
  cri: readCri,
  combined: readAccess,
  'nginx-error': readNginxError,
  syslog5424: readSyslog5424,
  session: programFormat('session'),
  loguru: programFormat('loguru'),
  logback: programFormat('logback'),
  python: programFormat('python'),
  syslog3164: readSyslog3164,
  logfmt: readLogfmt,
};
const all: Readonly<Partial<Record<Format, LineFormat>>> = { ...formats, common: readAccess };
const order = Object.values(formats);

/** Reads a line that is no JSON by the format that its file is written in; undefined if it does not fit. */
export function readAs(format: Format, text: string): Line | undefined {
  return all[format]?.(text, true);
}

/** Reads the first line of an entry that is no JSON: by the file's format if it fits, else by the first one that fits. */
export function readTextLine(text: string, chosen: Format | undefined): Line {
  const own = chosen && readAs(chosen, text);
  if (own) return own;
  for (const read of order) {
    const line = read(text, false);
    if (line) return line;
  }
  return readText(text);
}
