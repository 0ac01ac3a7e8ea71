import nodePath, { type PlatformPath } from 'node:path';

/**
 * How menus may be given a path below a folder (`resourceDirname`, `resourcePath`): as a URI's path, and on Windows as a file
 * system path. Made from strings: thousands of URIs would hold up the editor.
 * @param below with `/` between the parts
 */
export function menuPaths(
  { path, fsPath }: { readonly path: string; readonly fsPath: string },
  below: string,
  paths: PlatformPath = nodePath,
): readonly [path: string, fsPath: string] {
  return [paths.posix.join(path, below), paths.join(fsPath, below)];
}
