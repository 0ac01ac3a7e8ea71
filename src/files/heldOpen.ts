import { lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { APPEND_LOCK } from './folderLock.ts';

const WRITE_FLAGS = 0o3;

/**
 * Of the given names in `folder`, those that a foreign program holds open for writing. A process that also has the
 * folder's lock open is one of ours: it checks the file again before every write. This is read from /proc, so it works
 * only on Linux and for processes that this user may inspect; elsewhere the answer is empty.
 */
export function heldOpen(
  folder: string,
  names: readonly string[],
  platform: string = process.platform,
): ReadonlySet<string> {
  const held = new Set<string>();
  if (platform !== 'linux' || names.length === 0) return held;
  const wanted = new Map<string, string>();
  for (const name of names) {
    const key = keyOf(join(folder, name), lstatSync);
    if (key !== undefined) wanted.set(key, name);
  }
  const lock = keyOf(join(folder, APPEND_LOCK), lstatSync);
  for (const pid of list('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    for (const name of writtenBy(pid, wanted, lock)) held.add(name);
  }
  return held;
}

function writtenBy(pid: string, wanted: ReadonlyMap<string, string>, lock: string | undefined): string[] {
  const names: string[] = [];
  for (const descriptor of list(`/proc/${pid}/fd`)) {
    const key = keyOf(`/proc/${pid}/fd/${descriptor}`, statSync);
    if (key === undefined) continue;
    if (key === lock) return [];
    const name = wanted.get(key);
    if (name !== undefined && isWriting(pid, descriptor)) names.push(name);
  }
  return names;
}

function isWriting(pid: string, descriptor: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & WRITE_FLAGS) !== 0;
  } catch {
    return false;
  }
}

function keyOf(path: string, stat: typeof statSync): string | undefined {
  try {
    const { dev, ino } = stat(path);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return undefined;
  }
}

/** A process may end during the search; then it holds no file. */
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
