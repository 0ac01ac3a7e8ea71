import picomatch from 'picomatch';
import { currentForeignNames, type ForeignName } from '../files/foreignName.ts';
import type { DatedLogFile, LogFile } from '../files/logFile.ts';

/** Matches a family's name against the globs (`retention.alsoFamilies`). */
export function matcherOf(globs: readonly string[]): (family: string) => boolean {
  const meant = globs.filter((glob) => glob !== '');
  if (meant.length === 0) return () => false;
  const matches = picomatch(meant, { dot: true });
  // A family may be named as it is shown, also where its name reads as a pattern: `(dated)`.
  return (family) => meant.includes(family) || matches(family);
}

/** Whether expiry and cap apply to a file: to our own files, and to the foreign ones that the policy names. */
export function belongsToManaged({ parts }: LogFile, alsoManaged: (family: string) => boolean): boolean {
  if (parts.kind === 'leftover') return false;
  return parts.kind !== 'foreign' || alsoManaged(parts.family);
}

/** Whether a file may be deleted at all: a file that a program may be writing now is never deleted. */
export function canBeDeleted(files: readonly DatedLogFile[]): (file: DatedLogFile) => boolean {
  const foreign = new Map<string, ForeignName[]>();
  for (const { parts } of files) {
    if (parts.kind !== 'foreign') continue;
    const names = foreign.get(parts.family);
    if (names === undefined) foreign.set(parts.family, [parts]);
    else names.push(parts);
  }
  const current = new Set([...foreign.values()].flatMap((names) => [...currentForeignNames(names)]));
  return ({ name, parts }) => parts.kind !== 'active' && parts.kind !== 'leftover' && !current.has(name);
}

/** Whether the file is an archive: these are deleted before plain files when the cap is exceeded. */
export function isArchive({ parts }: LogFile): boolean {
  return parts.kind === 'archive' || (parts.kind === 'foreign' && parts.compression !== '');
}
