import type { Policy } from '../policy/policy.ts';
import { freshBudget } from './globMatcher.ts';
import { classifyAll, compilePaths, compileRules, type PathRule } from './pathGlobs.ts';

/** A category that is defined by paths. */
type PathCategory = 'auth' | 'deployments';

/** A rule of the policy that keeps no entry, or a glob that matches no path. */
export type UselessRule =
  /** No category is chosen. */
  | { readonly code: 'no-category' }
  /** The level is NONE. */
  | { readonly code: 'level-none' }
  /** Together these exclusions match every path. */
  | { readonly code: 'all-excluded'; readonly globs: readonly string[] }
  /** A chosen category has no paths. */
  | { readonly code: 'no-paths'; readonly category: PathCategory }
  /** All paths of a chosen category are excluded. */
  | { readonly code: 'category-excluded'; readonly category: PathCategory }
  /** A glob that matches no path, because paths begin with a slash. */
  | { readonly code: 'glob-without-slash'; readonly key: PathListKey; readonly glob: string }
  /**
   * A glob that is empty, too long or not supported; with `surplus`, the first of so many globs that exceed a list's
   * number of patterns.
   */
  | {
      readonly code: 'glob-refused';
      readonly key: PathListKey;
      readonly glob: string;
      readonly surplus?: number;
    };

/** The policy's keys that hold path globs. */
type PathListKey =
  'recording.exclude' | 'recording.authPaths' | 'recording.deploymentPaths' | 'audit.adminPaths';

type Recording = Pick<Policy['recording'], 'log' | 'exclude' | 'authPaths' | 'deploymentPaths' | 'level'>;

/** The rules of a policy's recording part that have no effect; empty if all have one. */
export function uselessRules(recording: Recording): UselessRule[] {
  const { log, exclude, authPaths, deploymentPaths, level } = recording;
  const isChosen = (category: PathCategory): boolean => log.some((chosen) => chosen === category);
  const lists = [
    { category: 'auth', key: 'recording.authPaths', globs: isChosen('auth') ? authPaths : [] },
    {
      category: 'deployments',
      key: 'recording.deploymentPaths',
      globs: isChosen('deployments') ? deploymentPaths : [],
    },
  ] as const;

  const dead: UselessRule[] = [];
  if (level === 'NONE') dead.push({ code: 'level-none' });
  if (log.length === 0) dead.push({ code: 'no-category' });
  const leavingNothing = exclude.filter((glob) => /^[*/]+$/.test(glob));
  if (excludesEverything(leavingNothing)) dead.push({ code: 'all-excluded', globs: leavingNothing });
  for (const { category, globs } of lists) {
    if (!isChosen(category)) continue;
    if (globs.length === 0) dead.push({ code: 'no-paths', category });
    else if (leavingNothing.length === 0 && areCovered(globs, exclude))
      dead.push({ code: 'category-excluded', category });
  }
  for (const { key, globs } of [{ key: 'recording.exclude', globs: exclude } as const, ...lists])
    dead.push(...uselessGlobs(key, globs));
  return dead;
}

/** The same for the requests that become audit records. */
export function uselessAuditRules({
  level,
  adminPaths,
}: Pick<Policy['audit'], 'level' | 'adminPaths'>): UselessRule[] {
  return level === 'NONE' ? [] : uselessGlobs('audit.adminPaths', adminPaths);
}

/** Paths of every depth, with and without dots; globs that match all of them match any path. */
const anyPaths = ['/q7', '/q7/w3', '/.q7/w3/e9.z', '/q/w/e/r/t/y'];

function excludesEverything(globs: readonly string[]): boolean {
  const excludes = compilePaths(globs);
  return globs.length > 0 && anyPaths.every((path) => excludes(path));
}

function uselessGlobs(key: PathListKey, globs: readonly string[]): UselessRule[] {
  const kinds = classifyAll(globs).map(({ kind }) => kind);
  const surplus = kinds.filter((kind) => kind === 'surplus').length;
  return globs.flatMap((glob, index): UselessRule[] => {
    if (kinds[index] === 'refused') return [{ code: 'glob-refused', key, glob }];
    // One message covers them all.
    if (kinds[index] === 'surplus')
      return index === kinds.indexOf('surplus') ? [{ code: 'glob-refused', key, glob, surplus }] : [];
    return /^[\w.~%-]/.test(glob) ? [{ code: 'glob-without-slash', key, glob }] : [];
  });
}

/** Whether the exclusions match every path that a glob matches; false if this is unclear. */
function areCovered(globs: readonly string[], exclude: readonly string[]): boolean {
  const exclusions = classifyAll(exclude);
  const excluded = compileRules(exclusions, false);
  const listed = new Set(exclude);
  const budget = freshBudget();
  return classifyAll(globs).every((rule, index) => {
    if (listed.has(globs[index] ?? '')) return true;
    if (rule.kind === 'literal') return excluded(rule.path, budget);
    return exclusions.some((exclusion) => covers(exclusion, rule));
  });
}

/** Whether an exclusion matches every path of a rule that matches more than one path. */
function covers(exclusion: PathRule, rule: PathRule): boolean {
  if (exclusion.kind === 'below')
    return rule.kind === 'below' && `${rule.path}/`.startsWith(`${exclusion.path}/`);
  if (exclusion.kind === 'last') return rule.kind === 'last' && rule.name === exclusion.name;
  if (exclusion.kind !== 'segment') return exclusion.kind === 'everything';
  const { name } = exclusion;
  if (rule.kind === 'below') return rule.path.split('/').includes(name);
  return (rule.kind === 'last' || rule.kind === 'segment') && rule.name === name;
}
