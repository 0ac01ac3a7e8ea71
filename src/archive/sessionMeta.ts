import * as z from 'zod';

/** The ids of a session archive (FORMATS §2). */
export interface SessionIds {
  readonly user_id?: string;
  readonly session_id?: string;
  readonly chat_id?: string;
  readonly message_id?: string;
  readonly request_id?: string;
  readonly request_ids?: readonly string[];
}

/** A member's digest in `meta.json`, so that members cannot be exchanged between archives with the same password. */
export interface MemberDigest {
  /** SHA-256 of the member's text, in hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly method: string;
}

const id = z.string().nullish().catch(undefined);
const meta = z.looseObject({
  ids: z
    .looseObject({ user_id: id, session_id: id, chat_id: id, message_id: id })
    .optional()
    .catch(undefined),
  request_id: id,
  request_ids: z.array(z.string()).optional().catch(undefined),
  // The key is not simply "members", because a chat may have some.
  member_digests: z
    .record(z.string(), z.object({ sha256: z.string(), bytes: z.number(), method: z.string() }))
    .optional()
    .catch({}),
});

/** A `meta.json` of any program: unexpected values are left out. */
export interface SessionMeta {
  /** The whole object, as it was written. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly ids: SessionIds;
  /** By the member's name; absent if the archive has no digests, like those of other programs. */
  readonly digests?: Readonly<Record<string, MemberDigest>>;
}

/** @returns undefined if the text is no JSON object */
export function parseSessionMeta(text: string): SessionMeta | undefined {
  const value = parseJson(text);
  const parsed = meta.safeParse(value);
  if (!parsed.success) return undefined;
  const { ids = {}, request_id, request_ids, member_digests: digests } = parsed.data;
  return {
    value: value as Record<string, unknown>,
    ids: withoutEmpty({
      user_id: ids.user_id,
      session_id: ids.session_id,
      chat_id: ids.chat_id,
      message_id: ids.message_id,
      request_id,
      request_ids,
    }),
    ...(digests !== undefined && { digests }),
  };
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // Refuse a value that is nested too deeply to be written again.
    JSON.stringify(value);
    return value;
  } catch {
    return undefined;
  }
}

function withoutEmpty(ids: Readonly<Record<keyof SessionIds, unknown>>): SessionIds {
  return Object.fromEntries(Object.entries(ids).filter(([, value]) => value != null));
}
