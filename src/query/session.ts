import { Failure } from '../base/failure.ts';
import { freshBudget, globMatcher } from '../entries/globMatcher.ts';
import { openingOf, recordFirst, type Recording } from '../workspace/deeds.ts';
import { requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';
import { compileSearch } from './compile.ts';
import { followLogs } from './follow.ts';
import type { Clock } from './language/bounds.ts';
import { valuesOf } from './language/predicate.ts';
import type { Field } from './language/queryTree.ts';
import { compareAge, FirstItems, type Order, type Position } from './order.ts';
import { type FoundEntry, scanText } from './scan.ts';
import { idOf, type RankedText, type TextPosition, type Unread, withTexts } from './texts.ts';

/** What is searched. */
export interface SearchInput extends WorkspaceInput {
  readonly query: string;
  /** ms since 1970: the first one that is included, and the first one that is not. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** A glob of paths in the workspace, or of names if it has no slash. */
  readonly file?: string | undefined;
  /** When the search was asked for; times without a zone are those of this one. */
  readonly clock: Clock;
}

interface Page extends Unread {
  readonly entries: readonly FoundEntry[];
  /** Where the next page goes on; undefined if there is none. It stays valid when files rotate and are zipped. */
  readonly next: TextPosition | undefined;
}

/** The entries of a minute, an hour or a day. */
export interface Bucket {
  /** When it begins, in ms since 1970. */
  readonly time: number;
  readonly total: number;
  /** How many entries have a status of a class, such as `5xx`. */
  readonly classes: Readonly<Record<string, number>>;
}

/** One query over all logs of a workspace. Each call looks at the folder as it is then. */
export interface SearchSession {
  page(request: {
    readonly order: Order;
    readonly limit: number;
    readonly after?: TextPosition | undefined;
  }): Promise<Page>;
  count(): Promise<Unread & { readonly count: number }>;
  /** In the order of time, without the buckets that have no entry. @param ms the length of a bucket */
  histogram(ms: number): Promise<Unread & { readonly buckets: readonly Bucket[] }>;
  /** The most frequent values of a field. Values of the same text are one. */
  facet(field: Field, most: number): Promise<Unread & { readonly values: readonly FacetValue[] }>;
  /**
   * Passes the newest entries that are there, the oldest of them first, and then those that are appended, in groups,
   * until the context's signal is aborted.
   */
  follow(
    limit: number,
    take: (entries: readonly FoundEntry[], unread: Unread | undefined) => Promise<void>,
  ): Promise<void>;
  /** The entries before and behind one in its text, whether they match or not. */
  context(at: TextPosition, entries: number): Promise<Unread & { readonly entries: readonly FoundEntry[] }>;
}

interface FacetValue {
  readonly value: string;
  readonly count: number;
}

/** What a search needs from the door that asks for it. */
export type SearchContext = Recording & { readonly signal: AbortSignal };

/** A match, and the text in which it stands. */
interface Match {
  readonly position: Position;
  readonly entry: FoundEntry;
  readonly text: RankedText;
  readonly textId: string;
}

/** More values of a field than this are not counted. */
const MOST_VALUES = 100_000;

/** @throws Failure `query-invalid`, `workspace-not-a-folder`; `usage` for a glob that is refused */
export async function openSearch(input: SearchInput, context: SearchContext): Promise<SearchSession> {
  const root = requireWorkspace(input);
  const { matches, find } = await compileSearch(input.query, input.clock);
  const { since = -Infinity, until = Infinity } = input;
  const { environment, signal } = context;
  const searching = { root, accepts: pathMatcher(input.file), environment, signal };

  function isInRange({ universal }: FoundEntry): boolean {
    const time = universal.time as number;
    return time >= since && time < until;
  }

  /** Passes each entry that matches, and that is behind `after` in the order. */
  async function eachMatch(
    visit: (match: Match) => void,
    after?: { readonly order: Order; readonly position: TextPosition },
  ): Promise<Unread> {
    return withTexts(searching, async (texts) => {
      const start = after && { ...after.position, rank: await texts.rankOf(after.position) };
      const sign = after?.order === 'newest' ? -1 : 1;
      await texts.each(async (text) => {
        let textId = '';
        const onBegin = (head: Buffer): void => {
          textId = idOf(head);
        };
        await scanText(text, { find, onBegin }, (entry) => {
          const position = { time: entry.universal.time as number, rank: text.rank, offset: entry.offset };
          if (!isInRange(entry)) return;
          if (start !== undefined && sign * compareAge(position, start) <= 0) return;
          if (matches(entry)) visit({ position, entry, text, textId });
        });
      });
    });
  }

  return {
    async page({ order, limit, after }) {
      // One more tells whether there is a next page.
      const first = new FirstItems<Match>(order, limit + 1);
      const unread = await eachMatch(
        (match) => {
          first.add(match);
        },
        after && { order, position: after },
      );
      const found = first.items();
      const shown = found.slice(0, limit);
      await recordOpenings(shown, root, context);
      const last = found.length > limit ? shown.at(-1) : undefined;
      const next = last && {
        text: last.textId,
        file: last.entry.file,
        offset: last.position.offset,
        time: last.position.time,
      };
      return { ...unread, entries: shown.map(({ entry }) => entry), next };
    },

    async count() {
      let count = 0;
      const unread = await eachMatch(() => (count += 1));
      return { ...unread, count };
    },

    async histogram(ms) {
      const buckets = new Map<number, { total: number; readonly classes: Record<string, number> }>();
      const unread = await eachMatch(({ position: { time }, entry: { universal } }) => {
        const start = Math.floor(time / ms) * ms;
        const bucket = buckets.get(start) ?? { total: 0, classes: {} };
        buckets.set(start, bucket);
        bucket.total += 1;
        const name = classOf(universal.status);
        if (name !== undefined) bucket.classes[name] = (bucket.classes[name] ?? 0) + 1;
      });
      const inOrder = [...buckets].sort(([one], [other]) => one - other);
      return { ...unread, buckets: inOrder.map(([time, bucket]) => ({ time, ...bucket })) };
    },

    async facet(field, most) {
      const counts = new Map<string, number>();
      const unread = await eachMatch(({ entry }) => {
        for (const value of new Set(valuesOf(entry, field).flatMap(facetText)))
          if (counts.size < MOST_VALUES || counts.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
      });
      const values = [...counts].sort(([, one], [, other]) => other - one).slice(0, most);
      return { ...unread, values: values.map(([value, count]) => ({ value, count })) };
    },

    async follow(limit, take) {
      const isMatch = (entry: FoundEntry): boolean => isInRange(entry) && matches(entry);
      await followLogs(
        { ...searching, find, matches: isMatch },
        (entries, unread) => take(entries.slice(-limit), unread),
        (entries) => take(entries, undefined),
      );
    },

    async context(at, most) {
      const entries: FoundEntry[] = [];
      let behind = 0;
      const unread = await withTexts(searching, (texts) =>
        texts.each(async (text) => {
          if (behind > 0) return;
          let isText = false;
          const onBegin = (head: Buffer): void => {
            isText = idOf(head) === at.text;
          };
          await scanText(text, { onBegin }, (entry) => {
            if (!isText || behind > most) return;
            entries.push(entry);
            if (entry.offset >= at.offset) behind += 1;
            else if (entries.length > most) entries.shift();
          });
          if (behind === 0) entries.length = 0;
        }),
      );
      return { ...unread, entries };
    },
  };
}

/** What is shown of a session archive is an opening of it, which is recorded first. */
async function recordOpenings(shown: readonly Match[], root: string, context: SearchContext): Promise<void> {
  const files = new Set(shown.flatMap(({ text, entry }) => (text.isSession ? [entry.file] : [])));
  for (const file of files) {
    const [path = '', member] = file.split('!', 2);
    await recordFirst(context, root, openingOf(path, member));
  }
}

/** `5xx` for 503. */
function classOf(status: unknown): string | undefined {
  if (typeof status !== 'number' || status < 100 || status >= 1000) return undefined;
  return `${String(Math.floor(status / 100))}xx`;
}

function facetText(value: unknown): string[] {
  if (value === null) return ['null'];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
}

/** @throws Failure `usage` */
function pathMatcher(glob: string | undefined): (path: string) => boolean {
  if (glob === undefined) return () => true;
  const matches = globMatcher(glob);
  if (matches === undefined)
    throw new Failure('usage', { detail: `“${glob}” is no glob. Write it as *.log.` });
  const isName = !glob.includes('/');
  return (path) => {
    const segments = path.split('/');
    return matches(isName ? segments.slice(-1) : segments, freshBudget());
  };
}
