import { percentDecode } from '../masking/shapes/percentScanner.ts';

/**
 * The paths that a backend may understand from a request's path: without query and fragment, decoded, without a slash
 * at the end. Beyond that backends differ, and each way is a reading. So a path in disguise is also read as the real
 * path.
 */

/** Matching uses no more of a path than this. */
export const LONGEST_MATCHED = 8192;
/** A path that is not normal is resolved up to this length; HTTP servers refuse much shorter ones. */
const LONGEST_RESOLVED = 65_536;

/** A path without its query and fragment. */
export function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  const rest = query === -1 ? path : path.slice(0, query);
  const fragment = rest.indexOf('#');
  return fragment === -1 ? rest : rest.slice(0, fragment);
}

/**
 * A normal path has no query, fragment, encoding, backslash or parameter, and no segment that is empty, `.` or `..`.
 */
const abnormal = /[?#%\\;]|\/\.{0,2}(?:\/|$)/;

/** Whether a path has only one reading, itself. This is true for nearly every path, so one test is enough for those. */
export function isNormal(path: string): boolean {
  return path.length <= LONGEST_MATCHED && isClean(path);
}

function isClean(path: string): boolean {
  return path.startsWith('/') && (!abnormal.test(path) || path === '/');
}

/** The possible meanings of a path. */
export interface Readings {
  /** All of them differ. */
  readonly paths: readonly string[];
  /** False if readings are missing: the path is too long to resolve, or it has too many readings. */
  readonly isWhole: boolean;
}

/** Only a path that is made to confuse has more readings. */
export const MOST_READINGS = 6;

export function readingsOf(raw: string): Readings {
  const path = withoutOrigin(withoutQuery(raw));
  const isWhole = path.length <= LONGEST_RESOLVED || isClean(path);
  const paths = new Set<string>();
  for (const text of textsOf(path.slice(0, LONGEST_RESOLVED))) {
    paths.add(resolve(text));
    // Express does not resolve dots: `/files/../health` is below `/files`.
    paths.add(unresolved(text));
    // `new URL(path, base)` reads a host after two slashes.
    if (text.startsWith('//')) paths.add(resolve(text.replace(/^\/+[^/]*/, '')));
    if (paths.size > MOST_READINGS) return { paths: [...paths].slice(0, MOST_READINGS), isWhole: false };
  }
  return { paths: [...paths], isWhole };
}

/** Removes the origin: requests to proxies have whole addresses. */
function withoutOrigin(path: string): string {
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]{0,30}:\/\/[^/]*/i, '');
}

/** The decoded path in several forms, because servers differ on the separators of its segments. */
function textsOf(path: string): string[] {
  const texts = [percentDecode(path)];
  // An encoded slash separates segments for some servers and is an ordinary character for others.
  if (/%2f/i.test(path)) texts.push(percentDecode(path.replace(/%2f/gi, '%252F')));
  // `new URL` and Windows read a backslash as a slash; Tomcat drops `;` and the rest of the segment.
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

/** Here `.` and `..` are ordinary names; they are encoded, because no wildcard would match them otherwise. */
function unresolved(path: string): string {
  const whole = path.startsWith('/') ? path : `/${path}`;
  const trimmed = whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole;
  const named = trimmed.replace(/\/\.{1,2}(?=\/|$)/g, (dots) => dots.replaceAll('.', '%2E'));
  return named.slice(0, LONGEST_MATCHED);
}
