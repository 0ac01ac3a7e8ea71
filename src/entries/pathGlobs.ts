import picomatch from 'picomatch';
import { boundedMatcher, freshBudget, type BoundedMatcher, type Budget } from './boundedMatcher.ts';

/** Whether a path in its normal form matches any of some globs. Several paths may share a budget. */
export type PathMatcher = (path: string, budget?: Budget) => boolean;

/** What a glob asks of a path in its normal form. All but the last are decided without a regular expression. */
export type PathRule =
  | { readonly kind: 'everything' }
  | { readonly kind: 'literal'; readonly path: string }
  // X/**: the path X and what is below it
  | { readonly kind: 'below'; readonly path: string }
  // **/name: the last segment
  | { readonly kind: 'last'; readonly name: string }
  // **/name/**: any segment
  | { readonly kind: 'segment'; readonly name: string }
  | { readonly kind: 'pattern'; readonly glob: string; readonly matches: BoundedMatcher }
  /** Never matches. */
  | { readonly kind: 'refused' }
  /** One pattern too many for a list. Never matches. */
  | { readonly kind: 'surplus' };

/** Globs of a list that may need an expression: each costs time when the list is read, and at each request. */
export const MOST_PATTERNS = 100;

/** No glob that a person writes is longer. */
const LONGEST_GLOB = 1024;

const options = {
  dot: true,
  // Paths of requests have no other separator, wherever the backend runs.
  windows: false,
  // An encoded line end is a character like any other.
  flags: 's',
};

/** Characters without a meaning in any glob. */
const plain = String.raw`[\w.~%:;=&\-]`;
const literal = new RegExp(`^/(?:${plain}|/)*$`);
const below = new RegExp(`^((?:/${plain}+)+)/\\*\\*$`);
const segment = new RegExp(`^\\*\\*/(${plain}+)(/\\*\\*)?$`);

/** Sorts each glob of a list into the cheapest rule that means the same. Never throws. */
export function classifyAll(globs: readonly string[]): PathRule[] {
  const simple = globs.map(simpleRuleOf);
  const patterns = simple.filter((rule) => rule.kind === 'unknown').length;
  const sharers = Math.min(patterns, MOST_PATTERNS);
  let seen = 0;
  return simple.map((rule) => {
    if (rule.kind !== 'unknown') return rule;
    seen += 1;
    return seen > MOST_PATTERNS ? { kind: 'surplus' } : patternOf(rule.glob, sharers);
  });
}

/** A glob that needs an expression. */
interface Unknown {
  readonly kind: 'unknown';
  readonly glob: string;
}

function simpleRuleOf(written: string): PathRule | Unknown {
  const glob = written.length > 1 && written.endsWith('/') ? written.slice(0, -1) : written;
  if (glob === '**' || glob === '/**' || glob === '**/*') return { kind: 'everything' };
  if (literal.test(glob)) return { kind: 'literal', path: glob };
  const base = below.exec(glob)?.[1];
  if (base !== undefined) return { kind: 'below', path: base };
  const [, name, rest] = segment.exec(glob) ?? [];
  if (name !== undefined) return { kind: rest === undefined ? 'last' : 'segment', name };
  return glob === '' || glob.length > LONGEST_GLOB ? { kind: 'refused' } : { kind: 'unknown', glob };
}

function patternOf(glob: string, sharers: number): PathRule {
  try {
    const matches = boundedMatcher(picomatch.makeRe(glob, options), sharers);
    return matches === undefined ? { kind: 'refused' } : { kind: 'pattern', glob, matches };
  } catch {
    return { kind: 'refused' };
  }
}

/** The matcher of no globs, or of such as never match: the same one, so that it need not be asked. */
export const matchesNothing: PathMatcher = () => false;

/** From so many on, looking a path up is quicker than trying them all. */
const MANY_LITERALS = 40;

/** Compiles the globs of a list. */
export function compilePaths(globs: readonly string[], whenSpent = false): PathMatcher {
  return compileRules(classifyAll(globs), whenSpent);
}

/**
 * Compiles rules into one matcher for paths in their normal form; `whenSpent` is its answer to a path that costs the
 * patterns more than their budget. Globs that cannot be understood match nothing. What has
 * no wildcard but at its ends becomes two regular expressions without a loop: they are quicker (20 ns) than cutting a path
 * into segments and looking those up (65 ns).
 */
export function compileRules(rules: readonly PathRule[], whenSpent: boolean): PathMatcher {
  if (rules.some(({ kind }) => kind === 'everything')) return () => true;
  const literals = rules.flatMap((rule) => (rule.kind === 'literal' ? [rule.path] : []));
  const folders = rules.flatMap((rule) => (rule.kind === 'below' ? [rule.path] : []));
  const names = rules.flatMap((rule) => (rule.kind === 'segment' ? [rule.name] : []));
  const lastNames = rules.flatMap((rule) => (rule.kind === 'last' ? [rule.name] : []));

  const matchers: PathMatcher[] = [];
  const few = literals.length < MANY_LITERALS ? literals : [];
  const fromStart = [...endingIn('$', few), ...endingIn('(?:/|$)', folders)];
  const anywhere = [...endingIn('(?:/|$)', names), ...endingIn('$', lastNames)];
  if (literals.length > few.length) {
    const known = new Set(literals);
    matchers.push((path) => known.has(path));
  }
  if (fromStart.length > 0) matchers.push(tester(`^(?:${fromStart.join('|')})`));
  if (anywhere.length > 0) matchers.push(tester(`/(?:${anywhere.join('|')})`));
  const patterns = rules.flatMap((rule) => (rule.kind === 'pattern' ? [rule.matches] : []));
  if (patterns.length > 0) matchers.push(anyPattern(patterns, whenSpent));
  return eitherOf(matchers);
}

function endingIn(end: string, words: readonly string[]): string[] {
  const escaped = words.map((word) => word.replace(/[.\-]/g, String.raw`\$&`));
  return escaped.length === 0 ? [] : [`(?:${escaped.join('|')})${end}`];
}

function tester(source: string): PathMatcher {
  const expression = new RegExp(source);
  return (path) => expression.test(path);
}

/** Whether any pattern matches, all of them together within one budget. */
function anyPattern(patterns: readonly BoundedMatcher[], whenSpent: boolean): PathMatcher {
  return (path, budget = freshBudget()) => {
    for (const matches of patterns) {
      if (matches(path, budget)) return true;
      if (budget.steps < 0) return whenSpent;
    }
    return false;
  };
}

/** Most policies have one or two kinds of globs, and a call of a known function is cheaper than a loop. */
function eitherOf(matchers: readonly PathMatcher[]): PathMatcher {
  const [first, second, ...others] = matchers;
  if (first === undefined) return matchesNothing;
  if (second === undefined) return first;
  if (others.length === 0) return (path, budget) => first(path, budget) || second(path, budget);
  return (path, budget) =>
    first(path, budget) || second(path, budget) || others.some((matches) => matches(path, budget));
}
