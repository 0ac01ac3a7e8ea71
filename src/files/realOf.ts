import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A path with its links followed, as far as the path exists. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realOf(dirname(path)), basename(path));
  }
}
