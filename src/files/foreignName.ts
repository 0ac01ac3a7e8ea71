import { DAY_MS, isDay } from '../base/units.ts';

/**
 * Log files that other programs write (FORMATS §5), recognised by their names: logrotate, loguru, pino-roll,
 * winston-daily-rotate-file, log4js, Python's TimedRotatingFileHandler, rotating-file-stream, IIS, log4j, Serilog,
 * multilog, and plain names. They are listed and opened. The policy deletes them only if
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
  /** The UTC day in the name, YYYY-MM-DD, if there is one: the last one of a week or a month. */
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

/** A date in a name: the day that it names, and the digits by which its family is in order. */
interface Dated {
  readonly order: string;
  readonly day: string;
}

/** A form of dates in names, and what a match of it means; undefined if it is no date. */
type DateForm = readonly [form: RegExp, read: (match: RegExpExecArray) => Dated | undefined];

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** The time behind a date: `_01-51-28_000000`. */
const time = String.raw`(?:[-_T]?\d{2}(?:[-:_.]?\d{2}(?:[-:_.]?\d{2}(?:[_.,]\d{3,6})?)?)?(?:Z(?![A-Za-z]))?)?(?!\d)`;

/** The forms of dates in names, in the order in which they are tried. */
const dateForms: readonly DateForm[] = [
  // A date to as small a unit as it goes: `2026-01-01_01-51-28_000000`, `20260101-0151-01`, `2026.01.01`.
  [
    new RegExp(String.raw`(?<!\d)(?:19|20)\d{2}([-_.]?)\d{2}\1\d{2}${time}`, 'g'),
    ([text]) => onDay(text.replace(/\D/g, '')),
  ],
  // The year last: `11-30-2026` of log4j, `30.11.2026`. Where both readings are dates, the later one counts: then
  // nothing is taken for older than it is.
  [
    new RegExp(String.raw`(?<!\d)(\d{2})([-_.])(\d{2})\2((?:19|20)\d{2})${time}`, 'g'),
    ([text, one = '', , other = '', year = '']) => {
      const rest = text.slice(10).replace(/\D/g, '');
      const readings = [onDay(year + one + other + rest), onDay(year + other + one + rest)];
      return readings.sort((a, b) => ((a?.day ?? '') < (b?.day ?? '') ? 1 : -1))[0];
    },
  ],
  [
    new RegExp(`(?<![a-z\\d])(\\d{2})([-_.]?)(${months.join('|')})\\2((?:19|20)\\d{2})(?!\\d)`, 'gi'),
    ([, date = '', , month = '', year = '']) =>
      onDay(year + String(months.indexOf(month.toLowerCase()) + 1).padStart(2, '0') + date),
  ],
  // IIS: `u_ex261130.log`, hourly `ex26113014.log`; with more fields `u_ex261130_x.log`.
  [
    /(?<=^(?:u_)?(?:ex|in|nc))(\d{6})(\d{2})?(?:_x)?(?=\.)/g,
    ([, date = '', hour = '']) => onDay(`20${date}${hour}`),
  ],
  // WebSphere: `SystemOut_26.11.30_01.51.28.log`.
  [
    /(?<=_)(\d{2}\.\d{2}\.\d{2})_(\d{2}\.\d{2}\.\d{2})(?!\d)/g,
    ([text]) => onDay(`20${text.replace(/\D/g, '')}`),
  ],
  // A week (ISO 8601): `2026-W48`.
  [
    /(?<!\d)((?:19|20)\d{2})[-_.]?[Ww](\d{2})(?!\d)/g,
    ([, year = '', week = '']) => throughWeek(Number(year), Number(week)),
  ],
  // A month: `2026-11`.
  [
    /(?<!\d)((?:19|20)\d{2})[-_.](\d{2})(?![a-z\d])/gi,
    ([, year = '', month = '']) =>
      ['31', '30', '29', '28'].map((date) => onDay(year + month + date)).find((day) => day !== undefined),
  ],
  // Seconds or milliseconds since 1970, behind the name of a log: `access_log.1796003488`.
  [/(?<=log[-_.])(1\d{9})(?:\d{3})?(?=\.|$)/g, ([, seconds = '']) => atTime(Number(seconds))],
  // TAI64N, by which multilog and s6-log name what they rotated: a label of seconds and nanoseconds.
  [/^@4([\da-f]{15})[\da-f]{8}\.[su]$/g, ([, seconds = '']) => atTime(Number.parseInt(seconds, 16))],
];

function onDay(order: string): Dated | undefined {
  const day = `${order.slice(0, 4)}-${order.slice(4, 6)}-${order.slice(6, 8)}`;
  return isDay(day) ? { order, day } : undefined;
}

function atTime(seconds: number): Dated | undefined {
  if (seconds >= LAST_SECOND) return undefined;
  return onDay(new Date(seconds * 1000).toISOString().slice(0, 19).replace(/\D/g, ''));
}

/** The year 10000 begins here; seconds since 1970. */
const LAST_SECOND = 253_402_300_800;

/** The Sunday of a week; its Thursday lies in the year that it belongs to. */
function throughWeek(year: number, week: number): Dated | undefined {
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
  const sunday = new Date(monday + (week * 7 - 1) * DAY_MS);
  const thursday = new Date(sunday.getTime() - 3 * DAY_MS);
  if (week === 0 || thursday.getUTCFullYear() !== year) return undefined;
  return onDay(sunday.toISOString().slice(0, 10).replaceAll('-', ''));
}

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
  for (const [form, read] of dateForms)
    for (const match of plain.matchAll(form)) {
      const dated = read(match);
      if (dated !== undefined) return { family: familyAround(plain, match), ...dated };
    }
  return undefined;
}

function familyAround(plain: string, { 0: text, index }: RegExpExecArray): string {
  const before = plain
    .slice(0, index)
    .replace(/[-_.]+$/, '')
    .replace(/\.(?:log|jsonl|ndjson)$/, '');
  // A number behind the date counts the parts of a day.
  const rest = plain.slice(index + text.length).replace(/^[-_.]+\d{1,9}(?=[-_.]|$)/, '');
  const behind = rest.replace(/^[-_.]+/, '').replace(/(?:^|\.)(?:log|jsonl|ndjson)(?:\.\d{1,9})?$/, '');
  const between = before === '' || behind === '' ? '' : rest.startsWith('.') ? '.' : '-';
  return before + between + behind || NAMELESS;
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
