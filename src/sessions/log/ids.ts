import { defaultMasker, type Masker } from '../../masking/masker.ts';
import type { RequestIds } from './sessionLog.ts';

/**
 * Masks the secrets that only `masker` knows in the ids of a request, before the ids become file names. Secrets that
 * every masker knows are left in: `sessionPath` needs them to make different names for ids that differ only there.
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

/** The name in `RequestIds` of the first id that a session archive needs and that is missing. */
export function missingId(ids: RequestIds, requireSessionId: boolean): keyof RequestIds | undefined {
  const needed: readonly (keyof RequestIds)[] = requireSessionId
    ? ['userId', 'sessionId', 'chatId', 'messageId']
    : ['userId', 'chatId', 'messageId'];
  return needed.find((name) => {
    const id: unknown = ids[name];
    return typeof id !== 'string' || id.trim() === '';
  });
}
