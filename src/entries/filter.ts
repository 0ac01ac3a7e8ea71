import { CATEGORIES } from '../policy/choices.ts';
import type { Policy } from '../policy/policy.ts';
import { freshBudget } from './globMatcher.ts';
import { classifyAll, compilePaths, compileRules, matchesNothing, type PathMatcher } from './pathGlobs.ts';
import { isNormal, readingsOf, withoutQuery } from './requestPath.ts';

/** The facts that the filter uses. */
export interface RequestFacts {
  readonly method: string;
  /** With or without its query. */
  readonly path: string;
  /** The HTTP status. */
  readonly status: number;
}

/** Whether an entry is kept. It is pure and deterministic, and called once for each request. */
export type Filter = (request: RequestFacts) => boolean;

export type Category = (typeof CATEGORIES)[number];

/** The part of the policy that says which requests are recorded. */
export type RecordingRule = Pick<Policy['recording'], 'log' | 'exclude' | 'authPaths' | 'deploymentPaths'>;

/**
 * Keeps the union of the chosen categories, less what is excluded. Globs mean what `globMatcher` says, and one that cannot be
 * understood matches nothing. Backends differ on what a path means (see `readingsOf`): any of its readings makes it belong
 * to a category, in any case of its letters, but only all together, as they are written, exclude it. In doubt it is kept.
 */
export function compileFilter(recording: RecordingRule): Filter {
  const chosen: readonly string[] = recording.log;
  const all = chosen.includes('all');
  const errors = all || chosen.includes('errors');
  const writes = all || chosen.includes('writes');
  const included = compileInclusion([
    !all && chosen.includes('auth') ? recording.authPaths : [],
    !all && chosen.includes('deployments') ? recording.deploymentPaths : [],
  ]);
  const excluded = compilePaths(recording.exclude);
  if (all && excluded === matchesNothing) return () => true;

  return ({ method, path: asked, status }) => {
    const isKept = all || (errors && status >= 400) || (writes && isWrite(method));
    if (isKept ? excluded === matchesNothing : included === matchesNothing) return isKept;
    const path = withoutQuery(asked);
    if (isNormal(path)) return (isKept || included(path)) && !excluded(path);
    return (isKept || belongs(included, path)) && !isExcluded(excluded, path);
  };
}

/** The categories that a request belongs to, chosen or not, excluded or not. */
export function compileCategories(
  recording: Pick<RecordingRule, 'authPaths' | 'deploymentPaths'>,
): (request: RequestFacts) => Category[] {
  const auth = compileInclusion([recording.authPaths]);
  const deployments = compileInclusion([recording.deploymentPaths]);
  const tests: Readonly<Record<Category, (request: RequestFacts) => boolean>> = {
    writes: ({ method }) => isWrite(method),
    auth: ({ path }) => belongs(auth, path),
    deployments: ({ path }) => belongs(deployments, path),
    errors: ({ status }) => status >= 400,
  };
  return (request) => CATEGORIES.filter((category) => tests[category](request));
}

/**
 * Which requests become records of the audit trail: writes under the administrative paths, and every request under those
 * of authentication. In doubt a request becomes one.
 */
export function compileAudited(
  adminPaths: readonly string[],
  authPaths: readonly string[],
): (request: Omit<RequestFacts, 'status'>) => boolean {
  const [admin, auth] = [compileInclusion([adminPaths]), compileInclusion([authPaths])];
  return ({ method, path: asked }) => {
    const path = withoutQuery(asked);
    return (isWrite(method) && belongs(admin, path)) || belongs(auth, path);
  };
}

/** Whether a path is excluded, as the filter sees it. */
export function compileExclusion(exclude: readonly string[]): (path: string) => boolean {
  const excluded = compilePaths(exclude);
  return (path) => isExcluded(excluded, path);
}

function isWrite(method: string): boolean {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
      return false;
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return true;
    default:
      return /^(?:post|put|patch|delete)$/i.test(method);
  }
}

/** Characters that may differ in lower case; all letters beyond ASCII count as such characters. */
const capital = /[A-Z\u0080-\uffff]/;

/** Matches paths in upper and lower case, as Express does by default. In doubt the path matches. */
function compileInclusion(lists: readonly (readonly string[])[]): PathMatcher {
  const exact = compileRules(lists.flatMap(classifyAll), true);
  if (exact === matchesNothing) return matchesNothing;
  const folded = lists.flat().some((glob) => capital.test(glob))
    ? compileRules(
        lists.flatMap((globs) => classifyAll(globs.map((glob) => glob.toLowerCase()))),
        true,
      )
    : exact;
  return (path, budget) =>
    exact(path, budget) || ((folded !== exact || capital.test(path)) && folded(path.toLowerCase(), budget));
}

function belongs(included: PathMatcher, path: string): boolean {
  if (isNormal(path) || included === matchesNothing) return included(path);
  const { paths, isWhole } = readingsOf(path);
  const budget = freshBudget();
  return !isWhole || paths.some((reading) => included(reading, budget));
}

function isExcluded(excluded: PathMatcher, path: string): boolean {
  if (isNormal(path)) return excluded(path);
  const { paths, isWhole } = readingsOf(path);
  const budget = freshBudget();
  return isWhole && paths.every((reading) => excluded(reading, budget));
}
