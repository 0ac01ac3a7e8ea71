import type { Outlook } from './outlook.ts';
import type { DatedLogFile, Totals } from './logFile.ts';

/**
 * The rows of the *Workspace Logs* view, as the worker decides them. Only the rows of one page cross to the editor's
 * thread: a folder may hold 100,000 files.
 */

/** The groups of a workspace, in the order they are shown. */
export const LOG_GROUPS = ['api', 'audit', 'other'] as const;
export type LogGroup = (typeof LOG_GROUPS)[number];

/** Names what has rows below it. `month` is YYYY-MM in local time, or empty for files of no known time. */
export type RowParent =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'group'; readonly group: LogGroup }
  /** A foreign family of several files. */
  | { readonly kind: 'family'; readonly family: string }
  /** Of our families, or of a foreign one, that has more than 200 files. */
  | { readonly kind: 'month'; readonly family: string; readonly month: string };

/** A file with what happens to it next. */
export interface LogRowFile extends DatedLogFile {
  readonly outlook?: Outlook;
}

export type LogRow =
  | {
      readonly kind: 'group';
      readonly group: LogGroup;
      readonly totals: Totals;
      /** Whether its files count towards the folder's limit; of `other`: those that `alsoFamilies` names do. */
      readonly outsideCap?: Totals;
    }
  | {
      readonly kind: 'family';
      readonly family: string;
      readonly totals: Totals;
      readonly outsideCap?: Totals;
    }
  | { readonly kind: 'month'; readonly family: string; readonly month: string; readonly totals: Totals }
  | { readonly kind: 'file'; readonly file: LogRowFile };

/** One page of the rows below a parent. */
export interface LogRowsPage {
  readonly rows: readonly LogRow[];
  /** How many rows there are in all. */
  readonly total: number;
}
