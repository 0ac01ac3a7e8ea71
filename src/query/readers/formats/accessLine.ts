import { unescape } from './backslashes.ts';
import { compact } from './fields.ts';
import type { Line } from '../readLine.ts';
import { findTime } from '../times.ts';
import { levelOf, pathOf } from '../universal.ts';

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const ncsa = new RegExp(
  String.raw`^(?:((?:\[\S+\]|[^\s:]+):\d+) )?(\S+) (\S+) (\S.*?) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] ${quoted} (\d{3}|-) (\d+|-)(?: ${quoted} ${quoted})?(?: (.*))?$`,
  's',
);

/**
 * The common log format of NCSA, and the combined one with referrer and user agent, as Apache's `mod_log_config` and
 * nginx's `ngx_http_log_module` write them. The name of a virtual host may stand before it.
 */
export function readAccess(text: string): Line | undefined {
  const parts = ncsa.exec(text);
  if (!parts) return undefined;
  const [, virtualHost, ip, ident, user, time = '', request = '', status, bytes, referrer, agent, rest] =
    parts;
  const sent = requestOf(unescape(request));
  const named = given(user);
  return {
    format: referrer === undefined ? 'common' : 'combined',
    fields: compact({
      host: virtualHost,
      ip,
      ident: given(ident),
      user: named,
      request: unescape(request),
      ...sent,
      status: status === '-' ? undefined : Number(status),
      bytes: bytes === '-' ? undefined : Number(bytes),
      referrer: given(referrer),
      user_agent: given(agent),
      rest,
    }),
    universal: {
      status: status === '-' ? undefined : Number(status),
      method: sent.method,
      path: pathOf(sent.path),
      user: named,
    },
    time: findTime(time),
  };
}

const requestLine = /^([A-Z][A-Z_-]*) (\S.*?)(?: (HTTP\/\d(?:\.\d)?))?$/s;

/** `GET /path HTTP/1.1`; anything else may stand there, too. */
function requestOf(request: string): { method?: string; path?: string; protocol?: string } {
  const [, method, path, protocol] = requestLine.exec(request) ?? [];
  return method === undefined || path === undefined
    ? {}
    : { method, path, ...(protocol !== undefined && { protocol }) };
}

/** A field that is not `-`, without its escapes. */
function given(field: string | undefined): string | undefined {
  return field === undefined || field === '-' ? undefined : unescape(field);
}

const nginx = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?(.*)$/s;
const details =
  /, (client|server|login|upstream|request|subrequest|host|referrer): ("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** nginx's error log: what went wrong, and the request at which it went wrong behind it. */
export function readNginxError(text: string): Line | undefined {
  const [, time = '', level, pid, thread, connection, whole = ''] = nginx.exec(text) ?? [];
  if (level === undefined) return undefined;
  const from = whole.search(/, (?:client|server): /);
  const message = from === -1 ? whole : whole.slice(0, from);
  const known: Record<string, string> = {};
  if (from !== -1)
    for (const [, key = '', value = ''] of whole.slice(from).matchAll(details))
      known[key] ??= unescape(value.startsWith('"') ? value.slice(1, -1) : value);
  const sent = requestOf(known.request ?? '');
  const { login } = known;
  return {
    format: 'nginx-error',
    fields: compact({ level, pid, thread, connection, message, ...known, ...sent }),
    universal: { level: levelOf(level), message, method: sent.method, path: pathOf(sent.path), user: login },
    time: findTime(time),
  };
}
