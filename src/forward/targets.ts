import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import * as z from 'zod';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { Environment } from '../base/job.ts';
import { isOpenToOthers, whileOpen } from '../files/safeOpen.ts';

/** What a target can get. */
export const FORWARDED = ['entries', 'audit', 'usage'] as const;
export type Forwarded = (typeof FORWARDED)[number];

export type TargetType = 'otlp' | 'langfuse' | 'clickhouse' | 'syslog';

/** A receiver, as it is used. */
export interface Target {
  readonly name: string;
  readonly type: TargetType;
  readonly url: URL;
  readonly kinds: readonly Forwarded[];
  /** Langfuse: `PUBLIC:SECRET`; ClickHouse: `USER:PASSWORD`; OTLP: lines `Header: value`. */
  readonly credentials: string | undefined;
  /** Certificates in PEM to trust beside those of Node. */
  readonly ca: string | undefined;
  /** ClickHouse's table. */
  readonly table: string;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const TABLE = /^[A-Za-z_][A-Za-z0-9_]{0,63}(?:\.[A-Za-z_][A-Za-z0-9_]{0,63})?$/;
const DEFAULT_TABLE = 'workspace_logs';
const SCHEMES: Readonly<Record<TargetType, readonly string[]>> = {
  otlp: ['http:', 'https:'],
  langfuse: ['http:', 'https:'],
  clickhouse: ['http:', 'https:'],
  syslog: ['syslog+tcp:', 'syslog+tls:', 'syslog+udp:'],
};
/** They protect nothing on their way, so they stay on this machine. */
const IN_CLEAR = new Set(['http:', 'syslog+udp:']);

const targetSchema = z.strictObject({
  type: z.enum(['otlp', 'langfuse', 'clickhouse', 'syslog']),
  url: z.string(),
  kinds: z.array(z.enum(FORWARDED)).min(1).optional(),
  credentials: z
    .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])
    .optional(),
  ca: z.string().min(1).optional(),
  table: z.string().regex(TABLE).optional(),
});

/** The targets of CONTRACTS: name → settings. What is wrong is named by its path, never by its value. */
const targetsSchema = z.record(z.string().regex(NAME), targetSchema);
type TargetSettings = z.infer<typeof targetSchema>;

/** The file of the targets on the command line, where `--targets` is not given. */
export const TARGETS_VARIABLE = 'WORKSPACE_LOGS_TARGETS';

/**
 * The settings in a file of targets. It may name where credentials are, so others may not read it.
 * @throws Failure `targets-unusable`, those of the file system
 */
export function readTargets(path: string): unknown {
  const text = readPrivateText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Failure('targets-unusable', { path, why: 'no-json', at: '' }, error);
  }
}

/** @param path where the settings stand, for the failure @throws Failure `targets-unusable` */
export function targetsOf(value: unknown, path: string, environment: Environment): readonly Target[] {
  const parsed = targetsSchema.safeParse(value);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new Failure('targets-unusable', { path, why: 'invalid', at });
  }
  return Object.entries(parsed.data).map(([name, settings]) => targetOf(name, settings, path, environment));
}

function targetOf(name: string, settings: TargetSettings, path: string, environment: Environment): Target {
  const { type, credentials, ca } = settings;
  return {
    name,
    type,
    url: requireUrl(settings, path, `${name}.url`),
    kinds: settings.kinds ?? (type === 'langfuse' ? ['usage'] : FORWARDED),
    credentials: credentials && credentialsOf(credentials, path, `${name}.credentials`, environment),
    ca: ca === undefined ? undefined : readPublicText(ca),
    table: settings.table ?? DEFAULT_TABLE,
  };
}

function requireUrl({ type, url: text }: TargetSettings, path: string, at: string): URL {
  if (!URL.canParse(text)) throw new Failure('targets-unusable', { path, why: 'invalid', at });
  const url = new URL(text);
  if (!SCHEMES[type].includes(url.protocol))
    throw new Failure('targets-unusable', { path, why: 'invalid', at });
  // An address is shown and stored; a password in it would be, too.
  if (url.username !== '' || url.password !== '')
    throw new Failure('targets-unusable', { path, why: 'password-in-url', at });
  if (IN_CLEAR.has(url.protocol) && !isLoopback(url.hostname))
    throw new Failure('targets-unusable', { path, why: 'not-encrypted', at });
  return url;
}

/** Whether a host is this machine, without asking a name server. */
function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  if (name === 'localhost') return true;
  return isIP(name) === 4 ? name.startsWith('127.') : name === '::1';
}

function credentialsOf(
  source: NonNullable<TargetSettings['credentials']>,
  path: string,
  at: string,
  environment: Environment,
): string {
  if ('file' in source) return readPrivateText(source.file).trim();
  const value = environment[source.env];
  if (value === undefined || value === '')
    throw new Failure('targets-unusable', { path, why: 'missing', at });
  return value;
}

/** @throws Failure `targets-unusable` where others may read it, or that of the file system */
function readPrivateText(path: string): string {
  return whileOpen(path, (descriptor, stats) => {
    if (isOpenToOthers(stats)) throw new Failure('targets-unusable', { path, why: 'readable', at: '' });
    return readFileSync(descriptor, 'utf8');
  });
}

function readPublicText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fromSystemError(error, path);
  }
}
