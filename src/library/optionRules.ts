import type { RecorderOptions, RecordersOptions } from '../recorder/recorderTypes.ts';
import type { AuditOptions } from './auditTypes.ts';
import { CHAT_IDS, SUMMARIES, USER_HASHES } from '../policy/choices.ts';
import type { AnonymiseOptions } from '../privacy/privacyTypes.ts';
import type { SessionOptions, UsageOptions } from '../recorder/sessions/sessionTypes.ts';

/** Checks the value of an option. @returns what the value must be; undefined where it is right */
type Rule = (value: unknown) => string | undefined;

const aFolder: Rule = (value) =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? undefined : 'the path of a folder';

const texts: Rule = (value) =>
  Array.isArray(value) && value.every((text) => typeof text === 'string') ? undefined : 'a list of texts';

const yesOrNo: Rule = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

function optional(rule: Rule): Rule {
  return (value) => (value === undefined ? undefined : rule(value));
}

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
function checkOptions(who: string, options: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${who} needs an object with the option ${Object.keys(rules)[0] ?? ''}.`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined)
    throw new TypeError(`There is no option “${unknown}”. Options: ${Object.keys(rules).join(', ')}.`);
  for (const [name, rule] of Object.entries(rules)) {
    const expected = rule((options as Record<string, unknown>)[name]);
    if (expected !== undefined) throw new TypeError(`${name} must be ${expected}.`);
  }
}

const sharedRules: { readonly [K in keyof Required<Omit<RecorderOptions, 'workspace'>>]: Rule } = {
  mode: optional((value) =>
    value === 'bestEffort' || value === 'strict' ? undefined : 'bestEffort or strict',
  ),
  queueBytes: optional((value) => (isCount(value) ? undefined : 'a whole number of bytes, 1 or more')),
  knownSecrets: optional(texts),
  acceptPolicy: optional(yesOrNo),
};

const recorderRules: { readonly [K in keyof Required<RecorderOptions>]: Rule } = {
  workspace: aFolder,
  ...sharedRules,
};

const recordersRules: { readonly [K in keyof Required<RecordersOptions>]: Rule } = {
  workspaces: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((folder) => aFolder(folder) === undefined)
      ? undefined
      : 'a list of the paths of folders',
  ...sharedRules,
};

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
export function checkRecordersOptions(options: unknown): asserts options is RecordersOptions {
  checkOptions('createRecorders', options, recordersRules);
}

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
export function checkRecorderOptions(options: unknown): asserts options is RecorderOptions {
  checkOptions('createRecorder', options, recorderRules);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

const sessionRules: { readonly [K in keyof Required<SessionOptions>]: Rule } = {
  workspace: aFolder,
  password: optional((value) =>
    typeof value === 'string' || value instanceof Uint8Array ? undefined : 'a text or bytes',
  ),
  knownSecrets: optional(texts),
  acceptPolicy: optional(yesOrNo),
  onWarning: optional((value) => (typeof value === 'function' ? undefined : 'a function')),
};

/** What an operator lets out: a list of texts, or lists by the kind of word. */
const allowed: Rule = (value) => {
  const lists = Array.isArray(value) ? [value] : Object.values(Object(value) as object);
  const kinds = ['keys', 'models', 'tools', 'tags', 'changes'];
  const isKnown =
    Array.isArray(value) || (isObject(value) && Object.keys(value).every((key) => kinds.includes(key)));
  return isKnown && lists.every((list) => texts(list) === undefined)
    ? undefined
    : `a list of texts, or an object of such lists named ${kinds.join(', ')}`;
};

const usageRules: { readonly [K in keyof Required<UsageOptions>]: Rule } = {
  workspace: aFolder,
  knownSecrets: optional(texts),
  acceptPolicy: optional(yesOrNo),
  onWarning: optional((value) => (typeof value === 'function' ? undefined : 'a function')),
  allow: optional(allowed),
};

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
export function checkUsageOptions(options: unknown): asserts options is UsageOptions {
  checkOptions('recordUsage', options, usageRules);
}

const oneOf =
  (...choices: readonly string[]): Rule =>
  (value) =>
    typeof value === 'string' && choices.includes(value) ? undefined : choices.join(' or ');
const aKey: Rule = (value) =>
  typeof value === 'string' || value instanceof Uint8Array ? undefined : 'a text or bytes';

const anonymiseRules: { readonly [K in keyof Required<AnonymiseOptions>]: Rule } = {
  key: optional(aKey),
  targetKey: optional(aKey),
  userHash: optional(oneOf(...USER_HASHES)),
  redactContent: optional(yesOrNo),
  titlesAndTags: optional(yesOrNo),
  summaries: optional(oneOf(...SUMMARIES)),
  chatIds: optional(oneOf(...CHAT_IDS)),
  address: optional(oneOf('dropped', 'network')),
  allow: optional(allowed),
};

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
export function checkAnonymiseOptions(options: unknown): void {
  checkOptions('anonymise', options, anonymiseRules);
}

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
export function checkSessionOptions(options: unknown): asserts options is SessionOptions {
  checkOptions('openSession', options, sessionRules);
}

const sources = ['env', 'file', 'connectionString'];

/** A connection string holds a password, so exactly one place is named. */
const aStore: Rule = (value) => {
  if (value === 'sqlite') return undefined;
  const source = (Object(value) as { postgres?: unknown }).postgres;
  const [place, ...others] = Object.entries(Object(source) as object);
  return place !== undefined &&
    others.length === 0 &&
    sources.includes(place[0]) &&
    typeof place[1] === 'string'
    ? undefined
    : `sqlite, or an object postgres with one of ${sources.join(', ')}`;
};

const auditRules: { readonly [K in keyof Required<AuditOptions>]: Rule } = {
  workspace: aFolder,
  store: optional(aStore),
  actions: optional((value) =>
    typeof value === 'object' && value !== null && texts(Object.values(value)) === undefined
      ? undefined
      : 'an object of actions and their categories',
  ),
  knownSecrets: optional(texts),
};

/** @throws TypeError that names the unknown or wrong option, without its value, which may be a secret */
export function checkAuditOptions(options: unknown): asserts options is AuditOptions {
  checkOptions('openAudit', options, auditRules);
}

/** @throws TypeError that names the unknown or wrong option; what stands in a target is checked when it is read */
export function checkForwardingOptions(options: unknown): void {
  checkOptions('startForwarding', options, {
    workspace: aFolder,
    targets: (value) =>
      isObject(value) && !Array.isArray(value) ? undefined : 'an object of targets by their names',
    onFailure: optional((value) => (typeof value === 'function' ? undefined : 'a function')),
  });
}

/** @throws TypeError that names the unknown or wrong option */
export function checkLogsApiOptions(options: unknown): void {
  checkOptions('logsApi', options, {
    workspaces: (value) =>
      typeof value === 'function' ||
      (isObject(value) && Object.values(value).every((path) => aFolder(path) === undefined))
        ? undefined
        : 'an object of folders by their ids, or a function',
    authorise: (value) => (typeof value === 'function' ? undefined : 'a function'),
    base: optional((value) =>
      typeof value === 'string' && /^(\/[\w.~-]+)+$/.test(value) ? undefined : 'a path such as /api',
    ),
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
