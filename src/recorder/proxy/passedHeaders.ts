import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { type IsTrusted, plainAddress } from '../capture/trustedProxies.ts';
import { allHeaders, firstHeader } from '../capture/rawHeaders.ts';
import type { Target } from './target.ts';

/** Headers that concern one connection, not the message (RFC 9110, 7.6.1); so do those that `Connection` names. */
const hopByHop: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
];

/**
 * What `Connection` cannot name away: the frame of the body, without which it would be taken for the next request, and
 * who asked, by which name.
 */
const endToEnd = /^(?:content-length|host|x-forwarded-.*)$/;

/** The headers of a message that is passed on: spelled and ordered as they came, with every value of each. */
export class PassedHeaders {
  readonly #fields = new Map<string, { readonly name: string; readonly values: string[] }>();

  /** @param rawHeaders names and values in turn */
  constructor(rawHeaders: readonly string[]) {
    const pairs = pairsOf(rawHeaders);
    const dropped = new Set(hopByHop);
    for (const [name, value] of pairs) {
      if (name.toLowerCase() !== 'connection') continue;
      for (const word of value.split(',')) {
        const named = word.trim().toLowerCase();
        if (!endToEnd.test(named)) dropped.add(named);
      }
    }
    for (const [name, value] of pairs) {
      const key = name.toLowerCase();
      const known = this.#fields.get(key);
      if (known !== undefined) known.values.push(value);
      else if (!dropped.has(key)) this.#fields.set(key, { name, values: [value] });
    }
  }

  /** Sets a header in place of those of the same name, however they are spelled. */
  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), { name, values: [value] });
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  /** As Node takes them. */
  get outgoing(): OutgoingHttpHeaders {
    return Object.fromEntries(
      [...this.#fields.values()].map(({ name, values }) => [name, values.length === 1 ? values[0] : values]),
    );
  }

  /** As they are written, line by line. */
  get pairs(): [name: string, value: string][] {
    return [...this.#fields.values()].flatMap(({ name, values }) =>
      values.map((value): [string, string] => [name, value]),
    );
  }
}

export function pairsOf(rawHeaders: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  return pairs;
}

/**
 * The headers with which a request goes to the target. It learns who asked, and by which name: `X-Forwarded-For` is
 * continued; what a client says of `-Proto` and `-Host` counts only where it is a trusted proxy.
 */
export function requestHeaders(
  request: IncomingMessage,
  target: Target,
  isTrusted: IsTrusted | undefined,
): PassedHeaders {
  const { rawHeaders } = request;
  const headers = new PassedHeaders(rawHeaders);
  const peer = plainAddress(request.socket.remoteAddress ?? 'unknown');
  const isBehindProxy = isTrusted?.(peer) === true;
  const forward = (name: string, value: string): void => {
    const before = isBehindProxy ? firstHeader(rawHeaders, name.toLowerCase()) : undefined;
    headers.set(name, before ?? value);
  };
  headers.set('X-Forwarded-For', [...allHeaders(rawHeaders, 'x-forwarded-for'), peer].join(', '));
  forward('X-Forwarded-Proto', 'http');
  forward('X-Forwarded-Host', firstHeader(rawHeaders, 'host') ?? target.host);
  headers.set('Host', target.host);
  if (target.authorization !== undefined && firstHeader(rawHeaders, 'authorization') === undefined)
    headers.set('Authorization', target.authorization);
  return headers;
}
