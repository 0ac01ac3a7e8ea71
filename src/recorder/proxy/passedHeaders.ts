import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { type IsTrusted, plainAddress } from '../capture/trustedProxies.ts';
import { allHeaders, firstHeader } from '../capture/rawHeaders.ts';
import type { Target } from './target.ts';

/** Headers that concern one connection, not the message (RFC 9110, 7.6.1). Headers named by `Connection` do, too. */
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
 * Headers that `Connection` cannot remove: the frame of the body, because without it the body would be taken for the
 * next request, and the headers that say who asked and by which name.
 */
const endToEnd = /^(?:content-length|host|x-forwarded-.*)$/;

/** The headers of a message that is passed on, in their spelling and order, with every value of each header. */
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

  /** Sets a header and replaces those of the same name in any spelling. */
  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), { name, values: [value] });
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  /** The headers in the form that Node takes. */
  get outgoing(): OutgoingHttpHeaders {
    return Object.fromEntries(
      [...this.#fields.values()].map(({ name, values }) => [name, values.length === 1 ? values[0] : values]),
    );
  }

  /** The headers in the form in which they are written, line by line. */
  get pairs(): [name: string, value: string][] {
    return [...this.#fields.values()].flatMap(({ name, values }) =>
      values.map((value): [string, string] => [name, value]),
    );
  }
}

/** The head of an answer as it is written: a byte for each character. */
export function headText(code: number, message: string, pairs: Iterable<readonly [string, string]>): string {
  const lines = Array.from(pairs, ([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${String(code)} ${message}`, ...lines, '', ''].join('\r\n');
}

export function pairsOf(rawHeaders: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  return pairs;
}

/**
 * The headers with which a request is sent to the target. They say who asked and by which name: `X-Forwarded-For` is
 * continued. The values that a client sends in `-Proto` and `-Host` count only if the client is a trusted proxy.
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
