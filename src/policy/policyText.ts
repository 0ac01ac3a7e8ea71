import {
  applyEdits,
  createScanner,
  modify,
  parse,
  parseTree,
  printParseErrorCode,
  type Edit,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type * as z from 'zod';
import type { PolicyIssue, PolicyRule, PolicyShape } from '../base/failure.ts';
import { defaultPolicy, POLICY_VERSION, policySchema, type Policy } from './policy.ts';

/** The result of reading a policy's text. */
export type PolicyReading =
  | { readonly kind: 'valid'; readonly policy: Policy }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly issues: readonly PolicyIssue[] };

/** A change of one value. If `value` is undefined, the key is removed, so its default applies again. */
export interface PolicyEdit {
  /** Dotted path, such as `rotation.maxFileMB`. */
  readonly key: string;
  readonly value: unknown;
}

const options = { allowTrailingComma: true, disallowComments: false };

/** Reads a policy's text (JSON with comments). Every issue names its field and line; no invalid value is guessed. */
export function readPolicyText(text: string): PolicyReading {
  const source = withoutMark(text);
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, options);
  const [error] = errors;
  if (error !== undefined) {
    const rule: PolicyRule = { kind: 'syntax', detail: printParseErrorCode(error.error) };
    return { kind: 'damaged', issues: [{ field: '', line: lineAt(source, error.offset), rule }] };
  }
  if (root?.type !== 'object') {
    return { kind: 'damaged', issues: [{ field: '', line: 1, rule: { kind: 'type', expected: 'object' } }] };
  }
  const issues = keyIssues(source, root, []);
  const value = toValue(root) as Record<string, unknown>;
  const version = value.version;
  if (typeof version === 'number' && Number.isInteger(version) && version > POLICY_VERSION) {
    return { kind: 'newer', version };
  }
  const old = walk(value, OLD_AUDIT_KEY);
  if (old !== undefined && typeof old !== 'boolean')
    issues.push(at(source, root, OLD_AUDIT_KEY, { kind: 'type', expected: 'boolean' }));
  const result = policySchema.safeParse(withAuditLevel(value));
  if (!result.success) {
    for (const issue of result.error.issues) issues.push(...toIssues(source, root, issue));
  }
  if (issues.length > 0) return { kind: 'damaged', issues: issues.sort((a, b) => a.line - b.line) };
  return result.success ? { kind: 'valid', policy: result.data } : { kind: 'damaged', issues };
}

/** The key that `audit.level` took the place of: true means METADATA and false NONE, unless there is a level. */
const OLD_AUDIT_KEY = ['audit', 'auditRequests'] as const;

/** The policy with a level in the place of the old key. */
function withAuditLevel(value: Record<string, unknown>): Record<string, unknown> {
  if (walk(value, OLD_AUDIT_KEY) === undefined) return value;
  const { auditRequests, ...audit } = value.audit as Record<string, unknown>;
  return { ...value, audit: { level: levelOf(auditRequests), ...audit } };
}

function levelOf(auditRequests: unknown): Policy['audit']['level'] {
  return auditRequests === true ? 'METADATA' : 'NONE';
}

/** The text with a level in the place of the old key. The comments around it stay. */
function replaceOldAuditKey(text: string): string {
  const root = parseTree(text, [], options);
  const old = root && find(root, OLD_AUDIT_KEY);
  const property = old?.parent;
  if (old?.type !== 'boolean' || property === undefined) return text;
  if (valueAt(text, ['audit', 'level']) !== undefined) return applyEdits(text, removal(text, OLD_AUDIT_KEY));
  const { offset, length } = property;
  return applyEdits(text, [{ offset, length, content: `"level": "${levelOf(old.value)}"` }]);
}

/**
 * The issues that the policy would have after the edits of the form or the command line; empty if it would be valid.
 */
export function checkPolicyEdits(text: string, edits: readonly PolicyEdit[]): readonly PolicyIssue[] {
  const reading = readPolicyText(editPolicyText(text, edits));
  return reading.kind === 'damaged' ? reading.issues : [];
}

/**
 * Makes the edits in the text. Comments, order, indentation and line ends stay as they were. A missing key is not
 * written if its default is the new value. With any edit, an old key gives way to the one that took its place.
 */
export function editPolicyText(text: string, edits: readonly PolicyEdit[]): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  let result = edits.length === 0 ? withoutMark(text) : replaceOldAuditKey(withoutMark(text));
  const eol = result.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^([ \t]+)\S/m.exec(result)?.[1] ?? '  ';
  const formattingOptions = indent.startsWith('\t')
    ? { insertSpaces: false, tabSize: 1, eol }
    : { insertSpaces: true, tabSize: indent.length, eol };
  for (const { key, value } of edits) {
    const path = key.split('.');
    const old = valueAt(result, path);
    if (isSame(old, value) || (old === undefined && isSame(defaultAt(path), value))) continue;
    const made =
      value === undefined
        ? removal(result, path)
        : modify(result, ...reachable(result, path, value), { formattingOptions });
    result = applyEdits(result, made);
  }
  return mark + result;
}

/** If a value on the path to a key is no object, an object with the rest of the path replaces it. */
function reachable(text: string, path: readonly string[], value: unknown): [path: string[], value: unknown] {
  const root = parseTree(text, [], options);
  const blocked = path.findIndex((_, depth) => {
    const node = root === undefined ? undefined : find(root, path.slice(0, depth));
    return node !== undefined && node.type !== 'object';
  });
  if (blocked === -1) return [[...path], value];
  const rest = path.slice(blocked).reduceRight((inner, key) => Object.fromEntries([[key, inner]]), value);
  return [path.slice(0, blocked), rest];
}

/** Removes a key and the comma after it, and nothing else: the comments around it stay. */
function removal(text: string, path: readonly string[]): Edit[] {
  const root = parseTree(text, [], options);
  const property = root === undefined ? undefined : find(root, path)?.parent;
  if (property?.type !== 'property') return [];
  const { offset, length } = property;
  const scanner = createScanner(text, true);
  scanner.setPosition(offset + length);
  scanner.scan();
  const next = scanner.getTokenOffset();
  const hasComma = text[next] === ',';
  const comma = { offset: next, length: 1, content: '' };
  return [{ offset, length, content: '' }, ...(hasComma ? [comma] : [])];
}

/** The text of a new policy. */
export function newPolicyText(workspaceId: string): string {
  return `{
  // What Workspace Logs may do with this workspace's logs/. Keys left out have their defaults.
  "version": ${String(POLICY_VERSION)},
  "workspaceId": "${workspaceId}"
}
`;
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function valueAt(text: string, path: readonly string[]): unknown {
  return walk(parse(text, [], options), path);
}

/** Only whole keys have defaults: one half of an age has none. */
function defaultAt(path: readonly string[]): unknown {
  return path.length === 2 ? walk(defaultPolicy, path) : undefined;
}

function walk(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

/** The node's value. Keys become own properties, even `__proto__`. */
function toValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(toValue);
  if (node.type !== 'object') return node.value;
  const value: Record<string, unknown> = {};
  for (const [key, child] of properties(node)) {
    Object.defineProperty(value, key, { value: toValue(child), enumerable: true, configurable: true });
  }
  return value;
}

function* properties(node: Node): Generator<[string, Node, Node]> {
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key !== undefined && value !== undefined) yield [String(key.value), value, key];
  }
}

/** The issues that the schema cannot find: a duplicate key, and `__proto__`, which zod skips. */
function keyIssues(text: string, node: Node, path: readonly string[]): PolicyIssue[] {
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  const issues: PolicyIssue[] = [];
  for (const [key, child, keyNode] of properties(node)) {
    const field = [...path, key].join('.');
    const line = lineAt(text, keyNode.offset);
    if (seen.has(key)) issues.push({ field, line, rule: { kind: 'duplicate-key' } });
    else if (key === '__proto__') issues.push({ field, line, rule: { kind: 'unknown-key' } });
    seen.add(key);
    issues.push(...keyIssues(text, child, [...path, key]));
  }
  return issues;
}

function toIssues(text: string, root: Node, issue: z.core.$ZodIssue): PolicyIssue[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .filter((key) => key !== '__proto__')
      .map((key) => at(text, root, [...path, key], { kind: 'unknown-key' }));
  }
  const meant = issue.code === 'invalid_union' ? [...path, ...onlyNumberIn(find(root, path), path)] : path;
  const missing = find(root, meant) === undefined && issue.path.length > 0;
  return [at(text, root, meant, missing ? { kind: 'missing' } : toRule(issue, meant))];
}

/** The key of an age that has only one: `{"months": ""}` is wrong in its months, not in its shape. */
function onlyNumberIn(node: Node | undefined, path: readonly string[]): readonly string[] {
  const [[key] = [], ...others] = node?.type === 'object' ? [...properties(node)] : [];
  const isMeant = key !== undefined && others.length === 0 && integerLimits([...path, key]) !== undefined;
  return isMeant ? [key] : [];
}

function at(text: string, root: Node, path: readonly string[], rule: PolicyRule): PolicyIssue {
  const node = find(root, path) ?? find(root, path.slice(0, -1)) ?? root;
  return { field: path.join('.'), line: lineAt(text, node.offset), rule };
}

function find(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const key of path) {
    if (node?.type === 'array') node = node.children?.[Number(key)];
    else node = node === undefined ? undefined : [...properties(node)].find(([name]) => name === key)?.[1];
  }
  return node;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function toRule(issue: z.core.$ZodIssue, path: readonly string[]): PolicyRule {
  const limits = integerLimits(path);
  if (limits !== undefined) return { kind: 'integer', ...limits };
  if (issue.code === 'custom' && issue.params?.rule === 'outside') return { kind: 'outside' };
  if (issue.code === 'invalid_value') return { kind: 'choice', choices: issue.values.map(String) };
  if (issue.code === 'invalid_type') return { kind: 'type', expected: issue.expected };
  const shape = shapes[path.join('.')];
  return shape === undefined ? { kind: 'other', detail: issue.message } : { kind: 'shape', shape };
}

const shapes: Readonly<Record<string, PolicyShape>> = {
  workspaceId: 'id',
  'retention.maxAge': 'age',
  'audit.maxAge': 'age-or-null',
  'recording.log': 'categories',
  'sessions.compressLevel': 'level-or-null',
};

/** The limits in the schema for the integer at `path`, if `path` is an integer. */
export function integerLimits(path: readonly string[]): { min: number; max: number } | undefined {
  let schema: unknown = policySchema;
  for (const key of path) schema = shapeOf(schema)?.[key];
  const number = unwrap(schema) as Partial<z.ZodNumber> | undefined;
  if (number?.type !== 'number') return undefined;
  const { minValue: min, maxValue: max } = number;
  return typeof min === 'number' && typeof max === 'number' ? { min, max } : undefined;
}

/** The keys of an object schema; for a union, the keys of all its objects. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const inner = unwrap(schema) as
    { shape?: Record<string, unknown>; def?: { options?: unknown[] } } | undefined;
  if (inner?.def?.options === undefined) return inner?.shape;
  return Object.assign({}, ...inner.def.options.map((option) => shapeOf(option) ?? {})) as Record<
    string,
    unknown
  >;
}

function unwrap(schema: unknown): unknown {
  let inner = schema as { def?: { innerType?: unknown } } | undefined;
  while (inner?.def?.innerType !== undefined) inner = inner.def.innerType as typeof inner;
  return inner;
}
