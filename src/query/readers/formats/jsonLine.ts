import { usualFields, type Fields } from './jsonFields.ts';
import type { Format, Line } from '../readLine.ts';
import { timeOfValue } from '../times.ts';

/** A line that is a JSON object. Of a key that stands twice, the last one counts. Undefined for any other line. */
export function readJson(text: string): Line | undefined {
  const fields = parseObject(text);
  return fields && lineOf(fields);
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(fields: Fields): Line {
  const format = formatOf(fields);
  const { universal, time } = usualFields(fields);
  // In lines of other programs, `created_at` may be the age of what they speak of.
  return { format, fields, universal, time: format === 'audit' ? timeOfValue(fields.created_at) : time };
}

/** Which program writes such objects. */
function formatOf(fields: Fields): Format {
  const { level, time, message, timestamp } = fields;
  if (typeof fields.log === 'string' && typeof fields.stream === 'string' && typeof time === 'string')
    return 'docker';
  if (typeof fields.method === 'string' && typeof fields.path === 'string' && 'status' in fields)
    if ('workspace_id' in fields || ('duration_ms' in fields && 'user' in fields)) return 'api';
  if ('audit_level' in fields && 'verb' in fields && 'request_uri' in fields) return 'openwebui';
  if (typeof fields.entity_type === 'string' && typeof fields.action === 'string' && 'created_at' in fields)
    return 'audit';
  if (fields.v === 0 && 'hostname' in fields && 'pid' in fields && typeof level === 'number') return 'bunyan';
  if (level !== undefined && time !== undefined && (typeof level === 'number' || typeof time === 'number'))
    return 'pino';
  if ('chat_id' in fields && 'message_id' in fields && 'session_id' in fields && 'ts' in fields)
    return 'session';
  if (typeof level === 'string' && typeof message === 'string')
    if (timestamp === undefined || typeof timestamp === 'string') return 'winston';
  return 'json';
}
