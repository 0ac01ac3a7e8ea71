import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { App } from '../jobs/jobs.ts';
import { fromSystemError } from '../base/failure.ts';
import type { Caller } from './apiTypes.ts';
import { allHeaders } from '../recorder/capture/rawHeaders.ts';
import { userNameIn } from '../recorder/capture/requestFacts.ts';
import { buildLogsApi, type ApiTrail, send } from './logsApi.ts';
import { Problem } from './problem.ts';
import type { RecorderOf } from './recording.ts';
import { roleOfToken, tokensAt, type Tokens } from './tokens.ts';

interface ServerOptions {
  /** Folders by workspace id. */
  readonly workspaces: Readonly<Record<string, string>>;
  readonly port: number;
  readonly tokenFile: string;
  /** The header that names the user; it counts only together with a token. */
  readonly userHeader?: string | undefined;
  readonly app: App;
  readonly trail: ApiTrail;
  readonly recorderOf: RecorderOf;
}

interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Lets running requests end, for `patience` ms at most. */
  close(patience: number): Promise<void>;
}

const HEADER_BYTES = 16 * 1024;
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const LOOPBACK = ['127.0.0.1', '::1'];
const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Starts the API on this machine's loopback addresses, behind tokens. A page of another site cannot reach it: the `Host`
 * must be one of the loopback names with the port, and no foreign `Origin` is answered.
 * @throws Failure `tokens-unusable`, `machine-error` if the port is taken
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const tokens = tokensAt(options.tokenFile);
  const ids = Object.keys(options.workspaces);
  const api = buildLogsApi(
    {
      workspaces: options.workspaces,
      authorise: (request: IncomingMessage) => callerOf(request, tokens, ids, options),
    },
    options.app,
    options.trail,
    options.recorderOf,
  );
  /** What tells nothing of a workspace. */
  const withoutToken = new Map([
    ['/health', '{"status":"ok"}'],
    ['/openapi.json', api.document],
  ]);
  const servers: HttpServer[] = [];
  let port = options.port;

  const serve = (): HttpServer =>
    createServer(
      {
        maxHeaderSize: HEADER_BYTES,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        requireHostHeader: false,
      },
      (request, response) => {
        response.setHeader('x-content-type-options', 'nosniff');
        const refused = doorProblem(request, port);
        if (refused !== undefined) {
          void send(refused.response(), response);
          return;
        }
        const isRead = request.method === 'GET' || request.method === 'HEAD';
        const open = isRead ? withoutToken.get(request.url ?? '') : undefined;
        if (open === undefined) api.node(request, response);
        else response.writeHead(200, { 'content-type': 'application/json' }).end(open);
      },
    );

  for (const address of LOOPBACK) {
    const server = serve();
    try {
      server.listen(port, address);
      await once(server, 'listening');
    } catch (error) {
      // A machine may be without IPv6.
      if (servers.length > 0 && isAbsentAddress(error)) continue;
      servers.forEach((one) => one.close());
      throw fromSystemError(error, `${address}:${String(port)}`);
    }
    ({ port } = server.address() as AddressInfo);
    servers.push(server);
  }

  return {
    url: `http://127.0.0.1:${String(port)}`,
    async close(patience) {
      const ends = servers.map((server) => {
        const ended = once(server, 'close');
        server.close();
        server.closeIdleConnections();
        return ended;
      });
      const timer = setTimeout(() => {
        for (const server of servers) server.closeAllConnections();
      }, patience);
      await Promise.all(ends);
      clearTimeout(timer);
      // The responses of connections that were cut off are closed, and their requests recorded, in this turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function isAbsentAddress(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

/** Whether the request comes through a name, a page or a request line that is not this server's own. */
function doorProblem(request: IncomingMessage, port: number): Problem | undefined {
  const hosts = NAMES.map((name) => `${name}:${String(port)}`);
  // Node keeps only the first of several headers of a name.
  const given = allHeaders(request.rawHeaders, 'host');
  const [host = ''] = given;
  if (given.length !== 1 || !hosts.includes(host.toLowerCase()) || request.url?.startsWith('/') !== true)
    return new Problem('misdirected', 'This server answers for this machine alone.');
  const origins = allHeaders(request.rawHeaders, 'origin');
  if (origins.some((origin) => !hosts.includes(origin.toLowerCase().replace(/^http:\/\//, ''))))
    return new Problem('forbidden', 'Pages of other sites are not answered.');
  return undefined;
}

function callerOf(
  request: IncomingMessage,
  tokens: Tokens,
  workspaces: readonly string[],
  { userHeader }: ServerOptions,
): Caller | undefined {
  const [given, ...others] = allHeaders(request.rawHeaders, 'authorization');
  const token = /^Bearer +(\S+)$/i.exec(given ?? '')?.[1];
  if (token === undefined || others.length > 0) return undefined;
  const found = roleOfToken(tokens, token);
  if (found === undefined) return undefined;
  const name = userHeader && userNameIn(request.rawHeaders, userHeader.toLowerCase());
  return { user: name ?? found.role, ...found, workspaces };
}
