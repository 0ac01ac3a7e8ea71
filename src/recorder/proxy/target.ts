import type { ClientRequest, RequestOptions } from 'node:http';

/** The backend behind the proxy. */
export interface Target {
  /** The host as it is sent in `Host`. */
  readonly host: string;
  /** The path on the target for the URL of a request. It begins with the target's own path. */
  readonly pathFor: (url: string) => string;
  /** The user and password of the target's URL. They are sent if a request has no `Authorization` itself. */
  readonly authorization: string | undefined;
  /** Begins a request over a connection that is kept alive. */
  readonly request: (options: RequestOptions) => ClientRequest;
  /** Closes the connections. */
  readonly close: () => void;
}

/**
 * Backends close idle connections after 2 s or more, and a request that is sent at that moment is lost. So idle
 * connections are closed here after 1 s. A connection in use is not affected.
 */
const kept = { keepAlive: true, timeout: 1000 };

/** @returns undefined if the text is not an http or https URL, or has a query or a fragment */
export function parseTarget(text: string): Target | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.search !== '' || url.hash !== '') return undefined;
  const isSecure = url.protocol === 'https:';
  // This is no import: each start of the command line would load the modules, which takes a fourth of its time.
  const { Agent, request } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  const agent = new Agent(kept);
  const base = url.pathname.replace(/\/$/, '');
  const address = {
    // The brackets around an IPv6 address belong to the URL, not to the address.
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? undefined : Number(url.port),
    agent,
  };
  return {
    host: url.host,
    pathFor: (asked) => pathFor(base, asked),
    authorization: authorizationOf(url),
    request: (options) => request({ ...address, ...options }),
    close: () => {
      agent.destroy();
    },
  };
}

function pathFor(base: string, asked: string): string {
  if (asked.startsWith('/')) return base + asked;
  // Clients that are configured for a proxy send whole URLs, and OPTIONS may ask for `*`.
  const url = URL.parse(asked);
  return url === null ? asked : base + url.pathname + url.search;
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** Decodes a text. If it contains a stray `%`, it is used as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The status of a request that the target did not answer. */
export const UNREACHABLE = 502;

/** The status of a request that cannot be passed on as it came. */
export const NOT_IMPLEMENTED = 501;

/** The body of the response if the target did not answer. It contains no address. */
export function unreachableBody(error: unknown): Buffer {
  const { code = 'connection failed' } = error as { code?: string };
  const detail = `The backend behind this proxy did not answer (${code}).`;
  return problemBody(UNREACHABLE, 'Bad Gateway', 'unavailable', detail);
}

/** The body of the response if the request's body has a transfer coding besides `chunked`. */
export function unknownCodingBody(): Buffer {
  const detail = 'This proxy passes bodies on with no Transfer-Encoding but chunked.';
  return problemBody(NOT_IMPLEMENTED, 'Not Implemented', 'unsupported', detail);
}

function problemBody(status: number, title: string, code: string, detail: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'about:blank', title, status, code, detail }));
}
