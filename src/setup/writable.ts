import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { kindOf } from '../files/list.ts';

/**
 * The folders and files among `paths` that this user cannot write to. For a path that does not exist, the folder in
 * which it would be created counts.
 */
export function unwritable(paths: readonly string[]): string[] {
  return [...new Set(paths.map(nearest))].filter((path) => !isWritable(path));
}

function nearest(path: string): string {
  return kindOf(path) === 'missing' && dirname(path) !== path ? nearest(dirname(path)) : path;
}

/** Creating a file in a folder also needs the right to enter it. A read-only file system refuses even a superuser. */
function isWritable(path: string): boolean {
  try {
    const enter = kindOf(path) === 'folder' ? constants.X_OK : 0;
    accessSync(path, constants.W_OK | enter);
    return true;
  } catch {
    return false;
  }
}
