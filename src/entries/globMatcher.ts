/** What is left of the work that a request may cause. A step compares one character or one segment. */
export interface Budget {
  /** Below zero when it is used up; no answer since then counts. */
  steps: number;
}

/** A few milliseconds. Only very long paths together with very many wildcards need more. */
const STEPS = 200_000;

export function freshBudget(): Budget {
  return { steps: STEPS };
}

/** Whether a path matches that was cut at its slashes; `/` has one segment, which is empty. */
export type GlobMatcher = (segments: readonly string[], budget: Budget) => boolean;

/** Stands for any number of segments (`**`), and for any number of characters (`*`). */
const ANY = Symbol('any');

/** One character, or a class of characters. */
type Character = string | RegExp;
/** A segment without wildcards is a text. */
type Segment = string | readonly (Character | typeof ANY)[];

/** A glob is refused whose braces, written out, make about so many characters: hundreds of short globs. */
const LONGEST_WRITTEN = 20_000;

const escaped = /\\[^\w/]/g;
/**
 * What is refused: groups, alternatives, quotes, quantifiers, escaped letters and slashes, a second negation, `**` before
 * braces, and classes that are empty, named, or begin with `!`, which is a negation to some programs only.
 */
const beyond = /\(.*\)|[|"\\]|[\]}]\+|\[(?:!|\^?\])|\[:|^!!|^!?\*\*\{/s;
const tokens = /\\[^\w/]|\[(?:\\[^\w/]|[^\]\\/])+\]|\*+|[^]/g;

/**
 * Compiles a glob. `*` stands for any characters of a segment, `?` for one, `[a-z]` for one of a class, `[^a-z]` for any
 * other one, `**` for any segments, `{a,b}` for the two globs with `a` and with `b`. `!` at the start means all other
 * paths, and `\` takes the meaning of what is behind it.
 *
 * A path is matched in at most as many steps as the product of the lengths, for each glob that the braces stand for.
 * @returns undefined for a glob with any other syntax, which is refused
 */
export function globMatcher(glob: string): GlobMatcher | undefined {
  if (beyond.test(glob.replace(escaped, ' '))) return undefined;
  const isNegated = glob.startsWith('!');
  // People write `**.js` for files below any folder.
  const whole = (isNegated ? glob.slice(1) : glob).replace(/^\*\*(?=\.\w+$)/, '**/*');
  const alternatives = alternativesOf(whole.match(tokens) ?? []);
  if (alternatives === undefined) return undefined;
  try {
    const globs = alternatives.map(segmentsOf);
    return (segments, budget) =>
      globs.some((wanted) => matchesAll(segments, wanted, matchesSegment, budget)) !== isNegated;
  } catch (error) {
    // A class whose range is the wrong way round.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The globs without braces that one with braces stands for. An empty part is left where a brace was. */
function alternativesOf(glob: readonly string[]): (readonly string[])[] | undefined {
  const waiting = [glob];
  const found: (readonly string[])[] = [];
  for (let parts = waiting.pop(); parts !== undefined; parts = waiting.pop()) {
    const close = parts.indexOf('}');
    const open = parts.slice(0, close === -1 ? undefined : close).lastIndexOf('{');
    if (close === -1 && open === -1) {
      found.push(parts);
    } else {
      const [before, after] = [parts.slice(0, open), parts.slice(close + 1)];
      const choices = split(parts.slice(open + 1, close), ',');
      if (close === -1 || open === -1 || choices.length === 1) return undefined;
      waiting.push(...choices.map((choice) => [...before, '', ...choice, '', ...after]));
    }
    if ((waiting.length + found.length) * glob.length > LONGEST_WRITTEN) return undefined;
  }
  return found;
}

function split(parts: readonly string[], separator: string): string[][] {
  const pieces: string[][] = [[]];
  for (const part of parts) {
    if (part === separator) pieces.push([]);
    else pieces.at(-1)?.push(part);
  }
  return pieces;
}

function segmentsOf(glob: readonly string[]): (Segment | typeof ANY)[] {
  const all = split(glob, '/');
  const segments = all.filter((parts, index) => !(isAny(parts) && isAny(all[index + 1] ?? [])));
  return segments.flatMap((parts, index): (Segment | typeof ANY)[] => {
    const tokens = parts.filter((part) => part !== '');
    if (isAny(tokens)) return needsOne(segments, index) ? [[ANY], ANY] : [ANY];
    const characters = tokens.map(characterOf);
    return [characters.every((one) => typeof one === 'string') ? characters.join('') : characters];
  });
}

function isAny(segment: readonly string[]): boolean {
  return segment.length === 1 && segment[0] === '**';
}

/**
 * Whether `**` stands for one segment at least, as it does to picomatch, for which policies were written, in three places:
 * within braces, behind the first slash unless it is the end, and at the end behind a star.
 */
function needsOne(segments: readonly (readonly string[])[], index: number): boolean {
  const before = segments[index - 1];
  if (before === undefined) return false;
  if (segments[index]?.[0] === '') return true;
  const isLast = index === segments.length - 1;
  return isLast ? before.at(-1)?.startsWith('*') === true : index === 1 && before.length === 0;
}

function characterOf(token: string): Character | typeof ANY {
  if (token.startsWith('*')) return ANY;
  if (token === '?') return /[^]/;
  if (token.startsWith('\\')) return token.slice(1);
  return token.length === 1 ? token : new RegExp(token);
}

/**
 * Whether the items are what is wanted, one for one. `ANY` takes as few items as it can, and one more when what is behind
 * it does not match. Only the last one that was met is widened: whatever an earlier one could take in addition, it can
 * take, too.
 */
function matchesAll<Wanted>(
  items: ArrayLike<string>,
  wanted: readonly (Wanted | typeof ANY)[],
  matches: (item: string, one: Wanted, budget: Budget) => boolean,
  budget: Budget,
): boolean {
  let at = 0;
  let next = 0;
  /** What is behind the last `ANY`, and where its match was tried. */
  let behind = 0;
  let tried = 0;
  while (at < items.length) {
    budget.steps -= 1;
    if (budget.steps < 0) return false;
    const one = wanted[next];
    if (one === ANY) {
      next += 1;
      if (next === wanted.length) return true;
      behind = next;
      tried = at;
    } else if (one !== undefined && matches(items[at] ?? '', one, budget)) {
      at += 1;
      next += 1;
    } else if (behind === 0) {
      return false;
    } else {
      tried += 1;
      at = tried;
      next = behind;
    }
  }
  return wanted.slice(next).every((one) => one === ANY);
}

function matchesSegment(text: string, segment: Segment, budget: Budget): boolean {
  return typeof segment === 'string' ? text === segment : matchesAll(text, segment, matchesCharacter, budget);
}

function matchesCharacter(character: string, wanted: Character): boolean {
  return typeof wanted === 'string' ? character === wanted : wanted.test(character);
}
