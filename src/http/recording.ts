import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../jobs/jobs.ts';
import { isObservedFor, type EntryTaker } from '../recorder/capture/capture.ts';
import { requestFacts } from '../recorder/capture/requestFacts.ts';
import { Recorder } from '../recorder/recorder.ts';

/** Gives what records the requests about the workspace of a folder; undefined where nothing can. It never rejects. */
export type RecorderOf = (root: string) => Promise<EntryTaker | undefined>;

/** Node's own request and response, where the API is behind them. */
export interface ServerSide {
  readonly incoming: IncomingMessage | undefined;
  readonly outgoing: ServerResponse | undefined;
}

interface RecordingParts {
  readonly base: string;
  readonly folderOf: (id: string) => string | undefined | Promise<string | undefined>;
  readonly recorderOf: RecorderOf;
}

/** @returns never rejects: a failure of recording must not reach the request */
type Finish = (user: string | undefined, status: number) => Promise<void>;

/**
 * Records each request about a workspace in that workspace's log, unless a recorder of the workspace observes it. The
 * entry has the name of the caller, and no bodies: most of them are the log itself.
 */
export function recordingOf({
  base,
  folderOf,
  recorderOf,
}: RecordingParts): (request: Request, side: ServerSide) => Finish {
  const factsOf = requestFacts({});
  const prefix = `${base}/workspaces/`;

  return ({ url, method, headers }, { incoming, outgoing }) => {
    const begun = performance.now();
    const { pathname, search } = new URL(url);
    if (!pathname.startsWith(prefix)) return nothingToRecord;
    const peer = incoming?.socket.remoteAddress;
    const closed = outgoing && once(outgoing, 'close').catch(() => undefined);
    return async (user, status) => {
      try {
        const [segment = ''] = pathname.slice(prefix.length).split('/');
        const root = await folderOf(decodeURIComponent(segment));
        if (root === undefined) return;
        // A door whose recorder is known only at the end has claimed the request by then.
        await closed;
        if (incoming !== undefined && isObservedFor(incoming, realpathSync(root))) return;
        const {
          ip,
          request_id,
          user_agent = headers.get('user-agent'),
        } = incoming === undefined ? noFacts : factsOf(incoming, peer, incoming);
        const entry = { user, method, path: pathname + search, status, ip, request_id, user_agent };
        const isAborted = outgoing !== undefined && !outgoing.writableFinished;
        const duration_ms = performance.now() - begun;
        const recorder = await recorderOf(root);
        recorder?.record({ ...entry, duration_ms, ...(isAborted && { aborted: true }) });
      } catch {
        // The request gets no entry.
      }
    };
  };
}

const noFacts: Partial<ReturnType<ReturnType<typeof requestFacts>>> = {};
const nothingToRecord: Finish = () => Promise.resolve();

/** A recorder without requests is closed after this time, in ms. */
const IDLE_MS = 60_000;

/** Recorders that are opened when the first request needs them, and closed when none came for a minute. */
export function recordersWhenNeeded(app: App): RecorderOf {
  const shared: App = { ...app, dispose: () => undefined };
  const opened = new Map<
    string,
    { readonly recorder: Promise<Recorder | undefined>; idle?: NodeJS.Timeout }
  >();
  return async (root) => {
    let entry = opened.get(root);
    if (entry === undefined) {
      const recorder = Recorder.open({ workspace: root }, { app: shared }).catch(() => {
        // A folder without a policy may have one when the next request comes.
        opened.delete(root);
        return undefined;
      });
      entry = { recorder };
      opened.set(root, entry);
    }
    const { recorder } = entry;
    clearTimeout(entry.idle);
    entry.idle = setTimeout(() => {
      if (opened.get(root)?.recorder === recorder) opened.delete(root);
      void recorder.then((one) => one?.close()).catch(() => undefined);
    }, IDLE_MS);
    entry.idle.unref();
    return recorder;
  };
}
