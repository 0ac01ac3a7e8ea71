import type { NextStep, DatedLogFile, LogFile, Totals } from '../files/logFile.ts';
import type { ArchiveMember, LockState } from '../sessions/archiveMember.ts';

/**
 * The rows of the *Workspace Logs* view. The worker makes them. Only the rows of one page are sent to the editor's
 * thread, because a folder may hold 100,000 files.
 */

/** The groups of files directly in `logs/`, in the order they are shown. */
export const FILE_GROUPS = ['api', 'audit', 'other'] as const;
export type FileGroup = (typeof FILE_GROUPS)[number];
/** All groups of a workspace. */
export type LogGroup = FileGroup | 'sessions';

/** Names a row that has rows below it. */
export type RowParent =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'group'; readonly group: LogGroup }
  /** A foreign family of several files. */
  | { readonly kind: 'family'; readonly family: string }
  | { readonly kind: 'month'; readonly month: LogMonth }
  /** A folder of session archives: of a user, or of a chat. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A message that has several archives. */
  | { readonly kind: 'message'; readonly message: SessionMessage }
  /** The contents of an archive. */
  | { readonly kind: 'archive'; readonly path: string };

/** A message: its folder, relative to the workspace with `/` between the parts, and its id as used in file names. */
export interface SessionMessage {
  readonly folder: string;
  readonly message: string;
}

/** A month of a family with many files. `group` distinguishes a foreign family from one of ours with the same name. */
export interface LogMonth {
  readonly group: FileGroup;
  readonly family: string;
  /** YYYY-MM in local time; empty for files without a known time. */
  readonly month: string;
}

/** A file, with what happens to it next. */
export interface LogRowFile extends DatedLogFile {
  readonly nextStep?: NextStep;
}

/** The totals below a row. `outside` does not count towards the folder's limit; it is absent without a limit. */
interface Below {
  readonly totals: Totals;
  readonly outside?: Totals;
  /** There are more files than were counted. */
  readonly isPartial?: true;
}

/** A row that only groups the rows below it. */
export type BelowRow =
  | ({ readonly kind: 'group'; readonly group: LogGroup } & Below)
  | ({ readonly kind: 'family'; readonly family: string } & Below)
  | ({ readonly kind: 'month'; readonly month: LogMonth } & Below)
  /** `level` is 0 for a whole folder of archives, 1 for a user, 2 for a chat, and higher for deeper folders. */
  | ({
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly level: number;
    } & Below)
  | ({ readonly kind: 'message'; readonly message: SessionMessage } & Below);

/** `message` is the id of the message row above an archive, if there is one. */
export interface ArchiveRow {
  readonly kind: 'archive';
  readonly file: LogRowFile;
  readonly lock: LockState;
  readonly message?: string;
}

export type LogRow =
  | BelowRow
  | ArchiveRow
  | { readonly kind: 'member'; readonly archive: LogFile; readonly member: ArchiveMember }
  | { readonly kind: 'file'; readonly file: LogRowFile }
  /** A file of the audit trail's store: only its size is shown. */
  | { readonly kind: 'store'; readonly name: string; readonly bytes: number };

/** One page of the rows below a parent. */
export interface LogRowsPage {
  readonly rows: readonly LogRow[];
  /** The number of all rows. */
  readonly total: number;
}

/** One page of all files. */
export interface LogFilesPage {
  readonly files: readonly LogRowFile[];
  /** The number of all files. */
  readonly total: number;
}
