import * as l10n from '@vscode/l10n';
import type { LogToDelete, RefusedLog, Writer } from '../../reading/deleteLogs.ts';
import { describe, printable } from '../../words/failures.ts';
import { formatBytes, formatNumber, plural } from '../../base/locale.ts';
import type { LogFile } from '../../files/logFile.ts';

/** Where deleted logs go. */
export type Fate = 'trash' | 'nowhere';

/** The words of a modal question. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly button: string;
}

const LISTED = 10;

/** The first question: whether to delete these logs. */
export function askToDelete(files: readonly LogFile[], fate: Fate): Question {
  const size = sizeWords(files);
  return {
    message: deleteWords[fate](nameOrCount(files), size, files.length),
    detail: [...listOf(files), fateWords[fate]()].join('\n'),
    button: buttons[fate](),
  };
}

const fateWords: Readonly<Record<Fate, () => string>> = {
  trash: () => l10n.t('The trash keeps it until it is emptied.'),
  nowhere: () => l10n.t('This cannot be undone: nothing goes to a trash here.'),
};

const buttons: Readonly<Record<Fate, () => string>> = {
  trash: () => l10n.t('Move to Trash'),
  nowhere: () => l10n.t('Delete for Good'),
};

const deleteWords: Readonly<Record<Fate, (what: string, size: string, count: number) => string>> = {
  trash: (what, size, count) =>
    plural(count, {
      one: l10n.t('Move {0} ({1}) to the trash?', what, size),
      other: l10n.t('Move {0} logs ({1}) to the trash?', what, size),
    }),
  nowhere: (what, size, count) =>
    plural(count, {
      one: l10n.t('Delete {0} ({1}) for good?', what, size),
      other: l10n.t('Delete {0} logs ({1}) for good?', what, size),
    }),
};

/** The question whether to delete permanently the logs that could not be moved to the trash. */
export function askWithoutTrash(files: readonly LogFile[], why: string): Question {
  const what = nameOrCount(files);
  return {
    message: plural(files.length, {
      one: l10n.t('{0} could not be moved to the trash. Delete it for good?', what),
      other: l10n.t('{0} logs could not be moved to the trash. Delete them for good?', what),
    }),
    detail: [...listOf(files), printable(why), l10n.t('This cannot be undone.')].join('\n'),
    button: buttons.nowhere(),
  };
}

/** The question whether to delete logs that may still be written to, with the consequences. */
export function askAboutWritten(written: readonly LogToDelete[]): Question {
  const writers = new Set(written.map(({ writer }) => writer));
  const means = (Object.keys(writerWords) as Writer[])
    .filter((writer) => writers.has(writer))
    .map((writer) => writerWords[writer]());
  return {
    message: plural(written.length, {
      one: l10n.t(
        '{0} is still being written. Delete it anyway?',
        nameOrCount(written.map(({ file }) => file)),
      ),
      other: l10n.t(
        '{0} of these logs are still being written. Delete them anyway?',
        formatNumber(written.length),
      ),
    }),
    detail: [...listOf(written.map(({ file }) => file)), ...means].join('\n'),
    button: l10n.t('Delete Anyway'),
  };
}

const writerWords: Readonly<Record<Writer, () => string>> = {
  active: () =>
    l10n.t(
      'The active log holds the latest entries; recording goes on in a new file. To keep them, rotate it instead.',
    ),
  current: () =>
    l10n.t(
      'Another program seems to write there. What it writes after this may be lost until it is started again.',
    ),
  'held-open': () =>
    l10n.t('Another program has it open. What it writes after this is lost until it opens its log again.'),
};

/** The result of a deletion. */
export interface Deletion {
  readonly trashed: readonly LogFile[];
  readonly deleted: readonly LogFile[];
  readonly refused: readonly RefusedLog[];
}

/** One sentence for each kind of result. */
export function describeDeletion({ trashed, deleted, refused }: Deletion): string {
  const sentences = [];
  if (trashed.length > 0)
    sentences.push(
      plural(trashed.length, {
        one: l10n.t('{0} was moved to the trash ({1}).', nameOrCount(trashed), sizeWords(trashed)),
        other: l10n.t('{0} logs were moved to the trash ({1}).', nameOrCount(trashed), sizeWords(trashed)),
      }),
    );
  if (deleted.length > 0)
    sentences.push(
      plural(deleted.length, {
        one: l10n.t('{0} was deleted ({1}).', nameOrCount(deleted), sizeWords(deleted)),
        other: l10n.t('{0} logs were deleted ({1}).', nameOrCount(deleted), sizeWords(deleted)),
      }),
    );
  const [first] = refused;
  if (first !== undefined) {
    const why = describe(first.failure);
    sentences.push(
      plural(refused.length, {
        one: why,
        other: l10n.t('{0} logs were left, the first because: {1}', formatNumber(refused.length), why),
      }),
    );
  }
  return sentences.join(' ');
}

/** The name of a single log in quotes, or the number of logs. */
function nameOrCount(files: readonly LogFile[]): string {
  const [first] = files;
  return files.length === 1 && first !== undefined
    ? `“${printable(first.name)}”`
    : formatNumber(files.length);
}

/** One line for each log if there are several; only the first ones of a long list. */
function listOf(files: readonly LogFile[]): string[] {
  if (files.length === 1) return [];
  const lines = files
    .slice(0, LISTED)
    .map((file) => l10n.t('{0} ({1})', nameInList(file), formatBytes(file.bytes)));
  const more = files.length - LISTED;
  return [...lines, ...(more > 0 ? [l10n.t('and {0} more', formatNumber(more))] : []), ''];
}

/** Adds the folder, because archives of two messages may have the same name. */
function nameInList({ folder, name }: LogFile): string {
  return printable(folder === undefined ? name : `${folder}/${name}`);
}

function sizeWords(files: readonly LogFile[]): string {
  return formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0));
}
