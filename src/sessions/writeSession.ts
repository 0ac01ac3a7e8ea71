import { join } from 'node:path';
import { encryptedZip, type NewMember } from '../archive/zip/encryptedZip.ts';
import {
  Failure,
  type FailureMessage,
  isFailure,
  type SessionSkipReason,
  toFailureMessage,
} from '../base/failure.ts';
import { syncFolder } from '../files/durable.ts';
import { makeFolders, nearestFolder, writeNewNamed } from '../files/newFile.ts';
import { loadPolicy } from '../workspace/policyFile.ts';
import { createMasker, defaultMasker } from '../masking/masker.ts';
import type { Policy } from '../policy/policy.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import { jsonLines, logMembers } from './log/logMembers.ts';
import { digestOf, metaText } from './log/metaText.ts';
import { missingId } from './log/ids.ts';
import type { CompletedLog } from './log/sessionLog.ts';
import { sessionPath } from './log/sessionPath.ts';
import { newestPassword } from './passwordRing.ts';
import {
  type AppContext,
  requireWorkspace,
  type Surroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { sessionSettings, sessionsPlace, type SessionsPlace } from '../workspace/sessionsFolder.ts';
import { rememberUse } from '../workspace/usedSessionFolders.ts';
import type { MessagePort } from 'node:worker_threads';

export interface WriteSessionInput extends WorkspaceInput {
  readonly log: CompletedLog;
  /** The values of the environment that override the policy; absent in VS Code. */
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  /** The password, wiped afterwards. If it is absent, the newest known password is used. */
  readonly password?: Uint8Array | undefined;
}

/**
 * `path` has the form that `session open` takes: relative to the workspace with `/` between the parts, or absolute if
 * the archive lies outside.
 */
export type WrittenSession =
  | {
      readonly path: string;
      /** Why Git could not be kept from the archive's folder. */
      readonly unprotected?: FailureMessage;
      /** Why the archive's folder could not be remembered. */
      readonly unremembered?: FailureMessage;
    }
  | { readonly skipped: SessionSkipReason; readonly detail: string };

/**
 * Keeps Git from the folder of an archive before the archive is written.
 * @returns why that is not possible; undefined if all is well
 */
type Protect = (
  workspace: Pick<WriteSessionInput, 'root' | 'fromEnvironment'>,
  context: AppContext,
) => Promise<FailureMessage | undefined>;

interface SessionWriting {
  /** Writes a session log as an archive, under the policy that is on disk. @throws Failure those of the file system */
  readonly writeSession: (input: WriteSessionInput, context: AppContext) => Promise<WrittenSession>;
  /** Writes a session log after all logs that were asked for earlier. @throws Failure as `writeSession` */
  readonly writeSessionInTurn: (input: WriteSessionInput, context: AppContext) => Promise<WrittenSession>;
  /** Writes the waiting logs of a process that ends. The thread of the caller waits meanwhile. */
  readonly writeLastSessions: (input: LastSessionsInput, context: AppContext) => Promise<void>;
}

/** The use cases that write session logs. */
export function sessionWriting(protect: Protect): SessionWriting {
  let latest: Promise<SessionOutcome> | undefined;

  const writeSession: SessionWriting['writeSession'] = (input, context) =>
    writeOne(input, context, () => protect(input, context));

  const writeSessionInTurn: SessionWriting['writeSessionInTurn'] = (input, context) => {
    const before = latest;
    const written = (async () => {
      await before;
      return writeSession(input, context);
    })();
    latest = written.catch(toOutcome);
    return written;
  };

  return {
    writeSession,
    writeSessionInTurn,
    async writeLastSessions({ inputs, withUnderWay, port, ended }, context) {
      const tell = (outcome: SessionOutcome): void => {
        port.postMessage(outcome);
        Atomics.add(ended, 0, 1);
        Atomics.notify(ended, 0);
      };
      const underWay = await latest;
      if (withUnderWay && underWay !== undefined) tell(underWay);
      for (const input of inputs) tell(await writeSessionInTurn(input, context).catch(toOutcome));
    },
  };
}

async function writeOne(
  input: WriteSessionInput,
  context: AppContext,
  protectFolder: () => Promise<FailureMessage | undefined>,
): Promise<WrittenSession> {
  const password = input.password ?? newestPassword();
  try {
    return await write(input, { password, context, protectFolder });
  } catch (error) {
    if (isFailure(error, 'session-skipped')) return { skipped: error.data.reason, detail: error.data.detail };
    throw error;
  } finally {
    password?.fill(0);
  }
}

async function write(
  { log, fromEnvironment, ...workspace }: WriteSessionInput,
  {
    password,
    context,
    protectFolder,
  }: {
    readonly password: Uint8Array | undefined;
    readonly context: AppContext;
    readonly protectFolder: () => Promise<FailureMessage | undefined>;
  },
): Promise<WrittenSession> {
  const root = requireWorkspace(workspace);
  const policy = loadPolicy(root);
  if (policy === undefined) throw skipped('not-managed', root);
  const settings = sessionSettings(policy, fromEnvironment);
  if (!settings.enabled) throw skipped('disabled');
  const missing = missingId(log.ids, settings.requireSessionId);
  if (missing !== undefined) throw skipped('missing-id', missing);
  const place = sessionsPlace(root, settings, fromEnvironment);
  if (password === undefined || password.length === 0) throw skipped('no-password');
  const lines = jsonLines(log.chunks);
  if (lines.length === 0) throw skipped('no-lines');

  const { compression: method, compressLevel: level } = settings;
  const members = membersOf(log, lines, policy, method);
  const sealing = { method, level, password, modified: log.completedAt, signal: context.signal };
  const pieces = await encryptedZip(members, sealing).catch((error: unknown) => {
    throw isFailure(error, 'codec-missing') ? skipped('codec-missing', error.data.method) : error;
  });
  const unprotected = await protectFolder();
  const path = place.shown(putDown(root, place, log, fromEnvironment?.dir !== undefined, pieces));
  const unremembered = remember({ root, policy }, place, fromEnvironment, context);
  return { path, ...(unprotected && { unprotected }), ...(unremembered && { unremembered }) };
}

/** The archive is written, so it counts even if its folder cannot be remembered. */
function remember(
  workspace: { readonly root: string; readonly policy: Policy },
  { path }: SessionsPlace,
  fromEnvironment: EnvironmentSettings = {},
  surroundings: Surroundings,
): FailureMessage | undefined {
  try {
    rememberUse(workspace, path, fromEnvironment, surroundings);
    return undefined;
  } catch (error) {
    return toFailureMessage(error);
  }
}

function membersOf(
  log: CompletedLog,
  lines: Buffer,
  { sessions: { format }, masking }: Policy,
  method: string,
): NewMember[] {
  const logs = logMembers(lines, format);
  const digests = Object.fromEntries(logs.map(({ name, text }) => [name, digestOf(text, method)]));
  const { extraKeys } = masking;
  const masker = extraKeys.length === 0 ? defaultMasker : createMasker({ extraKeys });
  const meta = metaText({ log, format, digests, masker });
  return [{ name: 'meta.json', text: Buffer.from(meta) }, ...logs];
}

/** A clean-up removes empty folders and may do so just before the archive is written. Then writing is retried. */
const ATTEMPTS = 100;

/** @returns the path of the archive */
function putDown(
  root: string,
  { path: base }: SessionsPlace,
  { ids }: CompletedLog,
  isAnywhere: boolean,
  pieces: readonly Uint8Array[],
): string {
  const { folders, message, request } = sessionPath(ids);
  const folder = join(base, ...folders);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const changed = makeFolders(isAnywhere ? nearestFolder(base) : root, folder);
      const name = writeNewNamed(folder, () => archiveNames(message, request), pieces);
      for (const each of changed) syncFolder(each);
      return join(folder, name);
    } catch (error) {
      if (isFailure(error, 'logs-not-a-folder')) throw skipped('no-directory', error.data.path);
      if (!isFailure(error, 'file-missing') || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The names to try until one is free. The sequence has no end. */
function* archiveNames(message: string, request: string | undefined): Generator<string> {
  const name = request === undefined ? message : `${message}.${request}`;
  if (request !== undefined) yield `${message}.zip`;
  yield `${name}.zip`;
  for (let number = 2; ; number += 1) yield `${name}.${String(number)}.zip`;
}

function skipped(reason: SessionSkipReason, detail = ''): Failure {
  return new Failure('session-skipped', { reason, detail });
}

/** The outcome of writing a session log. */
export type SessionOutcome = WrittenSession | { readonly failure: FailureMessage };

interface LastSessionsInput {
  readonly inputs: readonly WriteSessionInput[];
  /** Whether the caller still waits for a log that it asked for earlier. */
  readonly withUnderWay: boolean;
  /** Receives the outcomes: first that of the log in progress, then those of the others in their order. */
  readonly port: MessagePort;
  /** One number: how many outcomes were sent. The caller waits on it. */
  readonly ended: Int32Array<SharedArrayBuffer>;
}

function toOutcome(error: unknown): SessionOutcome {
  return { failure: toFailureMessage(error) };
}
