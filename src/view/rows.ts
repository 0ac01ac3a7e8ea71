import type { NextStep, DatedLogFile, LogFile, Totals } from '../files/logFile.ts';
import type { ArchiveMember, LockState } from '../sessions/archiveMember.ts';

/**
 * The rows of the *Workspace Logs* view, as the worker decides them. Only the rows of one page cross to the editor's
 * thread: a folder may hold 100,000 files.
 */

/** The groups of files directly in `logs/`, in the order they are shown. */
export const FILE_GROUPS = ['api', 'audit', 'other'] as const;
export type FileGroup = (typeof FILE_GROUPS)[number];
/** All groups of a workspace. */
export type LogGroup = FileGroup | 'sessions';

/** Names what has rows below it. */
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
  /** What is inside an archive. */
  | { readonly kind: 'archive'; readonly path: string };

/** Names a message by its folder, relative to the workspace with `/` between its parts, and its id as it is in names. */
export interface SessionMessage {
  readonly folder: string;
  readonly message: string;
}

/** A month of a family that has many files. A foreign family may bear the name of one of ours: the group tells. */
export interface LogMonth {
  readonly group: FileGroup;
  readonly family: string;
  /** YYYY-MM in local time; empty for files of no known time. */
  readonly month: string;
}

/** A file with what happens to it next. */
export interface LogRowFile extends DatedLogFile {
  readonly nextStep?: NextStep;
}

/** What is below a row; `outside` is how much of it does not count towards the folder's limit, where there is one. */
interface Below {
  readonly totals: Totals;
  readonly outside?: Totals;
  /** There is more than was counted. */
  readonly isPartial?: true;
}

/** A row that only stands for what is below it. */
export type BelowRow =
  | ({ readonly kind: 'group'; readonly group: LogGroup } & Below)
  | ({ readonly kind: 'family'; readonly family: string } & Below)
  | ({ readonly kind: 'month'; readonly month: LogMonth } & Below)
  /** `level` is 1 for users, 2 for chats, and more where somebody nested deeper. */
  | ({
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly level: number;
    } & Below)
  | ({ readonly kind: 'message'; readonly message: SessionMessage } & Below);

/** `message` is the id of the message row that an archive stands below, where it does. */
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
  | { readonly kind: 'file'; readonly file: LogRowFile };

/** One page of the rows below a parent. */
export interface LogRowsPage {
  readonly rows: readonly LogRow[];
  /** How many rows there are in all. */
  readonly total: number;
}

/** One page of all files. */
export interface LogFilesPage {
  readonly files: readonly LogRowFile[];
  /** How many files there are in all. */
  readonly total: number;
}
