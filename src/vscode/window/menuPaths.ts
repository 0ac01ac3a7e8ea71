import nodePath, { type PlatformPath } from 'node:path';

/**
 * The forms in which menus may get a path below a folder (`resourceDirname`, `resourcePath`): the path of a URI and, on
 * Windows, a file system path. They are made from strings, because thousands of URIs would block the editor.
 * @param below with `/` between the parts
 */
export function menuPaths(
  { path, fsPath }: { readonly path: string; readonly fsPath: string },
  below: string,
  paths: PlatformPath = nodePath,
): readonly [path: string, fsPath: string] {
  return [paths.posix.join(path, below), paths.join(fsPath, below)];
}
