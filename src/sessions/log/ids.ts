import { defaultMasker, type Masker } from '../../masking/masker.ts';
import type { RequestIds } from './sessionLog.ts';

/**
 * The ids of a request without the secrets that only `masker` knows, before they become names of files. What every masker
 * knows is left in: `sessionPath` makes different names of ids that differ in nothing else.
 */
export function maskedIds(ids: RequestIds, masker: Masker): RequestIds {
  const masked = <T extends string | null | undefined>(id: T): T | string => {
    if (typeof id !== 'string') return id;
    const text = masker.text(id);
    return text === defaultMasker.text(id) ? id : text;
  };
  return {
    userId: masked(ids.userId),
    sessionId: masked(ids.sessionId),
    chatId: masked(ids.chatId),
    messageId: masked(ids.messageId),
    requestId: masked(ids.requestId),
  };
}

/** The first id that a session archive needs and that is not there, by its name in `RequestIds`. */
export function missingId(ids: RequestIds, requireSessionId: boolean): keyof RequestIds | undefined {
  const needed: readonly (keyof RequestIds)[] = requireSessionId
    ? ['userId', 'sessionId', 'chatId', 'messageId']
    : ['userId', 'chatId', 'messageId'];
  return needed.find((name) => {
    const id: unknown = ids[name];
    return typeof id !== 'string' || id.trim() === '';
  });
}
