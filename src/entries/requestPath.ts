import { percentDecode } from '../masking/shapes/percentScanner.ts';

/**
 * A request's path as its backend may understand it: without query and fragment, decoded, without a slash at the end. On
 * the rest backends differ, and each way is a reading. A disguise of a path is thereby the path, too.
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

/** What a normal path never has: query, fragment, encoding, backslash, parameter, a segment that is empty, `.` or `..`. */
const abnormal = /[?#%\\;]|\/\.{0,2}(?:\/|$)/;

/** Whether a path has one reading, itself. Nearly every path is, so this is the whole price for it. */
export function isNormal(path: string): boolean {
  return path.length <= LONGEST_MATCHED && isClean(path);
}

function isClean(path: string): boolean {
  return path.startsWith('/') && (!abnormal.test(path) || path === '/');
}

/** What a path may mean. */
export interface Readings {
  /** Distinct. */
  readonly paths: readonly string[];
  /** False where these are not all: the path is too long to say what it resolves to, or it has too many readings. */
  readonly isWhole: boolean;
}

/** More readings than these have only paths that are made to confuse. */
export const MOST_READINGS = 6;

export function readingsOf(raw: string): Readings {
  const path = withoutOrigin(withoutQuery(raw));
  const isWhole = path.length <= LONGEST_RESOLVED || isClean(path);
  const paths = new Set<string>();
  for (const text of textsOf(path.slice(0, LONGEST_RESOLVED))) {
    paths.add(resolve(text));
    // Express resolves nothing: `/files/../health` is below `/files`.
    paths.add(unresolved(text));
    // To `new URL(path, base)`, a host stands behind two slashes.
    if (text.startsWith('//')) paths.add(resolve(text.replace(/^\/+[^/]*/, '')));
    if (paths.size > MOST_READINGS) return { paths: [...paths].slice(0, MOST_READINGS), isWhole: false };
  }
  return { paths: [...paths], isWhole };
}

/** Proxies are asked for whole addresses. */
function withoutOrigin(path: string): string {
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]{0,30}:\/\/[^/]*/i, '');
}

/** The decoded path, as servers differ on what separates its segments. */
function textsOf(path: string): string[] {
  const texts = [percentDecode(path)];
  // An encoded slash is a slash to some and a character to others.
  if (/%2f/i.test(path)) texts.push(percentDecode(path.replace(/%2f/gi, '%252F')));
  // `new URL` and Windows take a backslash for a slash; Tomcat leaves out `;` and what follows it in a segment.
  return withVariants(withVariants(texts, /\\/g, '/'), /;[^/]*/g, '');
}

function withVariants(texts: readonly string[], found: RegExp, replacement: string): string[] {
  return texts.flatMap((text) => {
    const changed = text.replace(found, replacement);
    return changed === text ? [text] : [text, changed];
  });
}

function resolve(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`.slice(0, LONGEST_MATCHED);
}

/** Dots are names like any other here; encoded, since no wildcard takes them otherwise. */
function unresolved(path: string): string {
  const whole = path.startsWith('/') ? path : `/${path}`;
  const trimmed = whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole;
  const named = trimmed.replace(/\/\.{1,2}(?=\/|$)/g, (dots) => dots.replaceAll('.', '%2E'));
  return named.slice(0, LONGEST_MATCHED);
}
