import { createMasker } from '../masking/masker.ts';
import type { Answer, Sendable } from './deliver.ts';
import { createTable, rowOf, syslogOf, type Origin } from './encode.ts';
import { PATIENCE_MS, post } from './post.ts';
import { openSyslog } from './syslog.ts';
import type { Target } from './targets.ts';

/** A target as the sender sees it. */
export interface Receiver {
  /** False for syslog: then the cursor stays one batch behind. */
  readonly acknowledges: boolean;
  send(events: readonly Sendable[], signal: AbortSignal): Promise<Answer>;
  /** @returns whether the receiver has all that was written, where nothing else says so */
  close(): Promise<boolean>;
}

/** @param patience how long a receiver may say nothing, in ms */
export function openReceiver(target: Target, origin: Origin, patience = PATIENCE_MS): Receiver {
  switch (target.type) {
    case 'otlp':
      return overHttp(target, patience, (events) => otlpLogs(target, events, origin));
    case 'langfuse':
      return overHttp(target, patience, (events) => langfuse(target, events, origin));
    case 'clickhouse':
      return overHttp(target, patience, (events) => Promise.resolve(clickhouse(target, events, origin)));
    case 'syslog': {
      const connection = openSyslog(target);
      return {
        acknowledges: false,
        send: (events, signal) =>
          connection.send(
            events.map((event) => syslogOf(event, origin)),
            signal,
          ),
        close: () => connection.close(),
      };
    }
  }
}

interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What the body of a success says was not taken. */
  readonly rejected?: ((answer: Uint8Array) => { count: number; message: string } | undefined) | undefined;
}

function overHttp(
  target: Target,
  patience: number,
  encode: (events: readonly Sendable[]) => Promise<Request>,
): Receiver {
  const masker = createMasker({ knownSecrets: target.credentials === undefined ? [] : [target.credentials] });
  return {
    acknowledges: true,
    async send(events, signal) {
      const { rejected, ...request } = await encode(events);
      const { answer, body } = await post({ ...request, ca: target.ca, masker, signal, patience });
      const part = answer.kind === 'taken' ? rejected?.(body) : undefined;
      return part === undefined
        ? answer
        : { kind: 'taken', rejected: part.count, detail: masker.text(part.message) };
    },
    close: () => Promise.resolve(false),
  };
}

async function otlpLogs(target: Target, events: readonly Sendable[], origin: Origin): Promise<Request> {
  // Loaded when the first batch is sent.
  const { logsRequest, logsRejected } = await import('./otlp.ts');
  const headers = Object.fromEntries(
    (target.credentials ?? '').split('\n').flatMap((line) => {
      const [, name, value] = /^\s*([\w-]+)\s*:\s*(.*\S)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
  return {
    url: withPath(target.url, '/v1/logs'),
    headers: { ...headers, 'content-type': 'application/x-protobuf' },
    body: logsRequest(events, origin),
    rejected: logsRejected,
  };
}

const LANGFUSE_PATH = '/api/public/otel/v1/traces';

async function langfuse(target: Target, events: readonly Sendable[], origin: Origin): Promise<Request> {
  const { tracesRequest, spansRejected } = await import('./otlp.ts');
  return {
    url: withPath(target.url, LANGFUSE_PATH),
    headers: {
      ...basic(target.credentials),
      'content-type': 'application/x-protobuf',
      'x-langfuse-ingestion-version': '4',
    },
    body: tracesRequest(events, origin),
    rejected: spansRejected,
  };
}

function clickhouse(target: Target, events: readonly Sendable[], origin: Origin): Request {
  const body = events.map((event) => JSON.stringify(rowOf(event, origin))).join('\n');
  return {
    url: withQuery(target, `INSERT INTO ${target.table} FORMAT JSONEachRow`),
    headers: { ...basic(target.credentials), 'content-type': 'application/json' },
    body: Buffer.from(body),
  };
}

/** Makes ClickHouse's table where it is missing. */
export async function createTables(target: Target, signal: AbortSignal): Promise<Answer> {
  const { answer } = await post({
    url: withQuery(target, ''),
    headers: basic(target.credentials),
    body: Buffer.from(createTable(target.table)),
    ca: target.ca,
    masker: createMasker({ knownSecrets: target.credentials === undefined ? [] : [target.credentials] }),
    signal,
    patience: PATIENCE_MS,
  });
  return answer;
}

function withQuery({ url }: Target, query: string): URL {
  const whole = new URL(url);
  if (query !== '') whole.searchParams.set('query', query);
  return whole;
}

/** An address without a path gets the protocol's own. */
function withPath(url: URL, path: string): URL {
  return url.pathname === '/' || url.pathname === '' ? new URL(path, url) : url;
}

function basic(credentials: string | undefined): Record<string, string> {
  if (credentials === undefined) return {};
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
