import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Copies a folder with its modes, times and hard links; of a folder that does not exist there is nothing to copy. */
export function copyExactly(from: string, to: string): void {
  const entries = entriesOf(from);
  for (const { name, stat, sameAs } of entries) {
    const [source, target] = [join(from, name), join(to, name)];
    mkdirSync(dirname(target), { recursive: true });
    if (stat.isDirectory()) mkdirSync(target, { recursive: true });
    else if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (sameAs !== name) linkSync(join(to, sameAs), target);
    else copyFileSync(source, target);
  }
  // Times are set last, and those of folders after their contents: filling a folder changes its time.
  for (const { name, stat } of entries.toReversed()) {
    if (stat.isSymbolicLink()) continue;
    chmodSync(join(to, name), stat.mode & 0o7777);
    utimesSync(join(to, name), stat.atimeMs / 1000, stat.mtimeMs / 1000);
  }
}

/** The same for two folders that have the same names, contents, modes and hard links, but for the `ignored` files. */
export function digestOf(folders: readonly string[], ignored = /$^/): string {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const { name, stat, sameAs } of entriesOf(folder)) {
      if (ignored.test(name)) continue;
      hash.update(`\0${folder}\0${name}\0${String(stat.mode)}\0${sameAs}\0`);
      if (stat.isFile() && sameAs === name) hash.update(readFileSync(join(folder, name)));
    }
  return hash.digest('hex');
}

/** All in a folder, and the folder itself, each with the first name of the same file. */
function entriesOf(folder: string): { name: string; stat: Stats; sameAs: string }[] {
  if (!existsSync(folder)) return [];
  const first = new Map<number, string>();
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()];
  return names.map((name) => {
    const stat = lstatSync(join(folder, name));
    const sameAs = first.get(stat.ino) ?? name;
    first.set(stat.ino, sameAs);
    return { name, stat, sameAs };
  });
}
