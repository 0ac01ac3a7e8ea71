/** What is sent of a request's path, address and agent. */
import { isIP } from 'node:net';

const LONGEST_PATH = 2048;
const MOST_PARTS = 16;
const ID = '{id}';
/** In place of what follows when a path is too long. */
const MORE = '{more}';

/** A part that is a plain word, or a version: `chat-completions`, `v1`. */
const plainWord = /^(?:v\d{1,2}|(?=.{1,32}$)[a-z]+(?:[-_][a-z]+){0,3})$/;
/** What follows one of these is a person, unless it is one of `ofNoPerson`. */
const personFollows =
  /^(?:users?|u|people|persons?|members?|customers?|accounts?|profiles?|contacts?|authors?|by-(?:name|user|email))$/;
const ofNoPerson =
  /^(?:me|self|all|count|export|import|search|list|new|settings|sessions?|groups|permissions)$/;

export const ROUTE = /^(?:\/(?:[a-z0-9_-]{1,32}|\{id\}|\{more\})){0,17}\/?$/;

/**
 * The route of a path: without origin, query and fragment, and with `{id}` for each part that is no plain word, stands
 * behind a word such as `users`, or names the person of the request.
 * @param person what identifies the person, in any case
 */
export function routeOf(path: string, person: string | undefined): string {
  const [start = ''] = /^[^?#]*/.exec(path.slice(0, LONGEST_PATH)) ?? [];
  const parts = start.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').split('/');
  // The last part may be half of one.
  if (start.length === LONGEST_PATH) parts.pop();
  const named = parts.filter((part) => part !== '');
  const isPersonal = person === undefined ? () => false : namesPerson(person);
  const route = named
    .slice(0, MOST_PARTS)
    .map((part, at) =>
      plainWord.test(part) &&
      !isPersonal(part) &&
      (!personFollows.test(named[at - 1] ?? '') || ofNoPerson.test(part))
        ? part
        : ID,
    );
  if (named.length > MOST_PARTS || start.length === LONGEST_PATH) route.push(MORE);
  return `/${route.join('/')}`;
}

/** Whether a word holds a word of the person's name or address. */
function namesPerson(person: string): (word: string) => boolean {
  const words = person.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  return (part) => words.some((word) => part.split(/[-_]/).includes(word));
}

/** The network of an address: its first 24 bits of IPv4, 48 of IPv6. Undefined for another text. */
export function networkOf(address: string): string | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address)?.[1];
  if (ipv4 !== undefined) return `${ipv4}.0/24`;
  if (version === 4 || address.includes('.')) return undefined;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const behind = (tail ?? '').split(':').filter((group) => group !== '').length;
  const zeros = tail === undefined ? 0 : 8 - groups.length - behind;
  const first = [...groups, ...new Array<string>(zeros).fill('0'), '0', '0', '0'].slice(0, 3);
  // Groups after the zeros may belong to the first three.
  if (groups.length + zeros < 3) first.splice(groups.length + zeros, 3, ...(tail ?? '').split(':'));
  const network = first.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/48`;
}

export const NETWORK = /^(?:\d{1,3}(?:\.\d{1,3}){2}\.0\/24|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){2}::\/48)$/;

/** The families in the order in which they are looked for, since browsers also name those that they imitate. */
const AGENTS: readonly (readonly [family: string, token: string])[] = [
  ['Edge', 'Edg/'],
  ['Opera', 'OPR/'],
  ['Samsung Internet', 'SamsungBrowser/'],
  ['Firefox', 'Firefox/'],
  ['Electron', 'Electron/'],
  ['Chrome', 'Chrome/'],
  ['Chrome', 'CriOS/'],
  ['Safari', 'Version/'],
  ['curl', 'curl/'],
  ['Wget', 'Wget/'],
  ['python-requests', 'python-requests/'],
  ['python-httpx', 'python-httpx/'],
  ['aiohttp', 'aiohttp/'],
  ['Go-http-client', 'Go-http-client/'],
  ['okhttp', 'okhttp/'],
  ['axios', 'axios/'],
  ['Postman', 'PostmanRuntime/'],
  ['Node.js', 'node'],
];

/** The family and the major version of an agent; `other` for an unknown one. */
export function agentOf(agent: string): readonly [family: string, major: string | undefined] {
  const start = agent.slice(0, 512);
  for (const [family, token] of AGENTS) {
    const at = start.indexOf(token);
    if (at === -1) continue;
    const major = /^\d{1,4}(?!\d)/.exec(start.slice(at + token.length))?.[0];
    if (major !== undefined) return [family, major];
    if (start === token) return [family, undefined];
  }
  return ['other', undefined];
}

export const AGENT_FAMILIES: readonly string[] = [...new Set(AGENTS.map(([family]) => family)), 'other'];

export const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
] as const;
