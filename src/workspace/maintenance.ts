import type { Totals } from '../files/logFile.ts';

/**
 * One action of maintenance on one file of `logs/`, or of a clean-up on one session archive. `bytes` is the size of the
 * file before. `prune` deletes expired records of the audit trail.
 */
export interface Step {
  readonly kind: 'rotate' | 'zip' | 'delete' | 'sweep' | 'prune';
  readonly name: string;
  /** The new name, for `rotate` and `zip`; a zip uses the next free name if this one is taken meanwhile. */
  readonly to?: string;
  readonly bytes: number;
  /** `asked`: the user asked for it for this file. */
  readonly reason: 'size' | 'plain' | 'age' | 'cap' | 'leftover' | 'asked';
}

/** Why a file was left unchanged although the policy alone would change it. */
export type SkipReason =
  /** `retention.hold` is on. */
  | 'hold'
  /** The policy deletes more than the user accepted on this machine. */
  | 'unaccepted'
  /** The clock jumped since the last run, so nothing expires in this one. */
  | 'clock'
  /** A program that does not use our lock holds the file open for writing. */
  | 'held-open'
  /** The name is a log's, but it is a link or a folder. */
  | 'not-a-file'
  /** An expired file among the session archives that is no session archive. */
  | 'not-a-session-archive'
  /** The file changed or disappeared between plan and step. */
  | 'changed'
  /** The step failed; `failure` says why. */
  | 'failed';

/** Why a run may not delete as the policy says; with `clock` nothing expires, and the rest goes on. */
export type Restraint = Extract<SkipReason, 'hold' | 'unaccepted' | 'clock'>;

export interface Skip {
  readonly name: string;
  readonly reason: SkipReason;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly skipped: readonly Skip[];
  /** The managed files before; `after` is an estimate, because the sizes of new archives are estimates. */
  readonly before: Totals;
  readonly after: Totals;
}

/** How many steps of a run are done, for a progress bar. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly name: string;
}
