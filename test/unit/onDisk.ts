import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything under a folder by its path: kind, permissions and the SHA-256 of its content. The audit trail's database is
 * left out: reading it here would drop the locks that this process has on it.
 */
export function onDisk(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      if (/^audit\.db(?:-wal|-shm)?$/.test(name)) continue;
      const path = join(below, name);
      const stats = lstatSync(join(folder, path));
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isDirectory()) {
        found[path] = `folder ${mode}`;
        walk(path);
      } else if (stats.isSymbolicLink()) found[path] = `link to ${readlinkSync(join(folder, path))}`;
      else if (stats.isFile()) found[path] = `file ${mode} ${sha256(readFileSync(join(folder, path)))}`;
      else found[path] = 'other';
    }
  };
  walk('');
  return found;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
