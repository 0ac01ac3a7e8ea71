/**
 * A request's path as its backend may understand it: without query and fragment, decoded, `.` and `..` resolved, without
 * repeated slashes or one at the end. A disguise of a path is thereby the path.
 */

/** Matching looks no further into a path than this. */
export const LONGEST_MATCHED = 8192;
/** A path with something to resolve is resolved up to this length; HTTP servers refuse far shorter ones. */
const LONGEST_RESOLVED = 65_536;

/** A path without its query and fragment. */
export function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  const rest = query === -1 ? path : path.slice(0, query);
  const fragment = rest.indexOf('#');
  return fragment === -1 ? rest : rest.slice(0, fragment);
}

/** What a path in its normal form never has: query, fragment, encoding, and a segment that is empty, `.` or `..`. */
const abnormal = /[?#%]|\/\.{0,2}(?:\/|$)/;

/** Whether a path is its own normal form. Nearly every path is, so this is the whole price for it. */
export function isNormal(path: string): boolean {
  return path.length <= LONGEST_MATCHED && isClean(path);
}

function isClean(path: string): boolean {
  return path.startsWith('/') && (!abnormal.test(path) || path === '/');
}

/** The normal forms of a path. */
export interface Readings {
  /** One, or two where an encoded slash may be a slash to one server and a character to another. */
  readonly paths: readonly [string, ...string[]];
  /** False where the path is too long to say what it resolves to. */
  readonly isWhole: boolean;
}

export function readingsOf(raw: string): Readings {
  const path = withoutOrigin(withoutQuery(raw));
  const isWhole = path.length <= LONGEST_RESOLVED || isClean(path);
  const part = path.slice(0, LONGEST_RESOLVED);
  const decoded = resolve(decode(part));
  if (!/%2f/i.test(part)) return { paths: [decoded], isWhole };
  return { paths: [decoded, resolve(decode(part.replace(/%2f/gi, '%252F')))], isWhole };
}

/** Proxies are asked for whole addresses. */
function withoutOrigin(path: string): string {
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]{0,30}:\/\/[^/]*/i, '');
}

function decode(path: string): string {
  return path.includes('%') ? path.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun) : path;
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    // What is no UTF-8 stays as it is; that must not hide the letters beside it.
    return run.replace(/%[0-7][0-9a-f]/gi, (letter) => decodeURIComponent(letter));
  }
}

function resolve(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`.slice(0, LONGEST_MATCHED);
}
