import { readJson } from './jsonLine.ts';
import { readTextLine } from './lineFormats.ts';
import type { Line } from '../readLine.ts';

/**
 * A line of Docker or of the Container Runtime Interface with the fields of the program's own line, which it holds as
 * `log`. Its own fields are kept where the program has none of that name; its own time counts, because it has a zone.
 */
export function unwrap(line: Line): Line {
  const { format, fields, time } = line;
  if ((format !== 'docker' && format !== 'cri') || typeof fields.log !== 'string') return line;
  const log = fields.log.replace(/\r?\n$/, '');
  const inner = (log.startsWith('{') ? readJson(log) : undefined) ?? readTextLine(log, undefined);
  return {
    format,
    fields: { ...fields, ...inner.fields },
    universal: inner.universal,
    time: time ?? inner.time,
  };
}
