/**
 * The names in a `logs/` folder as a reversible pair: `formatFileName(parseFileName(name)) === name` for every name.
 * Our own names follow DESIGN decision 4; `foreignName.ts` recognises the names of other programs.
 */
import { isDay } from '../base/units.ts';
import { parseForeignName, type ForeignName } from './foreignName.ts';

/** Our own families of logs. */
export const MANAGED_FAMILIES = ['api', 'audit', 'usage'] as const;
export type ManagedFamily = (typeof MANAGED_FAMILIES)[number];

export type FileName =
  | { readonly kind: 'active'; readonly family: ManagedFamily }
  /** A higher number is newer. */
  | { readonly kind: 'rotated'; readonly family: ManagedFamily; readonly number: number }
  /** `day` is YYYY-MM-DD, the UTC day of the newest entry; `serial` is 1 without a suffix, else 2, 3 … */
  | {
      readonly kind: 'archive';
      readonly family: ManagedFamily;
      readonly day: string;
      readonly serial: number;
    }
  /** A temporary file of `target` that a crash left behind. */
  | {
      readonly kind: 'leftover';
      readonly family: ManagedFamily;
      readonly target: string;
      readonly token: string;
    }
  | ({ readonly kind: 'foreign' } & ForeignName);

const managed = /^(?:api|audit|usage)\./;
const active = /^(api|audit|usage)\.log$/;
const rotated = /^(api|audit|usage)\.([1-9]\d{0,14})\.log$/;
const archive = /^(api|audit|usage)\.(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d{1,8}))?\.log\.zip$/;
const leftover = /^(.+\.log\.zip)\.tmp-([0-9a-f]{16})$/;

/**
 * What a name says alone. A log called `usage` may be another program's, so it is foreign here; `partsIn` of `list.ts`
 * looks into the file.
 */
export function parseFileName(name: string): FileName {
  const own = parseManagedName(name);
  return own === undefined || own.family === 'usage' ? { kind: 'foreign', ...parseForeignName(name) } : own;
}

/** The parts of a name of our families, `usage` included; undefined for any other name. */
export function parseManagedName(name: string): Exclude<FileName, { kind: 'foreign' }> | undefined {
  if (!managed.test(name)) return undefined;
  let match = active.exec(name);
  if (match) return { kind: 'active', family: match[1] as ManagedFamily };
  match = rotated.exec(name);
  if (match) return { kind: 'rotated', family: match[1] as ManagedFamily, number: Number(match[2]) };
  match = archive.exec(name);
  if (match?.[2] !== undefined && isDay(match[2])) {
    return {
      kind: 'archive',
      family: match[1] as ManagedFamily,
      day: match[2],
      serial: Number(match[3] ?? 1),
    };
  }
  match = leftover.exec(name);
  const target = match?.[1] === undefined ? undefined : parseManagedName(match[1]);
  if (match?.[1] === undefined || match[2] === undefined || target?.kind !== 'archive') return undefined;
  return { kind: 'leftover', family: target.family, target: match[1], token: match[2] };
}

export function formatFileName(parts: FileName): string {
  switch (parts.kind) {
    case 'active':
      return `${parts.family}.log`;
    case 'rotated':
      return `${parts.family}.${String(parts.number)}.log`;
    case 'archive':
      return `${parts.family}.${parts.day}${parts.serial === 1 ? '' : `.${String(parts.serial)}`}.log.zip`;
    case 'leftover':
      return `${parts.target}.tmp-${parts.token}`;
    case 'foreign':
      return parts.name;
  }
}

/**
 * Orders the files of one family by the age of their lines, the oldest first: archives by their days, rotated files by
 * their numbers, the active one last.
 */
export function compareAge(one: FileName, other: FileName): number {
  const [kind, day, number] = ageOf(one);
  const [otherKind, otherDay, otherNumber] = ageOf(other);
  if (kind !== otherKind) return kind - otherKind;
  if (day !== otherDay) return day < otherDay ? -1 : 1;
  return number - otherNumber;
}

function ageOf(parts: FileName): readonly [kind: number, day: string, number: number] {
  switch (parts.kind) {
    case 'archive':
      return [0, parts.day, parts.serial];
    case 'rotated':
      return [1, '', parts.number];
    case 'active':
      return [2, '', 0];
    case 'leftover':
    case 'foreign':
      return [-1, '', 0];
  }
}

/** The UTC day, YYYY-MM-DD, of a time in ms; years outside 0–9999 are clamped to them. */
export function dayOf(time: number): string {
  const clamped = Math.min(Math.max(time, -62_167_219_200_000), 253_402_300_799_999);
  return new Date(clamped).toISOString().slice(0, 10);
}

/** The files of the audit trail's store. SQLite makes the other ones beside the first. */
export const STORE_FILES = ['audit.db', 'audit.db-wal', 'audit.db-shm'] as const;

const bookkeeping = /^(?:\.gitignore|\.(?:lock|maintenance)(?:-journal)?|audit\.db(?:-wal|-shm|-journal)?)$/;

/**
 * Files that are the workspace's own book-keeping inside `logs/`: no logs, and never read. A plain open and close of the
 * audit trail's database would drop SQLite's locks.
 */
export function isBookkeeping(name: string): boolean {
  return bookkeeping.test(name);
}

/**
 * Returns the next free number of each family, given the existing `names`: the highest number is the newest file. A
 * folder, a link or another program's log with a rotated file's name takes up its number, too.
 */
export function nextRotated(
  names: readonly string[],
): (family: ManagedFamily) => FileName & { readonly kind: 'rotated' } {
  const highest = new Map<ManagedFamily, number>();
  for (const name of names) {
    const parts = parseManagedName(name);
    if (parts?.kind === 'rotated')
      highest.set(parts.family, Math.max(parts.number, highest.get(parts.family) ?? 0));
  }
  return (family) => ({ kind: 'rotated', family, number: (highest.get(family) ?? 0) + 1 });
}

/** Whether Windows takes the name for a device: only the part before the first dot counts. */
export function isDevice(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
}
