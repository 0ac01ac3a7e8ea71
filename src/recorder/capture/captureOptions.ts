import type { IncomingMessage } from 'node:http';

/** How requests are told apart and attributed. Without `trustedProxies` no header about the client is believed. */
export interface CaptureOptions<Request = IncomingMessage> {
  /** The header in which a trusted proxy names the user. */
  readonly userHeader?: string | undefined;
  /** Addresses and CIDR blocks of the proxies in front of this backend: a list, or separated by commas. */
  readonly trustedProxies?: readonly string[] | string | undefined;
  /** The header that holds the request's id, or a function that tells it; `x-request-id`. Without a plausible one, one is made. */
  readonly requestId?: string | ((request: Request) => string | undefined) | undefined;
  /** Tells the workspace that a request is about; left out, it is the recorder's. Asked when the response is closed. */
  readonly workspaceOf?: ((request: Request) => string | undefined) | undefined;
}

const names: ReadonlySet<string> = new Set<keyof CaptureOptions>([
  'userHeader',
  'trustedProxies',
  'requestId',
  'workspaceOf',
]);
const headerName = /^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/;

/** @throws TypeError that says what is wrong; `trustedProxies` is looked at where it is parsed */
export function checkCaptureOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('The options must be an object.');
  const unknown = Object.keys(options).find((key) => !names.has(key));
  if (unknown !== undefined)
    throw new TypeError(`There is no option “${unknown}”. Options: ${[...names].join(', ')}.`);
  const { userHeader, requestId, workspaceOf } = options as Record<string, unknown>;
  if (userHeader !== undefined && !isHeaderName(userHeader))
    throw new TypeError('userHeader must be the name of a header.');
  if (requestId !== undefined && typeof requestId !== 'function' && !isHeaderName(requestId))
    throw new TypeError('requestId must be the name of a header or a function.');
  if (workspaceOf !== undefined && typeof workspaceOf !== 'function')
    throw new TypeError('workspaceOf must be a function.');
}

function isHeaderName(value: unknown): boolean {
  return typeof value === 'string' && headerName.test(value);
}
