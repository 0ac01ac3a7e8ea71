import type { IncomingMessage } from 'node:http';
import { plainAddress } from '../capture/address.ts';
import { allHeaders, firstHeader } from '../capture/rawHeaders.ts';
import type { IsTrusted } from '../capture/trustedProxies.ts';
import { PassedHeaders } from './passedHeaders.ts';
import type { Target } from './target.ts';

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
