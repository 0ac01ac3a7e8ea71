import type { RequestIds } from './sessionLog.ts';

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
