import nodePath, { type PlatformPath } from 'node:path';

/**
 * Where a path lies below a folder, with `/` between the parts; empty for the folder itself, undefined for what lies elsewhere.
 * Windows compares names without their case, and has paths on other drives.
 * @param base absolute, like `path`
 * @param paths how the system writes paths
 */
export function pathBelow(base: string, path: string, paths: PlatformPath = nodePath): string | undefined {
  const below = paths.relative(base, path);
  if (below === '..' || below.startsWith(`..${paths.sep}`) || paths.isAbsolute(below)) return undefined;
  return below.split(paths.sep).join('/');
}
