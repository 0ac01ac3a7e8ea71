import type { RuleName } from './rules.ts';

/** The kinds of events that may be sent: entries of the API log, records of the audit trail, usage events. */
export const EVENT_KINDS = ['entry', 'audit', 'usage'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

interface Named {
  /** The field's name in the event. */
  readonly field: string;
  /** Another name of the same field; it counts where `field` is absent. */
  readonly also?: string;
}

/** A field that a rule turns into the fields `sends`. */
interface Leaf extends Named {
  readonly rule: RuleName;
  readonly sends: readonly string[];
  /** Whether it is sent even where the event has no such field. */
  readonly isConstant?: true;
}

/** An object, or a list of objects, of which the fields that are named are sent. */
export interface Group extends Named {
  readonly within: readonly Row[];
  readonly isList?: true;
  /** Whether an operator may add names. */
  readonly isOpen?: true;
}

export type Row = Leaf | Group;

const request: readonly Row[] = [
  { field: 'status', also: 'response_status_code', rule: 'status', sends: ['status'] },
  { field: 'ip', also: 'source_ip', rule: 'network', sends: ['network'] },
  { field: 'user_agent', rule: 'agent', sends: ['agent_name', 'agent_version'] },
];

const entry: readonly Row[] = [
  { field: 'timestamp', also: 'time', rule: 'time', sends: ['timestamp'] },
  { field: 'workspace_id', rule: 'workspace', sends: ['workspace_id'] },
  { field: 'user', rule: 'user', sends: ['user_hash', 'key_id'] },
  { field: 'method', rule: 'method', sends: ['method'] },
  { field: 'path', rule: 'route', sends: ['route'] },
  ...request,
  { field: 'duration_ms', rule: 'duration', sends: ['duration_ms'] },
  { field: 'category', rule: 'category', sends: ['category'] },
];

const audit: readonly Row[] = [
  { field: 'id', rule: 'recordId', sends: ['id'] },
  { field: 'seq', rule: 'count', sends: ['seq'] },
  { field: 'created_at', also: 'timestamp', rule: 'time', sends: ['timestamp'] },
  { field: 'user', rule: 'user', sends: ['user_hash', 'key_id'] },
  { field: 'user_id', rule: 'user', sends: ['user_hash', 'key_id'] },
  { field: 'action', rule: 'action', sends: ['action'] },
  { field: 'entity_type', rule: 'action', sends: ['entity_type'] },
  { field: 'entity_id', rule: 'entity', sends: ['entity_hash', 'route'] },
  { field: 'verb', rule: 'method', sends: ['method'] },
  { field: 'request_uri', rule: 'route', sends: ['route'] },
  ...request,
  { field: 'changes', rule: 'changes', sends: ['changed'] },
  { field: 'audit_metadata', also: 'metadata', within: [{ field: 'door', rule: 'door', sends: ['door'] }] },
  { field: 'note', rule: 'checkpoint', sends: ['checkpoint'] },
];

const toolCall: readonly Row[] = [
  { field: 'id', rule: 'requestId', sends: ['id'] },
  { field: 'index', rule: 'count', sends: ['index'] },
  { field: 'type', rule: 'toolType', sends: ['type'] },
  {
    field: 'function',
    within: [
      { field: 'name', rule: 'tool', sends: ['name'] },
      { field: 'arguments', rule: 'summary', sends: ['arguments'] },
    ],
  },
];

const message: readonly Row[] = [
  { field: 'role', rule: 'role', sends: ['role'] },
  { field: 'name', rule: 'toolName', sends: ['name'] },
  { field: 'content', rule: 'content', sends: ['content'] },
  { field: 'tool_call_id', rule: 'requestId', sends: ['tool_call_id'] },
  { field: 'tool_calls', within: toolCall, isList: true },
];

const currentDate: Row = { field: '{{CURRENT_DATE}}', rule: 'date', sends: ['{{CURRENT_DATE}}'] };

const usage: readonly Row[] = [
  { field: 'timestamp', rule: 'time', sends: ['timestamp'] },
  { field: 'event', rule: 'generation', sends: ['event'], isConstant: true },
  { field: 'id', rule: 'requestId', sends: ['id'] },
  { field: 'user', rule: 'user', sends: ['user_hash', 'key_id'] },
  { field: 'user_hash', rule: 'hash', sends: ['user_hash'] },
  { field: 'key_id', rule: 'keyId', sends: ['key_id'] },
  { field: 'chat_id', also: 'chatId', rule: 'chatId', sends: ['chat_id'] },
  { field: 'message_id', also: 'messageId', rule: 'requestId', sends: ['message_id'] },
  { field: 'model', rule: 'model', sends: ['model'] },
  {
    field: 'tokens',
    within: [
      { field: 'input', rule: 'count', sends: ['input'] },
      { field: 'output', rule: 'count', sends: ['output'] },
    ],
  },
  { field: 'duration_ms', also: 'durationMs', rule: 'duration', sends: ['duration_ms'] },
  { field: 'tags', rule: 'tags', sends: ['tags'] },
  { field: 'title', rule: 'title', sends: ['title'] },
  { field: 'messages', within: message, isList: true },
  {
    field: 'metadata',
    isOpen: true,
    within: [
      { field: 'interface', rule: 'interface', sends: ['interface'] },
      { field: 'model_id', rule: 'model', sends: ['model_id'] },
      currentDate,
      { field: 'variables', isOpen: true, within: [currentDate] },
    ],
  },
];

/**
 * What is sent of each kind of event, field by field. What it does not name is not sent. The documentation, the leak
 * report and the schema of the output are made from it.
 */
export const TABLE: Readonly<Record<EventKind, readonly Row[]>> = { entry, audit, usage };

/** Names that are never sent, whoever asks for them; compared in lower case. */
export const PERSONAL_NAMES: ReadonlySet<string> = new Set([
  ...['user', 'name', 'email', 'user_email', 'user_name', 'profile_image_url', 'avatar', 'display_name'],
  'user_id',
]);

const personalParts = /user|name|email|avatar|location|profile|display|phone|address|ip/i;

/**
 * Whether a key of `variables` is removed because of a part of its name. It errs on the side of removal: `zip` goes,
 * since it holds `ip`.
 */
export function isPersonalVariable(key: string): boolean {
  return personalParts.test(key);
}
