import type { ClientRequest, RequestOptions } from 'node:http';

/** The backend behind the proxy. */
export interface Target {
  /** As it stands in `Host`. */
  readonly host: string;
  /** Its path for a request's, with the target's own before it. */
  readonly pathFor: (url: string) => string;
  /** What its URL's user and password say, to be sent where a request says nothing itself. */
  readonly authorization: string | undefined;
  /** Begins a request over a connection that is kept. */
  readonly request: (options: RequestOptions) => ClientRequest;
  /** Ends the connections. */
  readonly close: () => void;
}

/**
 * Backends close idle connections after 2 s and more, and a request that is sent at that moment is lost: ours go first.
 * A connection in use is not concerned.
 */
const kept = { keepAlive: true, timeout: 1000 };

/** @returns undefined for what is no http or https URL, or has a query */
export function parseTarget(text: string): Target | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.search !== '' || url.hash !== '') return undefined;
  const isSecure = url.protocol === 'https:';
  // Not imported: each start of the command line would load them, which takes a fourth of its time.
  const { Agent, request } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  const agent = new Agent(kept);
  const base = url.pathname.replace(/\/$/, '');
  const address = {
    // The brackets of an IPv6 address belong to the URL.
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
  // Clients that know of a proxy send whole URLs, and OPTIONS may ask for `*`.
  const url = URL.parse(asked);
  return url === null ? asked : base + url.pathname + url.search;
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** A stray `%` stands for itself. */
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

/** What a client is told of a target that did not answer; it names no address. */
export function unreachableBody(error: unknown): Buffer {
  const { code = 'connection failed' } = error as { code?: string };
  const detail = `The backend behind this proxy did not answer (${code}).`;
  return problemBody(UNREACHABLE, 'Bad Gateway', 'unavailable', detail);
}

/** What a client is told that sent its body in a coding beside `chunked`. */
export function unknownCodingBody(): Buffer {
  const detail = 'This proxy passes bodies on with no Transfer-Encoding but chunked.';
  return problemBody(NOT_IMPLEMENTED, 'Not Implemented', 'unsupported', detail);
}

function problemBody(status: number, title: string, code: string, detail: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'about:blank', title, status, code, detail }));
}
