import { filesOf, type IgnoreChange } from '../git/ignoreChange.ts';
import * as l10n from '@vscode/l10n';
import { formatBytes, formatList, formatNumber, plural, type PluralForms } from '../base/locale.ts';
import type { Plan, SkipReason, Step } from '../workspace/maintenance.ts';
import { listed, printable, quoted } from '../base/printable.ts';

type Words<K extends string> = Readonly<Record<K, () => string>>;

const reasonWords: Words<Step['reason']> = {
  size: () => l10n.t('over the size limit'),
  plain: () => l10n.t('older than the files kept plain'),
  age: () => l10n.t('expired'),
  cap: () => l10n.t('folder over its limit'),
  leftover: () => l10n.t('left by an interrupted run'),
  asked: () => l10n.t('asked for'),
};

/** Why a step is done. */
export function describeReason(reason: Step['reason']): string {
  return reasonWords[reason]();
}

const kindWords: Words<Step['kind']> = {
  rotate: () => l10n.t('rotate'),
  zip: () => l10n.t('zip'),
  delete: () => l10n.t('delete'),
  sweep: () => l10n.t('sweep'),
  prune: () => l10n.t('prune'),
};

/** What a step does, as one word. */
export function describeKind(kind: Step['kind']): string {
  return kindWords[kind]();
}

const skipWords: Words<SkipReason> = {
  hold: () => l10n.t('kept: the policy is on hold'),
  unaccepted: () => l10n.t('kept: the policy deletes more than was accepted on this machine'),
  clock: () => l10n.t('kept: the clock jumped since the last run, so nothing expires for an hour'),
  'held-open': () => l10n.t('left alone: another program has it open for writing'),
  'not-a-file': () => l10n.t('left alone: it is a link or a folder'),
  'not-a-session-archive': () => l10n.t('left alone: it is no session archive'),
  changed: () => l10n.t('left alone: it changed meanwhile'),
  failed: () => l10n.t('failed and left as it was'),
};

/** `zip api.1.log → api.2026-01-01.log.zip (20 MB, older than the files kept plain)` */
export function describeStep({ kind, name, to, bytes, reason }: Step): string {
  const isOverdue = kind === 'rotate' && reason === 'age';
  const why = isOverdue ? l10n.t('its first entry is old') : describeReason(reason);
  const words = [formatBytes(bytes), why] as const;
  return to === undefined
    ? l10n.t('{0} {1} ({2}, {3})', describeKind(kind), printable(name), ...words)
    : l10n.t('{0} {1} → {2} ({3}, {4})', describeKind(kind), printable(name), printable(to), ...words);
}

export function describeSkip({ name, reason }: { name: string; reason: SkipReason }): string {
  return l10n.t('{0}: {1}', printable(name), skipWords[reason]());
}

/** The words for the counts. Only the first count names the files; the following counts use `next`. */
const countWords: Readonly<Record<Step['kind'], (count: string) => PluralForms & { next: string }>> = {
  rotate: (count) => ({
    one: l10n.t('{0} file rotated', count),
    other: l10n.t('{0} files rotated', count),
    next: l10n.t('{0} rotated', count),
  }),
  zip: (count) => ({
    one: l10n.t('{0} file zipped', count),
    other: l10n.t('{0} files zipped', count),
    next: l10n.t('{0} zipped', count),
  }),
  delete: (count) => ({
    one: l10n.t('{0} file deleted', count),
    other: l10n.t('{0} files deleted', count),
    next: l10n.t('{0} deleted', count),
  }),
  sweep: (count) => ({
    one: l10n.t('{0} file swept', count),
    other: l10n.t('{0} files swept', count),
    next: l10n.t('{0} swept', count),
  }),
  prune: (count) => ({
    one: l10n.t('{0} file pruned', count),
    other: l10n.t('{0} files pruned', count),
    next: l10n.t('{0} pruned', count),
  }),
};

/** `12 files zipped, 3 deleted, 1.2 GB → 310 MB`: what a plan would do, or what a run did. */
export function summarise({ steps, before, after }: Pick<Plan, 'steps' | 'before' | 'after'>): string {
  const parts = (['rotate', 'zip', 'delete', 'sweep', 'prune'] as const)
    .map((kind) => ({ kind, count: steps.filter((step) => step.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }, index) => {
      const words = countWords[kind](formatNumber(count));
      return index === 0 ? plural(count, words) : words.next;
    });
  const size = formatBytes(before.bytes);
  return parts.length === 0
    ? l10n.t('Nothing to do: {0} in {1}', size, countFiles(before.files))
    : l10n.t('{0}, {1} → {2}', formatList(parts), size, formatBytes(after.bytes));
}

/** `1 file`, `12 files` */
export function countFiles(count: number): string {
  const number = formatNumber(count);
  return plural(count, { one: l10n.t('{0} file', number), other: l10n.t('{0} files', number) });
}

/** Where the ignore rule was added. */
export function describeIgnoreChange(change: IgnoreChange): string {
  return change.folders === undefined
    ? l10n.t('{0} was added to .gitignore.', listed(change.lines))
    : l10n.t(
        '{0} was written, since .gitignore can’t be changed or is no regular file.',
        listed(filesOf(change)),
      );
}

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

/** For each first folder of the paths, the deepest folder that holds all of its paths. */
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
