import { Failure } from '../../base/failure.ts';
import { DAY_MS, HOUR_MS, systemClock } from '../../base/units.ts';
import { inlineApp, inlineContext } from '../../jobs/jobs.ts';
import { parseField } from '../../query/compile.ts';
import { type Clock, readWhen, type TimeSpan } from '../../query/language/bounds.ts';
import { valuesOf } from '../../query/language/predicate.ts';
import type { Field } from '../../query/language/queryTree.ts';
import type { Order } from '../../query/order.ts';
import type { FoundEntry } from '../../query/scan.ts';
import { type Bucket, openSearch, type SearchSession } from '../../query/session.ts';
import type { Unread } from '../../query/texts.ts';
import { describe, printable } from '../../words/failures.ts';
import { forTerminal, print, printError, printJson } from '../output.ts';
import { passwordOptions, withPasswords } from '../passwords.ts';
import { untilStopped } from '../untilStopped.ts';
import { type Arguments, Exit, type Verb } from '../verb.ts';

const LIMIT = 500;
const MOST = 1_000_000;

const bucketLengths: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

/** `query QUERY`: what matches in all logs. */
export const query: Verb = {
  options: {
    since: 'value',
    until: 'value',
    limit: 'value',
    order: 'value',
    count: 'flag',
    histogram: 'value',
    fields: 'value',
    follow: 'flag',
    file: 'value',
    ...passwordOptions,
  },
  positionals: { min: 1, max: 1 },
  async run(words) {
    const { root, json, environment, positionals, value, flag } = words;
    const clock: Clock = { now: systemClock(), zone: 'local' };
    const asked = readAsked(words);
    const context = inlineContext(environment);
    return untilStopped((signal) =>
      withPasswords(inlineApp(environment), words, async () => {
        const search = await openSearch(
          {
            root,
            clock,
            query: positionals[0] ?? '',
            since: timeOf('since', value('since'), clock)?.from,
            until: timeOf('until', value('until'), clock)?.to,
            file: value('file'),
          },
          { ...context, signal },
        );
        if (flag('count')) return printCount(search, json);
        if (asked.histogram !== undefined) return printHistogram(search, asked.histogram, json);
        if (flag('follow')) return follow(search, asked, json);
        return printEntries(search, asked, json);
      }),
    );
  },
};

interface Asked {
  readonly order: Order;
  readonly limit: number;
  /** The length of a bucket in ms. */
  readonly histogram: number | undefined;
  readonly fields: readonly NamedField[] | undefined;
}

interface NamedField {
  readonly name: string;
  readonly field: Field;
}

/** @throws Failure `usage` */
function readAsked({ value, flag }: Pick<Arguments, 'value' | 'flag'>): Asked {
  const {
    order = 'newest',
    limit = String(LIMIT),
    histogram,
    fields,
  } = Object.fromEntries(['order', 'limit', 'histogram', 'fields'].map((name) => [name, value(name)]));
  if (order !== 'newest' && order !== 'oldest') throw usage('--order is newest or oldest.');
  const count = /^\d{1,9}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > MOST) throw usage(`--limit is a whole number from 1 to ${String(MOST)}.`);
  const length = histogram === undefined ? undefined : bucketLengths[histogram];
  if (histogram !== undefined && length === undefined) throw usage('--histogram is minute, hour or day.');
  if (
    flag('follow') &&
    (flag('count') || histogram !== undefined || (order === 'newest' && value('order') !== undefined))
  )
    throw usage(
      '--follow prints entries as they come, so it takes no --count, --histogram or --order newest.',
    );
  const ways = [flag('count'), histogram !== undefined, fields !== undefined];
  if (ways.filter(Boolean).length > 1) throw usage('--count, --histogram and --fields exclude each other.');
  return {
    order,
    limit: count,
    histogram: length,
    fields: fields === undefined ? undefined : fieldsOf(fields),
  };
}

/** Names are separated by commas; one in quotation marks may hold a comma. */
function fieldsOf(text: string): NamedField[] {
  const names = text.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? [];
  if (names.length === 0) throw usage('--fields names no field. Write it as --fields time,status.');
  return names.map((name) => ({ name: name.trim(), field: parseField(name.trim()) }));
}

/** @throws Failure `usage` */
function timeOf(name: string, text: string | undefined, clock: Clock): TimeSpan | undefined {
  if (text === undefined) return undefined;
  const span = readWhen(text, clock);
  if (span === undefined)
    throw usage(`--${name}: “${text}” is no time. Write 1h, 30m, 2d, now-2h or 2026-01-31T12:00:00Z.`);
  return span;
}

function usage(detail: string): Failure {
  return new Failure('usage', { detail: `${detail} See --help.` });
}

async function printCount(search: SearchSession, json: boolean): Promise<Exit> {
  const { count, ...unread } = await search.count();
  if (json) await printJson({ count });
  else await print(`${String(count)}\n`);
  return exitOf(count, unread);
}

async function printHistogram(search: SearchSession, length: number, json: boolean): Promise<Exit> {
  const { buckets, ...unread } = await search.histogram(length);
  const lines = buckets.map((bucket) => `${json ? JSON.stringify(toJson(bucket)) : rowOf(bucket)}\n`);
  await print(lines.join(''));
  return exitOf(buckets.length, unread);
}

function toJson({ time, total, classes }: Bucket): object {
  return { time: isoOf(time), total, classes };
}

function rowOf({ time, total, classes }: Bucket): string {
  const each = Object.entries(classes).sort(([one], [other]) => (one < other ? -1 : 1));
  return [isoOf(time) ?? '', String(total), ...each.map(([name, count]) => `${name}=${String(count)}`)].join(
    '  ',
  );
}

async function printEntries(
  search: SearchSession,
  { order, limit, fields }: Asked,
  json: boolean,
): Promise<Exit> {
  const { entries, ...unread } = await search.page({ order, limit });
  await printLines(entries, fields, json);
  return exitOf(entries.length, unread);
}

/** Until it is stopped: the newest entries in the order of time, then what is appended. */
async function follow(search: SearchSession, { limit, fields }: Asked, json: boolean): Promise<Exit> {
  await search.follow(limit, async (entries, unread) => {
    await printLines(entries, fields, json);
    if (unread !== undefined) tellUnread(unread);
  });
  return Exit.done;
}

async function printLines(
  entries: readonly FoundEntry[],
  fields: Asked['fields'],
  json: boolean,
): Promise<void> {
  const lineOf = (entry: FoundEntry): string => {
    if (fields !== undefined) return fieldsLine(entry, fields, json);
    return json ? jsonLine(entry) : entry.raw;
  };
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    const lines = entries.slice(at, at + AT_ONCE).map((entry) => `${lineOf(entry)}\n`);
    await print(forTerminal(Buffer.from(lines.join(''))));
  }
}

const AT_ONCE = 100;

function jsonLine(entry: FoundEntry): string {
  const { raw, file, offset, format } = entry;
  const head = JSON.stringify({ time: timeIn(entry), file, offset, format });
  return `${head.slice(0, -1)},"entry":${isJson(entry) ? raw : JSON.stringify(raw)}}`;
}

/** Whether the entry is one line of JSON; then it is printed as it stands in the log. */
function isJson({ raw, marks }: FoundEntry): boolean {
  return raw.startsWith('{') && !raw.includes('\n') && !marks.includes('torn') && !marks.includes('cut');
}

function fieldsLine(entry: FoundEntry, fields: readonly NamedField[], json: boolean): string {
  const values = fields.map(({ name, field }) => [name, valueIn(entry, field)] as const);
  if (json) return JSON.stringify({ time: timeIn(entry), file: entry.file, ...Object.fromEntries(values) });
  return values
    .map(([, value]) => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)))
    .map((text) => text.replace(/[\t\n]/g, ' '))
    .join('\t');
}

/** Null without a value; a list of several. */
function valueIn(entry: FoundEntry, field: Field): unknown {
  const values = valuesOf(entry, field);
  if (field.universal !== null && entry.universal[field.universal] !== undefined)
    return field.universal === 'time' ? timeIn(entry) : (values[0] ?? null);
  return values.length > 1 ? values : (values[0] ?? null);
}

/** Null for a time that only the file tells. */
function timeIn({ universal: { time }, marks }: FoundEntry): string | null {
  return typeof time !== 'number' || marks.includes('time-assumed') ? null : isoOf(time);
}

function isoOf(time: number): string | null {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** More names than this are counted only. */
const MOST_NAMED = 20;

function exitOf(found: number, unread: Unread): Exit {
  tellUnread(unread);
  return found === 0 || unread.unreadable.length > 0 ? Exit.refused : Exit.done;
}

/** Says what was not searched. */
function tellUnread({ locked, unreadable, gone }: Unread): void {
  tell(
    locked,
    (file) => `${printable(file)} is encrypted and was not searched. Give its password by --password-stdin.`,
  );
  tell(
    unreadable,
    ({ file, why }) => `${printable(file)} was not searched, or not to its end: ${describe(why)}`,
  );
  tell(gone, (file) => `${printable(file)} was deleted before it was searched.`);
}

function tell<T>(files: readonly T[], sentence: (file: T) => string): void {
  for (const file of files.slice(0, MOST_NAMED)) printError(sentence(file));
  const more = files.length - MOST_NAMED;
  if (more > 0) printError(`The same is true of ${String(more)} more.`);
}
