import * as l10n from '@vscode/l10n';
import { formatNumber } from '../base/locale.ts';
import { listed, printable, quoted } from '../base/printable.ts';

/** How to stop tracking log files. */
export function describeTracked(tracked: readonly string[]): string {
  const [first = ''] = tracked;
  const command = untrackCommand(tracked);
  return tracked.length === 1
    ? l10n.t('{0} is tracked by Git in spite of the ignore rule. Untrack with: {1}', quoted(first), command)
    : l10n.t(
        '{0} files in {1} are tracked by Git in spite of the ignore rule. Untrack with: {2}',
        formatNumber(tracked.length),
        listed(foldersOf(tracked)),
        command,
      );
}

/** The command that stops Git from tracking these files, and keeps them on disk. */
export function untrackCommand(tracked: readonly string[]): string {
  return `git rm -r --cached -- ${foldersOf(tracked).map(forShell).join(' ')}`;
}

/** The deepest folders that hold all of the paths, one for each first folder of them. */
function foldersOf(paths: readonly string[]): string[] {
  const common = new Map<string, string[]>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    const [first = ''] = parts;
    const known = common.get(first) ?? parts;
    const differs = known.findIndex((part, index) => part !== parts[index]);
    common.set(first, differs === -1 ? known : known.slice(0, differs));
  }
  return [...common.values()].map((parts) => parts.join('/'));
}

export function forShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", String.raw`'\''`)}'`;
}
