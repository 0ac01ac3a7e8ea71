import nodePath, { type PlatformPath } from 'node:path';

/**
 * The path of `path` relative to the folder `base`, with `/` between the parts; empty for the folder itself, undefined
 * for a path outside it. Windows compares names without their case, and a path can lie on another drive.
 * @param base absolute, like `path`
 * @param paths the path functions of the system
 */
export function pathBelow(base: string, path: string, paths: PlatformPath = nodePath): string | undefined {
  const below = paths.relative(base, path);
  if (below === '..' || below.startsWith(`..${paths.sep}`) || paths.isAbsolute(below)) return undefined;
  return below.split(paths.sep).join('/');
}
