import type { Outlook } from './outlook.ts';
import type { DatedLogFile, Totals } from './logFile.ts';

/**
 * The rows of the *Workspace Logs* view, as the worker decides them. Only the rows of one page cross to the editor's
 * thread: a folder may hold 100,000 files.
 */

/** The groups of a workspace, in the order they are shown. */
export const LOG_GROUPS = ['api', 'audit', 'other'] as const;
export type LogGroup = (typeof LOG_GROUPS)[number];

/** Names what has rows below it. */
export type RowParent =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'group'; readonly group: LogGroup }
  /** A foreign family of several files. */
  | { readonly kind: 'family'; readonly family: string }
  | { readonly kind: 'month'; readonly month: LogMonth };

/** A month of a family that has many files. A foreign family may bear the name of one of ours: the group tells. */
export interface LogMonth {
  readonly group: LogGroup;
  readonly family: string;
  /** YYYY-MM in local time; empty for files of no known time. */
  readonly month: string;
}

/** A file with what happens to it next. */
export interface LogRowFile extends DatedLogFile {
  readonly outlook?: Outlook;
}

/** What is below a row; `outside` is how much of it does not count towards the folder's limit, where there is one. */
interface Below {
  readonly totals: Totals;
  readonly outside?: Totals;
}

export type LogRow =
  | ({ readonly kind: 'group'; readonly group: LogGroup } & Below)
  | ({ readonly kind: 'family'; readonly family: string } & Below)
  | ({ readonly kind: 'month'; readonly month: LogMonth } & Below)
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
