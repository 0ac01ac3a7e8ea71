import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AppReport } from '../workspace/workspace.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import type {
  SessionOptions,
  SessionStats,
  UsageEvent,
  UsageOptions,
} from '../recorder/sessions/sessionTypes.ts';
import { SessionWorkspace } from '../recorder/sessions/sessionWorkspace.ts';
import { SessionWriter } from '../recorder/sessions/sessionWriter.ts';
import { whenProcessEnds } from '../recorder/whenProcessEnds.ts';
import { describe } from '../words/failures.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import { workerRunner, type Environment } from '../base/job.ts';
import { Failure } from '../base/failure.ts';
import type { RequestIds, SessionLog } from '../sessions/log/sessionLog.ts';
import { checkSessionOptions, checkUsageOptions } from './optionRules.ts';

interface SessionLogs {
  readonly open: (ids: RequestIds, options: SessionOptions) => Session;
  readonly recordUsage: (event: UsageEvent, options: UsageOptions) => boolean;
  readonly flush: () => Promise<void>;
  readonly stats: () => SessionStats;
}

/** The session log of a request that also takes what a model did in it. */
export interface Session extends SessionLog {
  /** As `recordUsage`, with the user, the chat and the message of the session where the event names none. */
  usage(event: Omit<UsageEvent, 'chatId'> & Partial<Pick<UsageEvent, 'chatId'>>): boolean;
}

const logs = sessionLogs(process.env);

/**
 * Opens the session log of one request. Once it is completed, its lines become an encrypted archive, under the
 * workspace's policy and the `SESSION_LOG_*` environment variables, which take precedence. A reason that prevents this
 * (no policy, storage disabled, an id or the password missing …) is reported once as a warning; the log still accepts
 * lines.
 *
 * A process that ends by itself, by `process.exit()` or by an uncaught error writes the logs that were completed
 * before, for at most 5 s in the latter two cases. A process that is ended by a signal without a listener (SIGTERM,
 * SIGINT, SIGKILL) loses the logs in its memory: on SIGTERM and SIGINT, close your server, then await `flushSessions()`.
 * @example process.once('SIGTERM', () => server.close(() => flushSessions()));
 * @throws TypeError for options that are unknown or wrong, and nothing else
 */
export function openSession(ids: RequestIds, options: SessionOptions): Session {
  return logs.open(ids, options);
}

/**
 * Appends what the privacy model leaves of an event to `logs/usage.log`, while the policy's `forwarding.usage` is on.
 * Never waits. A reason that keeps events from being written is reported once as a warning. How a process may end is as
 * for `openSession`.
 * @returns whether the event was queued
 * @throws TypeError for options that are unknown or wrong, and nothing else
 */
export function recordUsage(event: UsageEvent, options: UsageOptions): boolean {
  return logs.recordUsage(event, options);
}

/**
 * Resolves when every usage event that was queued before the call is written, and when every session log that was completed before the call is written, skipped or dropped.
 * @throws Failure why they have to wait: the disk is full or busy; they are retried
 */
export function flushSessions(): Promise<void> {
  return logs.flush();
}

/** How many session logs of this process were written, skipped and dropped so far. */
export function sessionStats(): SessionStats {
  return logs.stats();
}

/**
 * One worker and one queue for all workspaces; the worker is started when the first log is completed.
 * @param environment may change: its values count at the time when a log is opened or completed
 */
export function sessionLogs(environment: Environment): SessionLogs {
  const app = workerRunner<AppJobs, AppReport>(workerUrl, environment);
  const writer = new SessionWriter(app);
  const workspaces = new Map<string, SessionWorkspace>();
  let isEnding = false;

  /** Calls the listener in a microtask, so that an error it throws does not fail the request. */
  function warn(failure: Failure, { onWarning }: Pick<SessionOptions, 'onWarning'>): void {
    if (isEnding) {
      warnAtOnce(failure, onWarning);
      return;
    }
    queueMicrotask(() => {
      if (onWarning !== undefined) onWarning(failure);
      else process.emitWarning(failure.message, { type: 'WorkspaceLogs', code: failure.code });
    });
  }

  function writeLast(): void {
    isEnding = true;
    for (const { usage } of workspaces.values()) {
      const lost = usage?.writeLast();
      if (lost !== undefined) warnAtOnce(lost);
    }
    const count = writer.writeLast();
    if (count > 0) warnAtOnce(new Failure('sessions-lost', { count }));
  }

  function workspaceOf(options: UsageOptions): SessionWorkspace {
    const root = resolve(options.workspace);
    let workspace = workspaces.get(root);
    if (workspace === undefined) {
      if (workspaces.size === 0) whenProcessEnds(writeLast);
      workspace = new SessionWorkspace(root, options, { app, writer, environment, warn });
      workspaces.set(root, workspace);
    }
    return workspace;
  }

  return {
    open(ids, options) {
      checkSessionOptions(options);
      const workspace = workspaceOf(options);
      const known = knownOf(ids);
      // The password is not kept.
      const { workspace: path, knownSecrets, acceptPolicy, onWarning } = options;
      const kept: UsageOptions = { workspace: path, knownSecrets, acceptPolicy, onWarning };
      return {
        ...workspace.open(ids, options),
        usage: (event) => workspace.recordUsage(spreadable(known, event), kept),
      };
    },
    recordUsage(event, options) {
      checkUsageOptions(options);
      return workspaceOf(options).recordUsage(event, options);
    },
    async flush() {
      await Promise.all([writer.flush(), ...[...workspaces.values()].map(({ usage }) => usage?.flush())]);
    },
    stats: () => writer.stats(),
  };
}

/** What a session knows of its usage events. An id that cannot be read counts as missing. */
function knownOf(ids: RequestIds): object {
  try {
    const { userId, chatId, messageId } = ids;
    return { user: { name: userId }, chatId, messageId };
  } catch {
    return {};
  }
}

/** The event with what the session knows; an event that cannot be read counts as empty. */
function spreadable(known: object, event: object): object {
  try {
    return { ...known, ...event };
  } catch {
    return known;
  }
}

/** Warns synchronously, because the process is ending and the event loop no longer turns. */
function warnAtOnce(failure: Failure, onWarning?: SessionOptions['onWarning']): void {
  try {
    if (onWarning !== undefined) onWarning(failure);
    else writeSync(process.stderr.fd, `WorkspaceLogs: ${describe(failure)}\n`);
  } catch {
    // The process is ending, so there is no one to report this to.
  }
}
