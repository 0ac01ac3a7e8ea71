import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { kindOf } from '../files/list.ts';

/** Of folders and files that must be written to, those that this user cannot write to. One that is not there counts by the folder it would be made in. */
export function unwritable(paths: readonly string[]): string[] {
  return [...new Set(paths.map(nearest))].filter((path) => !isWritable(path));
}

function nearest(path: string): string {
  return kindOf(path) === 'missing' && dirname(path) !== path ? nearest(dirname(path)) : path;
}

/** To make a file in a folder takes the right to enter it, too. A read-only file system refuses also a superuser. */
function isWritable(path: string): boolean {
  try {
    const enter = kindOf(path) === 'folder' ? constants.X_OK : 0;
    accessSync(path, constants.W_OK | enter);
    return true;
  } catch {
    return false;
  }
}
