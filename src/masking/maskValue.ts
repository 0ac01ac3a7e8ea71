/** The JSON text of any value: by JSON.stringify if that loses nothing, else by a careful walk that can't throw. */

const DEEPEST = 200;
const MOST_NODES = 200_000;

/** The JSON text of `value` by JSON.stringify; undefined if that throws or is known to lose something. */
export function plainJson(value: unknown): string | undefined {
  if (isSpecial(value) || holdsSpecial(value)) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    // The value has a cycle, a BigInt, a getter that throws, or too many levels: `carefulJson` handles all of these.
    return undefined;
  }
}

/** The JSON text of any value by our own walk; a value without a JSON form gets a sensible one. */
export function carefulJson(value: unknown): string {
  return walk(value, { nodes: 0, path: new Set() }, 0) ?? 'null';
}

/** Whether JSON.stringify drops the value or writes nonsense for it. */
function isSpecial(value: unknown): boolean {
  if (typeof value === 'object') {
    if (value === null) return false;
    try {
      const kind: unknown = Object.getPrototypeOf(value);
      if (kind === Object.prototype || kind === Array.prototype) return false;
      return (
        value instanceof Error || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)
      );
    } catch {
      return true;
    }
  }
  return typeof value === 'symbol' || typeof value === 'function' || typeof value === 'bigint';
}

/**
 * An error at the second level is common (`{err}`), and JSON.stringify keeps only the properties that were added to it.
 */
function holdsSpecial(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  try {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key];
      if (typeof member === 'object' && isSpecial(member)) return true;
    }
  } catch {
    return true;
  }
  return false;
}

/**
 * Whether a value that JSON.stringify could write holds anything that it wrote as nonsense, such as a Map as `{}`. What
 * JSON.parse made holds nothing of the kind, so the careful walk isn't needed for it.
 */
export function holdsOdd(value: unknown): boolean {
  const open: unknown[] = [value];
  try {
    for (let item = open.pop(); item !== undefined; item = open.pop()) {
      if (typeof item !== 'object' || item === null) continue;
      const kind: unknown = Object.getPrototypeOf(item);
      if (kind !== Object.prototype && kind !== Array.prototype && kind !== null) {
        if (item instanceof Date) continue;
        if (isOdd(item)) return true;
      } else if (typeof (item as { toJSON?: unknown }).toJSON === 'function') return true;
      if (Array.isArray(item)) {
        for (const member of item as unknown[])
          if (typeof member === 'object' && member !== null) open.push(member);
      } else
        for (const key in item) {
          const member = (item as Record<string, unknown>)[key];
          if (typeof member === 'object' && member !== null) open.push(member);
        }
    }
  } catch {
    return true;
  }
  return false;
}

function isOdd(item: object): boolean {
  return (
    item instanceof Error ||
    item instanceof Map ||
    item instanceof Set ||
    item instanceof RegExp ||
    item instanceof ArrayBuffer ||
    ArrayBuffer.isView(item) ||
    typeof (item as { toJSON?: unknown }).toJSON === 'function'
  );
}

interface Walk {
  nodes: number;
  readonly path: Set<object>;
}

/** The JSON text, or undefined for a value that JSON leaves out. */
function walk(value: unknown, state: Walk, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return String(value);
    case 'bigint':
      return String(value);
    case 'undefined':
      return undefined;
    case 'symbol':
      return depth === 0 ? JSON.stringify(value.toString()) : undefined;
    case 'function':
      return depth === 0 ? '"[Function]"' : undefined;
    case 'object':
      return value === null ? 'null' : walkObject(value, state, depth);
  }
}

function walkObject(value: object, state: Walk, depth: number): string {
  if (state.path.has(value)) return '"[Circular]"';
  state.nodes += 1;
  if (depth > DEEPEST || state.nodes > MOST_NODES) return '"[Too deep or too large]"';
  state.path.add(value);
  try {
    return objectText(value, state, depth);
  } catch {
    return '"[Throws]"';
  } finally {
    state.path.delete(value);
  }
}

function objectText(value: object, state: Walk, depth: number): string {
  if (ArrayBuffer.isView(value)) return `"[${viewName(value)}: ${value.byteLength} bytes]"`;
  if (value instanceof ArrayBuffer) return `"[ArrayBuffer: ${value.byteLength} bytes]"`;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return walk(toJSON.call(value, ''), state, depth + 1) ?? 'null';
  if (value instanceof String || value instanceof Number || value instanceof Boolean)
    return walk(value.valueOf(), state, depth) ?? 'null';
  if (Array.isArray(value)) return arrayText(value, state, depth);
  if (value instanceof Map) return mapText(value, state, depth);
  if (value instanceof Set) return arrayText([...value], state, depth);
  if (value instanceof Error) return errorText(value, state, depth);
  if (value instanceof RegExp) return JSON.stringify(String(value));
  return membersText(value, Object.keys(value), state, depth);
}

function viewName(value: ArrayBufferView): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function arrayText(values: readonly unknown[], state: Walk, depth: number): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length; at += 1) {
    if (state.nodes > MOST_NODES) break;
    state.nodes += 1;
    parts.push(read(values, at, state, depth) ?? 'null');
  }
  return `[${parts.join(',')}]`;
}

function mapText(map: ReadonlyMap<unknown, unknown>, state: Walk, depth: number): string {
  const entries = [...map];
  if (!entries.every(([key]) => typeof key === 'string')) return arrayText(entries, state, depth);
  const parts = entries.map(
    ([key, item]) => `${JSON.stringify(key)}:${walk(item, state, depth + 1) ?? 'null'}`,
  );
  return `{${parts.join(',')}}`;
}

/** Includes the name, the message, the stack and the cause, which aren't enumerable. */
function errorText(error: Error, state: Walk, depth: number): string {
  const hidden = ['name', 'message', 'stack', 'cause', 'errors'].filter((key) => key in error);
  return membersText(error, [...new Set([...hidden, ...Object.keys(error)])], state, depth);
}

function membersText(value: object, keys: readonly string[], state: Walk, depth: number): string {
  const parts: string[] = [];
  for (const key of keys) {
    if (state.nodes > MOST_NODES) break;
    state.nodes += 1;
    const text = read(value, key, state, depth);
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

function read(value: object, key: string | number, state: Walk, depth: number): string | undefined {
  let member: unknown;
  try {
    member = (value as Record<string | number, unknown>)[key];
  } catch {
    return '"[Throws]"';
  }
  return walk(member, state, depth + 1);
}
