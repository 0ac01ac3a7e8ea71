import * as z from 'zod';
import { parseTime } from '../files/entry.ts';
import { MASK } from '../masking/masker.ts';
import { CATEGORIES } from '../policy/choices.ts';
import {
  contentOf,
  isSummary,
  PART_TYPES,
  REDACTED_IMAGE,
  REDACTED_PART,
  summaryOf,
  textOf,
} from './content.ts';
import { personOf, UNKEYED, type Role } from './pseudonyms.ts';
import type { Model } from './model.ts';
import { AGENT_FAMILIES, agentOf, METHODS, NETWORK, networkOf, ROUTE, routeOf } from './request.ts';

/** An object of parsed JSON. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a rule sees beside the value. */
export interface Surroundings {
  readonly model: Model;
  /** What identifies the person of the event. */
  readonly person: string | undefined;
  /** Whether the event was anonymised before, as the lines of `usage.log` were. */
  readonly isStored: boolean;
}

/** How a field of an event becomes fields of the output. */
export interface Rule {
  /** The schemas of the fields that it makes. */
  readonly schemas: readonly z.ZodType[];
  /**
   * The values of those fields; one that is undefined is left out. The value is neither undefined nor null.
   * @param owner the object that holds the field
   */
  readonly apply: (value: unknown, around: Surroundings, owner: Fields) => readonly unknown[];
}

/** The events of a usage log say so in a field `event`. */
export const USAGE_EVENT = 'generation';
const OTHER = 'other';
const LONGEST_TEXT = 512;
const MOST_TAGS = 50;

/** Tags that programs set. Other tags are words of people. */
const OPERATIONAL_TAGS: readonly string[] = [
  ...['open-webui', 'default', 'title_generation', 'tags_generation', 'follow_up_generation'],
  ...['emoji_generation', 'query_generation', 'image_prompt_generation', 'autocomplete_generation'],
  ...['function_calling', 'moa_response_generation', 'generation', 'chat', 'api', 'task'],
];
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function', OTHER] as const;
const DOORS = ['vscode', 'cli', 'library', 'api'] as const;

const HEX64 = /^[0-9a-f]{64}$/;
/** An id of a program; what looks otherwise may hold an address or a text, and is hashed. */
const PLAIN_ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const MODEL = /^[\p{L}\p{N}@][\p{L}\p{N}_.:/@+ -]{0,127}$/u;
const ADDRESS = /[^\s@]@[^\s@/]+\.\p{L}{2,}/u;
const TOOL = /^[A-Za-z0-9_.:-]{1,64}$/;
const ACTION = /^[a-z][a-z0-9_]{0,63}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const signature = '— workspace-logs/[0-9a-f]{16} [A-Za-z0-9+/=]{1,256}\\n';
const NOTE = new RegExp(
  `^workspace-logs/[0-9a-f]{16}\\n\\d{1,16}\\n[A-Za-z0-9+/]{43}=\\n\\n(?:${signature}){1,8}$`,
);

const YEAR_10000 = 253_402_300_800_000;
const count = z.int().min(0);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isKeyId = (value: unknown): value is string =>
  typeof value === 'string' && (value === UNKEYED || KEY_ID.test(value));
const only = (value: unknown): readonly [unknown] => [value];
const NONE: readonly [] = [];

/** @param make the value of the one field that the rule makes */
function rule(schema: z.ZodType, make: (value: unknown, around: Surroundings) => unknown): Rule {
  return { schemas: [schema], apply: (value, around) => only(make(value, around)) };
}

function textMatching(pattern: RegExp): Rule {
  return rule(z.string().regex(pattern), (value) =>
    typeof value === 'string' && pattern.test(value) ? value : undefined,
  );
}

function idRule(role: Role): Rule {
  return rule(z.string().regex(PLAIN_ID), (value, { model, isStored }) => {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const id = String(value);
    if (id === '') return undefined;
    if (isStored && HEX64.test(id)) return model.hasher.stored(role, id);
    const isSent = PLAIN_ID.test(id) && !(model.chatIds === 'hashed' && role !== 'entity');
    return isSent ? id : model.hasher.id(role, id);
  });
}

function wordRule(shape: RegExp, listOf: (model: Model) => ReadonlySet<string> | undefined): Rule {
  return rule(z.union([z.literal(OTHER), z.string().regex(shape)]), (value, { model }) => {
    if (typeof value !== 'string') return undefined;
    const list = listOf(model);
    if (list !== undefined) return list.has(value) && shape.test(value) ? value : OTHER;
    return shape.test(value) && !ADDRESS.test(value) ? value : OTHER;
  });
}

/** A text as the model shows it: its summary, or the masked text itself. */
function shownBy({ redactContent, summaries }: Model): (text: string) => string {
  return redactContent ? (text) => summaryOf(text, summaries) : (text) => text;
}

/** A text of a person that is sent, masked already and cut. */
function openText(text: string): string | undefined {
  const cut = text.slice(0, LONGEST_TEXT).toWellFormed();
  return cut === '' ? undefined : cut;
}

function tagsOf(value: unknown, { model }: Surroundings): unknown {
  const tags = (Array.isArray(value) ? value : [value]).filter((tag) => typeof tag === 'string');
  const sent = tags.slice(0, MOST_TAGS).flatMap((tag) => {
    if (OPERATIONAL_TAGS.includes(tag)) return [tag];
    if (!model.titlesAndTags) return [];
    if (model.tags !== undefined) return [model.tags.has(tag) ? tag : OTHER];
    return [openText(tag) ?? []].flat();
  });
  return sent.length === 0 ? undefined : sent;
}

function entityOf(value: unknown, { model, person }: Surroundings, owner: Fields): readonly unknown[] {
  if (typeof value !== 'string' || value === '') return NONE;
  if (owner.entity_type === 'route') return [undefined, routeOf(value, person)];
  if (owner.entity_type === 'user') return [model.hasher.person(value)?.user_hash];
  return [model.hasher.id('entity', value)];
}

/** The names of the changed fields that are known; their values are never sent. */
function changedOf(value: unknown, { model }: Surroundings): unknown {
  if (!isFields(value)) return undefined;
  const names = Object.keys(value).map((name) => (model.changes.has(name) ? name : OTHER));
  return names.length === 0 ? undefined : [...new Set(names)].sort();
}

const imagePart = z.union([z.literal(REDACTED_IMAGE), z.strictObject({ url: z.literal(REDACTED_IMAGE) })]);
const part = z.union([
  z.string(),
  z.strictObject({
    type: z.enum(PART_TYPES).optional(),
    text: z.string().optional(),
    image_url: imagePart.optional(),
    source: z.literal(REDACTED_IMAGE).optional(),
  }),
]);
const contentSchema = z.union([z.null(), z.string(), z.array(part)]);

/** Whether everything that people wrote in a `content` of the output is summarised. */
export function isRedactedContent(content: unknown): boolean {
  if (content === null || content === REDACTED_PART) return true;
  if (typeof content === 'string') return isSummary(content);
  if (Array.isArray(content)) return content.every(isRedactedContent);
  const { text } = content as { readonly text?: unknown };
  return text === undefined || isRedactedContent(text);
}

const tool = wordRule(TOOL, ({ tools }) => tools);

/** The rules by name. The documentation has a sentence for each. */
export const RULES = {
  time: rule(z.iso.datetime(), (value) => {
    const time = parseTime(value);
    return time === undefined || time >= YEAR_10000 ? undefined : new Date(time).toISOString();
  }),
  user: {
    schemas: [z.string().regex(HEX64), z.union([z.literal(UNKEYED), z.string().regex(KEY_ID)])],
    apply: (value, { model }) => {
      const person = personOf(value);
      const pseudonym = person === undefined ? undefined : model.hasher.person(person);
      return pseudonym === undefined ? NONE : [pseudonym.user_hash, pseudonym.key_id];
    },
  },
  generation: rule(z.literal(USAGE_EVENT), () => USAGE_EVENT),
  hash: rule(z.string().regex(HEX64), (value, { model, isStored }) =>
    isStored && typeof value === 'string' && HEX64.test(value)
      ? model.hasher.stored('user', value)
      : undefined,
  ),
  keyId: rule(z.union([z.literal(UNKEYED), z.string().regex(KEY_ID)]), (value, { model, isStored }) =>
    isKeyId(value) && isStored ? model.hasher.storedKeyId(value) : undefined,
  ),
  workspace: textMatching(/^[A-Za-z0-9_-]{1,64}$/),
  chatId: idRule('chat'),
  requestId: idRule('request'),
  recordId: idRule('entity'),
  entity: { schemas: [z.string().regex(HEX64), z.string().regex(ROUTE)], apply: entityOf },
  method: rule(z.enum([...METHODS, OTHER]), (value) => {
    if (typeof value !== 'string') return undefined;
    const method = value.slice(0, 16).toUpperCase();
    return METHODS.find((known) => known === method) ?? OTHER;
  }),
  route: rule(z.string().regex(ROUTE), (value, { person }) =>
    typeof value === 'string' ? routeOf(value, person) : undefined,
  ),
  status: rule(z.int().min(0).max(999), (value) => (isCount(value) && value <= 999 ? value : undefined)),
  duration: rule(z.number().min(0), (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined,
  ),
  category: rule(z.enum(CATEGORIES), (value) => CATEGORIES.find((known) => known === value)),
  network: rule(z.string().regex(NETWORK), (value, { model }) =>
    model.address === 'network' && typeof value === 'string' ? networkOf(value) : undefined,
  ),
  agent: {
    schemas: [z.enum(AGENT_FAMILIES), z.string().regex(/^\d{1,4}$/)],
    apply: (value) => (typeof value === 'string' && value !== '' ? agentOf(value) : NONE),
  },
  action: wordRule(ACTION, () => undefined),
  door: rule(z.enum(DOORS), (value) => DOORS.find((known) => known === value)),
  changes: rule(z.array(z.string().regex(/^[\w.]{1,64}$/)), changedOf),
  checkpoint: textMatching(NOTE),
  count: rule(count, (value) => (isCount(value) ? value : undefined)),
  model: wordRule(MODEL, ({ models }) => models),
  tool,
  /** The name of a message: with the role `tool` that of a function, else a person's. */
  toolName: {
    schemas: tool.schemas,
    apply: (value, around, owner) => (owner.role === 'tool' ? tool.apply(value, around, owner) : NONE),
  },
  tags: rule(z.array(z.string().max(LONGEST_TEXT)), tagsOf),
  title: rule(z.string().max(LONGEST_TEXT), (value, { model }) =>
    model.titlesAndTags && typeof value === 'string' ? openText(value) : undefined,
  ),
  role: rule(z.enum(ROLES), (value) => ROLES.find((known) => known === value) ?? OTHER),
  content: rule(contentSchema, (value, { model }) => contentOf(value, shownBy(model))),
  summary: rule(z.string(), (value, { model }) => shownBy(model)(textOf(value))),
  toolType: rule(z.enum(['function', OTHER]), (value) => (value === 'function' ? value : OTHER)),
  interface: rule(z.enum([...OPERATIONAL_TAGS, OTHER]), (value) =>
    typeof value === 'string' && OPERATIONAL_TAGS.includes(value) ? value : OTHER,
  ),
  date: textMatching(DATE),
  /** A name that the operator added: its masked text, number or truth. */
  named: rule(z.union([z.string().max(LONGEST_TEXT), z.number(), z.boolean()]), (value) => {
    if (typeof value === 'string') return value === MASK ? undefined : openText(value);
    return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
  }),
} satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;
