import { Failure } from '../../base/failure.ts';
import type { Masker } from '../../masking/masker.ts';
import type { EnvironmentSettings } from '../../policy/environment.ts';
import { LineRing } from '../../sessions/log/lineRing.ts';
import { maskedIds, missingId } from '../../sessions/log/ids.ts';
import { lineMaker } from '../../sessions/log/sessionLine.ts';
import type { CompletedLog, RequestIds, SessionLog } from '../../sessions/log/sessionLog.ts';
import type { SessionSettings } from '../../workspace/sessionsFolder.ts';
import type { SessionWriter } from './sessionWriter.ts';

/** Everything that a session log needs when it is opened. */
export interface Opening {
  readonly root: string;
  readonly settings: SessionSettings;
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  readonly masker: Masker;
  readonly writer: SessionWriter;
  /** Is called when the log is completed; the log owns the result. Absent if the worker knows passwords. */
  readonly password?: (() => Uint8Array | undefined) | undefined;
  readonly tell: (failure: Failure) => void;
  readonly onWritten?: (() => void) | undefined;
}

/** Opens the session log of a request. If it cannot become an archive, the reason is reported when it is completed. */
export function openedSession(given: RequestIds, opening: Opening): SessionLog {
  const { root, settings, masker, writer, tell } = opening;
  if (!settings.enabled) return inertSession(writer, tell, skipped('disabled', ''));
  const ids = maskedIds(ownIds(given), masker);
  const missing = missingId(ids, settings.requireSessionId);
  if (missing !== undefined) return inertSession(writer, tell, skipped('missing-id', missing));

  const ring = new LineRing(settings);
  const line = lineMaker(ids, masker);
  const skip = (reason: 'no-lines' | 'no-password'): false => {
    writer.skip();
    tell(skipped(reason, ''));
    return false;
  };
  let isComplete = false;

  return {
    log(level, message, fields) {
      if (isComplete) return;
      try {
        ring.add(line(Date.now(), level, message, fields));
      } catch {
        // There is not enough memory for the line.
      }
    },
    complete() {
      if (isComplete) return false;
      isComplete = true;
      if (ring.lines === 0) return skip('no-lines');
      const password = opening.password?.();
      if (opening.password !== undefined && password === undefined) return skip('no-password');
      const log: CompletedLog = {
        ids,
        droppedLines: ring.dropped,
        chunks: ring.take(),
        completedAt: Date.now(),
      };
      const bytes = log.chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
      const input = { root, log, fromEnvironment: opening.fromEnvironment, password };
      return writer.add({ input, bytes, tell, onWritten: opening.onWritten });
    },
  };
}

/** A log that never becomes an archive. The reason is reported when it is completed. */
export function inertSession(
  writer: SessionWriter,
  tell: (failure: Failure) => void,
  reason: Failure,
): SessionLog {
  let isComplete = false;
  return {
    log: () => undefined,
    complete() {
      if (!isComplete) {
        isComplete = true;
        writer.skip();
        tell(reason);
      }
      return false;
    },
  };
}

/** Copies the ids, because the caller may change its object later. An id that cannot be read counts as missing. */
function ownIds(given: RequestIds): RequestIds {
  try {
    const { userId, sessionId, chatId, messageId, requestId } = given;
    const isText = (id: unknown): id is string => typeof id === 'string';
    return {
      userId: isText(userId) ? userId : '',
      chatId: isText(chatId) ? chatId : '',
      messageId: isText(messageId) ? messageId : '',
      sessionId: isText(sessionId) ? sessionId : undefined,
      requestId: isText(requestId) ? requestId : undefined,
    };
  } catch {
    return { userId: '', chatId: '', messageId: '' };
  }
}

function skipped(
  reason: 'disabled' | 'missing-id' | 'no-lines' | 'no-password',
  detail: string,
): Failure<'session-skipped'> {
  return new Failure('session-skipped', { reason, detail });
}
