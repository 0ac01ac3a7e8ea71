import { createHash } from 'node:crypto';
import type { Masker } from '../../masking/masker.ts';
import type { MemberDigest } from '../../archive/sessionMeta.ts';
import type { CompletedLog } from './sessionLog.ts';

export interface MetaFacts {
  readonly log: CompletedLog;
  readonly format: string;
  /** The digests of the other members, by their names. */
  readonly digests: Readonly<Record<string, MemberDigest>>;
  readonly masker: Masker;
}

/** The limit of an id in characters. Readers refuse a `meta.json` of more than a megabyte. */
const LONGEST_ID = 8192;

/** The text of `meta.json` (FORMATS §2). The keys after `log_format` are our own additions. */
export function metaText({ log, format, digests, masker }: MetaFacts): string {
  const { ids, droppedLines, completedAt } = log;
  const masked = (id: string | null | undefined): string | null =>
    id == null ? null : masker.text(id).slice(0, LONGEST_ID);
  const meta = {
    created_at: new Date(completedAt).toISOString().replace('Z', '000+00:00'),
    ids: {
      user_id: masked(ids.userId),
      session_id: masked(ids.sessionId),
      chat_id: masked(ids.chatId),
      message_id: masked(ids.messageId),
    },
    request_id: masked(ids.requestId),
    log_format: format,
    ...(droppedLines > 0 && { dropped_lines: droppedLines }),
    member_digests: digests,
  };
  return JSON.stringify(meta, null, 2);
}

export function digestOf(text: Uint8Array, method: string): MemberDigest {
  return { sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length, method };
}
