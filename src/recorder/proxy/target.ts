import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** The backend behind the proxy. */
export interface Target {
  /** The host as it is sent in `Host`. */
  readonly host: string;
  /** The `Authorization` made of the URL's user and password, for requests that have none. */
  readonly authorization: string | undefined;
  /**
   * Sends a request to the target over a kept connection. The target's own path is put in front of the request's path.
   * @throws TypeError for a path or a header that may not be sent on
   */
  readonly ask: (request: IncomingMessage, headers: OutgoingHttpHeaders) => ClientRequest;
  /** Closes the connections. */
  readonly close: () => void;
}

/**
 * Backends close idle connections after 2 s or more, and a request that is sent at that moment is lost. So idle
 * connections are closed here after 1 s. A connection in use is not affected.
 */
const kept = { keepAlive: true, timeout: 1000 };

/** The limit of a head in bytes, far beyond that of any backend: target and client have their own. */
export const LONGEST_HEAD = 1_048_576;

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
    authorization: authorizationOf(url),
    ask: ({ method, url: asked = '/' }, headers) => {
      const path = pathFor(base, asked);
      const asking = request({
        ...address,
        method,
        path,
        headers,
        setHost: false,
        maxHeaderSize: LONGEST_HEAD,
        // Other clients read what an old target writes: line ends without CR, folded headers, a length beside a coding.
        // The client gets none of it, since each answer gets its frame anew.
        insecureHTTPParser: true,
      });
      // Without this, Node drops the headers behind the 2,000th in silence.
      asking.maxHeadersCount = 0;
      // Node writes a head with `Expect` in the encoding of the socket: UTF-8, where each character stands for a byte.
      asking.once('socket', (socket) => socket.setDefaultEncoding('latin1'));
      return asking;
    },
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

/** An answer of the proxy itself. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer to a client if the target did not answer. It names no address. */
export function unreachable(error: unknown): Problem {
  const { code = 'connection failed' } = error as { code?: string };
  const detail = `The backend behind this proxy did not answer (${code}).`;
  return problem(UNREACHABLE, 'Bad Gateway', 'unavailable', detail);
}

/** The answer to a client that sent its body in another transfer coding than `chunked`. */
export function unknownCoding(): Problem {
  const detail = 'This proxy passes bodies on with no Transfer-Encoding but chunked.';
  return problem(501, 'Not Implemented', 'unsupported', detail);
}

function problem(status: number, title: string, code: string, detail: string): Problem {
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status, code, detail }));
  const headers = { 'Content-Type': 'application/problem+json', 'Content-Length': String(body.length) };
  return { status, title, headers, body };
}
