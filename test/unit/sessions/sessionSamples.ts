import { createHash } from 'node:crypto';
import { aesZip, type AesZipMember } from '../archive/aesZip.ts';

/** Passwords as they are typed. Each call makes new buffers, because the code that gets them wipes them. */
export const bytesOf = (password: string): Uint8Array => new TextEncoder().encode(password);

export interface SampleSession {
  readonly password: string;
  readonly ids?: Readonly<Record<string, string>>;
  /** Whether `meta.json` carries digests. */
  readonly bound?: boolean;
  /** The digests in `meta.json`, where they are wrong on purpose. */
  readonly listed?: Readonly<Record<string, object>>;
  readonly more?: readonly AesZipMember[];
  readonly log?: string;
}

/** A session archive with a log of one line. */
export function sessionZip({
  password,
  ids = {},
  bound,
  listed,
  more = [],
  log = 'log\n',
}: SampleSession): Buffer {
  const logs: AesZipMember = { name: 'logs.jsonl', text: log };
  const member_digests =
    listed ?? (bound === true ? Object.fromEntries([logs, ...more].map(digested)) : undefined);
  const { request_id, ...others } = ids;
  const meta = JSON.stringify({ ids: others, request_id, log_format: 'jsonl', member_digests });
  return aesZip([{ name: 'meta.json', text: meta }, logs, ...more], { password });
}

export function digested({ name, text, method = 'deflated' }: AesZipMember): [string, object] {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return [name, { sha256, bytes: Buffer.byteLength(text), method }];
}
