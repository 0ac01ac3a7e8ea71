import type { Totals } from '../files/logFile.ts';

/** One thing that maintenance does to one file of `logs/`, or a clean-up to one of the session archives. `bytes` is the size of the file before. */
export interface Step {
  readonly kind: 'rotate' | 'zip' | 'delete' | 'sweep';
  readonly name: string;
  /** The new name, of `rotate` and `zip`; a zip takes the next free one when it is taken meanwhile. */
  readonly to?: string;
  readonly bytes: number;
  /** `asked`: a person wanted it for this very file. */
  readonly reason: 'size' | 'plain' | 'age' | 'cap' | 'leftover' | 'asked';
}

/** Why a file was left alone though the policy alone would have changed it. */
export type SkipReason =
  /** `retention.hold` is on. */
  | 'hold'
  /** The policy deletes more than what was accepted on this machine. */
  | 'unaccepted'
  /** The clock jumped since the last run, so nothing expires in this one. */
  | 'clock'
  /** A program that does not take our lock holds the file open for writing. */
  | 'held-open'
  /** The name is a log's, the thing is a link or a folder. */
  | 'not-a-file'
  /** It lies among the session archives and has expired, but is none. */
  | 'not-a-session-archive'
  /** The file changed or went away between plan and step. */
  | 'changed'
  /** The step failed; `failure` says how. */
  | 'failed';

export interface Skip {
  readonly name: string;
  readonly reason: SkipReason;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly skipped: readonly Skip[];
  /** The managed files before, and after as far as it can be told: sizes of new archives are estimates. */
  readonly before: Totals;
  readonly after: Totals;
}

/** How many steps of a run are done, for a progress bar. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly name: string;
}
