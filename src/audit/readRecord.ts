import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { InvalidRecord } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import type { Masker } from '../masking/masker.ts';
import { columnsOf, isCreationTime, isRequestLine } from './columns.ts';
import type { AuditRecord, NewEntry } from './record.ts';

/** In bytes of UTF-8. A longer record is refused. */
export const LONGEST_RECORD: number = BYTES_PER_MB;

/** Objects and lists inside one another, as the masker takes them. */
const DEEPEST = 200;

export type Reading =
  | { readonly kind: 'entry'; readonly entry: NewEntry; readonly isMasked: boolean }
  | { readonly kind: 'invalid'; readonly why: InvalidRecord };

export interface ReadingOptions {
  readonly masker: Masker;
  /** Seconds since 1970, to fill in; undefined for an import, where nothing is filled in. */
  readonly now: number | undefined;
}

/** Reads a line that another program wrote. Its bytes are kept, unless something is masked, filled in or left out. */
export function readLine(line: string, options: ReadingOptions): Reading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { kind: 'invalid', why: 'no-object' };
  }
  return read(parsed, options, line);
}

/** Reads a record of the caller's program. Whatever it holds, the result is valid JSON. */
export function readRecord(record: AuditRecord, options: ReadingOptions): Reading {
  // Written first: a getter may answer differently the second time.
  return read(copyOf(record, options.masker), options);
}

function copyOf(record: object, masker: Masker): unknown {
  try {
    return JSON.parse(JSON.stringify(record));
  } catch {
    // A cycle, a getter that throws, or very deep; the masker writes it in its own way.
    return JSON.parse(masker.json(record));
  }
}

function read(parsed: unknown, { masker, now }: ReadingOptions, line?: string): Reading {
  if (!isObject(parsed)) return { kind: 'invalid', why: 'no-object' };
  // Comparing deeper ones would overflow the stack.
  if (isDeeper(parsed, DEEPEST)) return { kind: 'invalid', why: 'too-deep' };
  if (!isObject(parsed.changes ?? {})) return { kind: 'invalid', why: 'changes' };
  const { given, filled } = now === undefined ? { given: parsed, filled: [] } : fillIn(parsed, now);
  const masked = maskRecord(given, masker);
  const value = JSON.parse(masked) as unknown;
  // A key that stands twice hides its first value from a parser, and so from the masker.
  const isMasked = !isDeepStrictEqual(value, given) || (line !== undefined && hidesKeys(line, parsed));
  const own = line !== undefined && given === parsed ? ownBytes(line, value, isMasked, masker) : undefined;
  const entry = own ?? masked;
  if (columnsOf(value) === undefined) return { kind: 'invalid', why: 'incomplete' };
  if (Buffer.byteLength(entry) > LONGEST_RECORD) return { kind: 'invalid', why: 'too-long' };
  return { kind: 'entry', entry: { entry, filled }, isMasked };
}

/** The line itself, or the line with its secrets masked where they stand; undefined if it has to be written anew. */
function ownBytes(line: string, masked: unknown, isMasked: boolean, masker: Masker): string | undefined {
  if (!isMasked) return line;
  const inPlace = masker.text(line);
  try {
    const parsed = JSON.parse(inPlace) as unknown;
    return isDeepStrictEqual(parsed, masked) && !hidesKeys(inPlace, parsed) ? inPlace : undefined;
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most < 0 || Object.values(value).some((child) => isDeeper(child, most - 1));
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the very object if nothing is missing, and no change is none */
function fillIn(parsed: Fields, now: number): { given: Fields; filled: NewEntry['filled'] } {
  const timeField = isRequestLine(parsed) ? 'timestamp' : 'created_at';
  const filled: ('id' | 'created_at')[] = [];
  let given = parsed;
  if (typeof parsed.id !== 'string' || parsed.id === '') {
    given = { ...given, id: randomUUID() };
    filled.push('id');
  }
  if (!isCreationTime(parsed[timeField])) {
    given = { ...given, [timeField]: now };
    filled.push('created_at');
  }
  const changes = realChanges(parsed.changes);
  return { given: changes === parsed.changes ? given : { ...given, changes }, filled };
}

/** The changes without those whose old and new value are equal. */
function realChanges(changes: unknown): unknown {
  if (!isObject(changes)) return changes;
  const real = Object.entries(changes).filter(
    ([, change]) =>
      !(isObject(change) && 'old' in change && 'new' in change && isDeepStrictEqual(change.old, change.new)),
  );
  return real.length === Object.keys(changes).length ? changes : Object.fromEntries(real);
}

/**
 * The masked record as JSON. A change is masked as if its field had the old value, and again the new one: under a
 * sensitive name the masker would take the pair of them for the secret, and hide that a switch was turned on.
 */
function maskRecord(record: Fields, masker: Masker): string {
  const changes = Object.entries(isObject(record.changes) ? record.changes : {});
  const isPair = ([, change]: readonly [string, unknown]): boolean =>
    isObject(change) && Object.keys(change).every((key) => key === 'old' || key === 'new');
  if (changes.length === 0 || !changes.every(isPair)) return masker.json(record);
  const side = (name: 'old' | 'new'): object =>
    Object.fromEntries(
      (changes as [string, Fields][]).flatMap(([field, change]) =>
        Object.hasOwn(change, name) ? [[field, change[name]]] : [],
      ),
    );
  const text = masker.json({ ...record, changes: { old: side('old'), new: side('new') } });
  const masked = JSON.parse(text) as Fields & { changes?: { old?: Fields; new?: Fields } };
  const { old = {}, new: after = {} } = masked.changes ?? {};
  const pairs = (changes as [string, Fields][]).map(([field, change]) => [
    field,
    Object.fromEntries(
      Object.keys(change).map((name) => [name, (name === 'old' ? old : after)[field] ?? null]),
    ),
  ]);
  return harmlessJson({ ...masked, changes: Object.fromEntries(pairs) as unknown });
}

/** JSON whose characters cannot forge a line or a direction, as the masker writes it. */
function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether a line of JSON has more keys than its value. */
function hidesKeys(line: string, parsed: unknown): boolean {
  const written = line.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/g)?.filter((text) => text.endsWith(':')).length ?? 0;
  return written !== countKeys(parsed);
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children = Object.values(value);
  return children.reduce<number>(
    (count, child) => count + countKeys(child),
    Array.isArray(value) ? 0 : children.length,
  );
}
