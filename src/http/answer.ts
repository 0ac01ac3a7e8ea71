import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a route answers. Each kind of server gets it in its own form: a `Response` costs Node's more than the rest. */
export interface Answer {
  readonly status: number;
  /** The names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | Readable | null;
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return jsonText(JSON.stringify(value), headers, status);
}

export function jsonText(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body,
  };
}

/** Answers are kept for so many workspaces. */
const MOST_KEPT = 100;

/** Keeps what was made for a workspace. Where there are too many, the one that was made first is forgotten. */
export function keep<T>(kept: Map<string, T>, root: string, made: T): void {
  kept.delete(root);
  kept.set(root, made);
  const [first] = kept.keys();
  if (kept.size > MOST_KEPT && first !== undefined) kept.delete(first);
}

/** Frees what the body holds, where it is not sent. */
export async function discard({ body }: Answer): Promise<void> {
  if (body instanceof Readable) body.destroy();
  else if (body instanceof ReadableStream) await body.cancel().catch(() => undefined);
}

export function toResponse({ status, headers, body }: Answer): Response {
  const given = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream<Uint8Array>) : body;
  return new Response(given, { status, headers });
}

/** Sends an answer. A body that fails, or ends early, cuts the connection off: the client must not take it for whole. */
export async function send(answer: Answer, to: ServerResponse): Promise<void> {
  const { status, headers, body } = answer;
  if (body === null) {
    to.writeHead(status, headers).end();
    return;
  }
  if (typeof body === 'string' || body instanceof Uint8Array) {
    to.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
    return;
  }
  to.writeHead(status, headers);
  if (to.req.method === 'HEAD' || to.destroyed) {
    to.end();
    await discard(answer);
    return;
  }
  // A stream that waits for its first entry has begun all the same.
  to.flushHeaders();
  try {
    await (body instanceof Readable ? pipeline(body, to) : pump(body, to));
  } catch {
    to.destroy();
  }
}

/** As `pipeline`, which would not cancel a web stream that waits for its next piece. */
async function pump(body: ReadableStream<Uint8Array>, to: ServerResponse): Promise<void> {
  const reader = body.getReader();
  let isClosed = false;
  let goOn: (() => void) | undefined;
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      goOn = resolve;
      if (isClosed) resolve();
    });
  to.on('drain', () => goOn?.());
  to.once('close', () => {
    isClosed = true;
    goOn?.();
    reader.cancel().catch(() => undefined);
  });
  for (let read = await reader.read(); !read.done; read = await reader.read())
    if (!to.write(read.value)) await drained();
  to.end();
}
