import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { removeIfThere } from '../files/durable.ts';
import { rotateFile } from '../files/changeFile.ts';
import { entryTime, timesOfPlain } from '../files/entryTimes.ts';
import { dayOf } from '../files/fileName.ts';
import { APPEND_LOCK, openFolderLock, type FolderLock } from '../files/folderLock.ts';
import { heldOpen } from '../files/heldOpen.ts';
import { identify } from '../files/identity.ts';
import { holdMaintenanceLock } from '../workspace/maintenanceLock.ts';
import type { Step } from '../workspace/maintenance.ts';
import { archives, clock, type AppContext } from '../workspace/workspace.ts';
import { zipFile } from './zipStep.ts';

export interface ElsewhereInput {
  readonly folder: string;
  readonly name: string;
  /** A file of at most this size is not rotated. */
  readonly limitBytes: number;
  /** How many plain files are kept, the active one included. */
  readonly keepPlain: number;
}

/**
 * Rotates an `audit.log` that lies outside of `logs/`, where no maintenance comes, and zips its older files. Its names
 * are made as those in `logs/`: `NAME.1.log` and so on, the highest number the newest, and `NAME.YYYY-MM-DD.log.zip`.
 * Nothing is deleted.
 * @returns as `rotateActive` @throws Failure `maintenance-busy` if another program does it now, `lock-busy` …
 */
export async function rotateElsewhere(
  input: ElsewhereInput,
  context: AppContext,
): Promise<Step | 'held-open' | undefined> {
  const { folder, name, limitBytes } = input;
  const { signal } = context;
  const seen = identify(folder, name);
  if (seen === undefined || seen.bytes <= limitBytes) return undefined;
  if (heldOpen(folder, [name]).has(name)) return 'held-open';
  return holdMaintenanceLock(folder, {}, context, async () => {
    const lock = await openFolderLock(folder, APPEND_LOCK, { signal });
    try {
      const names = namesOf(name);
      const to = names.rotated(Math.max(0, ...names.numbersIn(readdirSync(folder))) + 1);
      // Another process may have rotated it before this one held the lock.
      const now = identify(folder, name);
      const isSame = now?.inode === seen.inode && now.bytes > limitBytes;
      const done = isSame ? await rotateFile(folder, now, to, lock) : undefined;
      await zipOlder(input, names, lock, signal);
      return done && { kind: 'rotate', name, to, bytes: done.bytes, reason: 'size' };
    } finally {
      lock.close();
    }
  });
}

async function zipOlder(
  { folder, keepPlain }: ElsewhereInput,
  names: Names,
  lock: FolderLock,
  signal: AbortSignal,
): Promise<void> {
  const all = readdirSync(folder);
  // Under the maintenance lock no other program is writing one.
  for (const name of all.filter(names.isTemporary)) removeIfThere(join(folder, name));
  const numbers = names.numbersIn(all).sort((a, b) => b - a);
  const taken = new Set(all);
  const existing = await Promise.all(
    all.filter(names.isArchive).map(async (name) => {
      const inner = await archives.inspect(join(folder, name)).catch(() => undefined);
      return { name, ...(inner !== undefined && { inner }) };
    }),
  );
  for (const number of numbers.slice(keepPlain - 1).reverse()) {
    const now = clock();
    const file = identify(folder, names.rotated(number));
    if (file === undefined) continue;
    const time = entryTime({ ...file, ...timesOfPlain(join(folder, file.name), now) }, now);
    const to = names.freeArchive(dayOf(time), taken);
    taken.add(to);
    await zipFile(file.name, to, { folder, now, lock, archives, existing, signal });
  }
}

interface Names {
  readonly rotated: (number: number) => string;
  readonly numbersIn: (names: readonly string[]) => number[];
  readonly freeArchive: (day: string, taken: ReadonlySet<string>) => string;
  readonly isArchive: (name: string) => boolean;
  readonly isTemporary: (name: string) => boolean;
}

/** The names of a file's rotated files and archives. The file may have any name. */
function namesOf(active: string): Names {
  const { name: stem, ext } = parse(active);
  /** What stands between the two ends of a name; undefined for another file's name. */
  const between = (name: string, end: string): string | undefined =>
    name.startsWith(`${stem}.`) && name.endsWith(end) ? name.slice(stem.length + 1, -end.length) : undefined;
  const numberIn = (name: string): number => {
    const number = ext === '' ? name.slice(stem.length + 1) : (between(name, ext) ?? '');
    return name.startsWith(`${stem}.`) && /^[1-9]\d{0,14}$/.test(number) ? Number(number) : 0;
  };
  const archive = /^\d{4}-\d{2}-\d{2}(?:\.\d{1,9})?$/;
  const isArchive = (name: string): boolean => archive.test(between(name, `${ext}.zip`) ?? '');
  const archiveName = (day: string, serial: number): string =>
    `${stem}.${day}${serial === 1 ? '' : `.${String(serial)}`}${ext}.zip`;
  return {
    rotated: (number) => `${stem}.${String(number)}${ext}`,
    numbersIn: (names) => names.map(numberIn).filter((number) => number > 0),
    freeArchive: (day, taken) => {
      let serial = 1;
      while (taken.has(archiveName(day, serial))) serial += 1;
      return archiveName(day, serial);
    },
    isArchive,
    isTemporary: (name) => /\.tmp-[0-9a-f]{16}$/.test(name) && isArchive(name.slice(0, -21)),
  };
}
