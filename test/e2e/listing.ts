import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file below a folder with the SHA-256 of its content, and every folder; Git's own files left out. */
export async function listingOf(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (name.startsWith('.git/')) continue;
    const content = entry.isFile() ? await readFile(path) : Buffer.alloc(0);
    lines.push(`${name} ${entry.isFile() ? createHash('sha256').update(content).digest('hex') : 'folder'}`);
  }
  return lines.sort();
}
