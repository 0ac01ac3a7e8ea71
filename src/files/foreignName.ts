import { isDay } from '../base/units.ts';

/**
 * Log files that other programs write (FORMATS §5), recognised by their names: logrotate, loguru, pino-roll,
 * winston-daily-rotate-file, log4js, Python's TimedRotatingFileHandler, rotating-file-stream, and plain names. They are listed and opened. The policy deletes them only if
 * `retention.alsoFamilies` names them, and never the file that is being written.
 */
export interface ForeignName {
  readonly name: string;
  /**
   * The log that this file is a part of: `server` for `server.log.2.gz`. It is the name itself if no pattern matches.
   */
  readonly family: string;
  /** `current` if the name alone shows that the file is being written; otherwise `numbered` or `dated`. */
  readonly part: 'current' | 'numbered' | 'dated';
  /** The position among the parts: a number as written, or a date without its separators. */
  readonly order: string;
  /** The extension of the compression, without the dot; empty for a plain file. */
  readonly compression: '' | 'gz' | 'zip' | 'bz2' | 'xz' | 'zst' | 'br';
  /** The UTC day in the name, YYYY-MM-DD, if there is one. */
  readonly day?: string;
}

const compressed = /\.(gz|zip|bz2|xz|zst|br)$/;
type Patterns = readonly (readonly [RegExp, ForeignName['part']])[];

/** Each pattern captures a family, then a number or what looks like a date. (Named groups double the time.) */
const endingInLog: Patterns = [[/^(.+)\.(\d{1,9})\.log$/, 'numbered']];
const goingOnAfterLog: Patterns = [
  [/^(.+)\.log\.(\d{1,9})$/, 'numbered'],
  [/^(.+)\.log-(\d{8}(?:\d{2})?)$/, 'dated'],
];

/**
 * A date, and the time behind it to as small a unit as it goes: `2026-01-01_01-51-28_000000`, `20260101-0151-01`,
 * `2026.01.01`.
 */
const date =
  /(?<!\d)(?:19|20)\d{2}([-_.]?)\d{2}\1\d{2}(?:[-_T]?\d{2}(?:[-:_]?\d{2}(?:[-:_]?\d{2}(?:[_.,]\d{3,6})?)?)?)?(?!\d)/g;

/** The family of a name with a date that has nothing else in it. */
const NAMELESS = '(dated)';

export function parseForeignName(name: string): ForeignName {
  const compression = (compressed.exec(name)?.[1] ?? '') as ForeignName['compression'];
  const plain = compression === '' ? name : name.slice(0, -compression.length - 1);
  const dated = partsAroundDate(plain);
  if (dated !== undefined) return { name, ...dated, part: 'dated', compression };
  for (const [pattern, part] of plain.endsWith('.log') ? endingInLog : goingOnAfterLog) {
    const match = pattern.exec(plain);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const family = match[1];
    const order = match[2];
    return { name, family, part, order, compression };
  }
  const family = /^(.+)\.(?:log|jsonl|ndjson)$/.exec(plain)?.[1] ?? plain;
  return { name, family, part: compression === '' ? 'current' : 'dated', order: '', compression };
}

/** A date in a name is a date, and the family is what stands around it: before, behind, or both. */
function partsAroundDate(plain: string): Required<Pick<ForeignName, 'family' | 'order' | 'day'>> | undefined {
  for (const { 0: text, index } of plain.matchAll(date)) {
    const order = text.replace(/\D/g, '');
    const day = dayIn(order);
    if (day === undefined) continue;
    const before = plain
      .slice(0, index)
      .replace(/[-_.]+$/, '')
      .replace(/\.(?:log|jsonl|ndjson)$/, '');
    const rest = plain.slice(index + text.length);
    const behind = rest
      .replace(/^[-_.]+/, '')
      .replace(/(?:^|\.)(?:log|jsonl|ndjson)(?:\.\d{1,9})?$/, '')
      .replace(/^\d{1,9}$/, '');
    const between = before === '' || behind === '' ? '' : rest.startsWith('.') ? '.' : '-';
    const family = before + between + behind;
    return { family: family === '' ? NAMELESS : family, order, day };
  }
  return undefined;
}

function dayIn(digits: string): string | undefined {
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return isDay(day) ? day : undefined;
}

/**
 * Of the names of one family, those that may be written right now: the plain `x.log`. Without one: of dated names, the
 * plain ones of the newest day (winston numbers the parts of a day); of numbered names, the highest (pino-roll counts
 * up) and the lowest.
 */
export function currentForeignNames(names: readonly ForeignName[]): ReadonlySet<string> {
  const plain = names.filter((name) => name.compression === '');
  const current = plain.filter((name) => name.part === 'current');
  if (current.length > 0) return new Set(current.map((name) => name.name));
  const dated = plain.filter((name) => name.part === 'dated');
  const newest = dated.reduce((day, name) => (dayOrder(name) > day ? dayOrder(name) : day), '');
  const numbered = plain
    .filter((name) => name.part === 'numbered')
    .sort((a, b) => Number(a.order) - Number(b.order));
  const ends = [numbered.at(-1), numbered[0]].filter((name) => name !== undefined);
  return new Set([...dated.filter((name) => dayOrder(name) === newest), ...ends].map(({ name }) => name));
}

/** The day of a dated name as digits, which sort by time. */
function dayOrder({ order }: ForeignName): string {
  return order.slice(0, 8);
}
