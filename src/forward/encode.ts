import { createHash } from 'node:crypto';
import type { Sendable } from './deliver.ts';

/** Where the events come from. */
export interface Origin {
  /** The workspace's id. */
  readonly workspace: string;
  /** Looks random; it identifies the installation and workspace, and tells no host name. */
  readonly instance: string;
}

/** Flat attributes: the names of OpenTelemetry's semantic conventions where there are some, else ours. */
export type Attributes = Readonly<Record<string, string | number | boolean | string[]>>;

/**
 * Names of https://opentelemetry.io/docs/specs/semconv/registry/attributes/ for our fields. What has no name there gets
 * ours in front of its own.
 */
const CONVENTIONS: Readonly<Record<string, string>> = {
  user_hash: 'user.hash',
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  agent_name: 'user_agent.name',
  agent_version: 'user_agent.version',
  model: 'gen_ai.request.model',
  chat_id: 'gen_ai.conversation.id',
  'tokens.input': 'gen_ai.usage.input_tokens',
  'tokens.output': 'gen_ai.usage.output_tokens',
};
const OURS = 'workspace_logs.';

/** The attributes of a log record of OpenTelemetry. Lists of objects are JSON. */
export function attributesOf({ uid, kind, event }: Sendable): Attributes {
  const out: Record<string, string | number | boolean | string[]> = {
    'log.record.uid': uid,
    [`${OURS}kind`]: kind,
  };
  for (const [name, value] of flatFields(event)) out[CONVENTIONS[name] ?? OURS + name] = value;
  return out;
}

/** The fields of an event, those of objects within with a dot between the names; without the time. */
function flatFields(
  event: Readonly<Record<string, unknown>>,
  before = '',
): [name: string, value: string | number | boolean | string[]][] {
  return Object.entries(event).flatMap(([key, value]): [string, string | number | boolean | string[]][] => {
    const name = before + key;
    if (value === null || value === undefined || name === 'timestamp') return [];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return [[name, value]];
    if (Array.isArray(value)) {
      const texts = value.filter((item): item is string => typeof item === 'string');
      return [[name, texts.length === value.length ? texts : JSON.stringify(value)]];
    }
    return flatFields(value as Readonly<Record<string, unknown>>, `${name}.`);
  });
}

/** How severe an event is: an error of the server, one of the client, or neither. */
export function severityOf({ event }: Sendable): 'ERROR' | 'WARN' | 'INFO' {
  const status = typeof event.status === 'number' ? event.status : 0;
  if (status >= 500) return 'ERROR';
  return status >= 400 ? 'WARN' : 'INFO';
}

/** A row of ClickHouse's table; `docs/forwarding.md` and `--create-tables` have its columns. */
export function rowOf({ kind, uid, time, event }: Sendable, { workspace }: Origin): Record<string, unknown> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const tokens = (event.tokens ?? {}) as Readonly<Record<string, unknown>>;
  return {
    workspace,
    time,
    id: uid,
    kind,
    user_hash: text(event.user_hash),
    key_id: text(event.key_id),
    method: text(event.method),
    route: text(event.route),
    status: number(event.status),
    duration_ms: Math.round(number(event.duration_ms)),
    action: text(event.action),
    entity_type: text(event.entity_type),
    model: text(event.model),
    chat_id: text(event.chat_id),
    tokens_input: number(tokens.input),
    tokens_output: number(tokens.output),
    event: JSON.stringify(event),
  };
}

/**
 * A table that makes “at least once” exact: of rows with equal workspace, time and id one stays. Its types are those
 * that every server since 18.16 knows.
 * @param table a name, checked by the settings
 */
export function createTable(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  workspace String,
  time Int64,
  id String,
  kind String,
  user_hash String,
  key_id String,
  method String,
  route String,
  status UInt16,
  duration_ms Int64,
  action String,
  entity_type String,
  model String,
  chat_id String,
  tokens_input Int64,
  tokens_output Int64,
  event String
) ENGINE = ReplacingMergeTree ORDER BY (workspace, time, id)`;
}

/** The facilities of RFC 5424, 6.2.1: local use 0, and “log audit”. */
const LOCAL0 = 16;
const LOG_AUDIT = 13;
/** The number that RFC 5612 reserves for examples: we have none of our own. */
const STRUCTURED_ID = 'workspaceLogs@32473';
const SYSLOG_SEVERITY = { ERROR: 3, WARN: 4, INFO: 6 };

/**
 * A message of RFC 5424: the fields as structured data, and the event as JSON. The host name is left out, since it may
 * be a person's.
 */
export function syslogOf(sendable: Sendable, { workspace }: Origin): string {
  const { kind, uid, time, event } = sendable;
  const severity = SYSLOG_SEVERITY[severityOf(sendable)];
  const priority = (kind === 'audit' ? LOG_AUDIT : LOCAL0) * 8 + severity;
  const fields = flatFields(event).filter(
    ([name]) => name !== 'messages' && name !== 'workspace_id' && PARAMETER.test(name),
  );
  const parameters = [['uid', uid] as const, ['workspace', workspace] as const, ...fields].map(
    ([name, value]) => `${name}="${escaped(String(value))}"`,
  );
  const header = `<${String(priority)}>1 ${new Date(time).toISOString()} - workspace-logs - ${kind}`;
  return `${header} [${STRUCTURED_ID} ${parameters.join(' ')}] ${JSON.stringify(event)}`;
}

/** SD-NAME of RFC 5424, 6.3: 1 to 32 printable characters but `=`, space, `]` and `"`. */
const PARAMETER = /^[A-Za-z0-9_.]{1,32}$/;

/** RFC 5424, 6.3.3: a backslash in front of `"`, `\` and `]`; control characters would end the line at some receivers. */
function escaped(text: string): string {
  return text.replaceAll(/["\\\]]/g, '\\$&').replaceAll(/[\u0000-\u001f\u007f]/g, ' ');
}

/** The ids of a generation: one trace for a message of a chat, one span for the event. 32 and 16 hexadecimal digits. */
export function traceIds({ uid, event }: Sendable): { readonly traceId: string; readonly spanId: string } {
  const of = (text: string): string => createHash('sha256').update(text).digest('hex');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const id = text(event.id) || uid;
  const conversation = `${text(event.chat_id)}\0${text(event.message_id) || id}`;
  return { traceId: of(`trace\0${conversation}`).slice(0, 32), spanId: of(`span\0${id}`).slice(0, 16) };
}

/**
 * Langfuse's attributes of a generation, by its table of property mappings:
 * https://langfuse.com/integrations/native/opentelemetry#property-mapping
 */
export function generationOf({ event }: Sendable): Attributes {
  const out: Record<string, string | number | boolean | string[]> = {
    'langfuse.observation.type': 'generation',
  };
  const put = (name: string, value: unknown): void => {
    if (typeof value === 'string' && value !== '') out[name] = value;
  };
  put('langfuse.user.id', event.user_hash);
  put('langfuse.session.id', event.chat_id);
  put('langfuse.trace.name', event.title);
  put('langfuse.observation.model.name', event.model);
  if (Array.isArray(event.tags))
    out['langfuse.trace.tags'] = event.tags.filter((tag) => typeof tag === 'string');
  if (event.tokens !== undefined) out['langfuse.observation.usage_details'] = JSON.stringify(event.tokens);
  if (event.messages !== undefined) out['langfuse.observation.input'] = JSON.stringify(event.messages);
  put('langfuse.trace.metadata.key_id', event.key_id);
  const metadata = (event.metadata ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, value] of flatFields(metadata)) out[`langfuse.observation.metadata.${name}`] = value;
  return out;
}
