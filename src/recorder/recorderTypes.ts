import type { EventEmitter } from 'node:events';
import type { Failure } from '../base/failure.ts';
import type { Entry } from '../files/entry.ts';

/**
 * The types that the package publishes for recorders, except the class. No published type refers to types of another
 * package that users of this package do not have.
 */
export interface RecorderOptions {
  /** The folder with the policy. */
  readonly workspace: string;
  /** `strict` syncs every batch to the disk before `flush` counts it as written. The default is `bestEffort`. */
  readonly mode?: 'bestEffort' | 'strict' | undefined;
  /** How many bytes may wait for the disk, and as many for the audit trail. The default is 8 MiB. */
  readonly queueBytes?: number | undefined;
  /** Texts that must never be written, such as the passwords that a program was started with. */
  readonly knownSecrets?: readonly string[] | undefined;
  /** The deployment owns its policy: maintenance accepts it as it is on disk. The default is false. */
  readonly acceptPolicy?: boolean | undefined;
}

/** Many workspaces of one backend. The other options are those of each of their recorders. */
export interface RecordersOptions extends Omit<RecorderOptions, 'workspace'> {
  /** The folders with the policies. Each policy has an id of its own. */
  readonly workspaces: readonly string[];
}

/** One recorder for each workspace. */
export interface Recorders {
  /**
   * The recorder of a workspace, by the id that its policy had when the recorders were made; undefined for an id that
   * is none of theirs.
   */
  readonly recorderOf: (id: string | undefined) => Recorder | undefined;
  /**
   * Closes all recorders. It is safe to call this twice.
   * @throws Failure the first reason why an entry could not be written; all are closed nevertheless
   */
  readonly close: () => Promise<void>;
}

/** Counts since the recorder was made. */
export interface RecorderStats {
  /** Entries that were queued. */
  readonly accepted: number;
  /** Entries that the policy does not want. */
  readonly filtered: number;
  /**
   * Entries that were lost: the queue was full, the entry was not valid, or it could not be written before `close`. An
   * entry of `recordDurably` is lost if its first write fails.
   */
  readonly dropped: number;
  /** Entries that are in the log. */
  readonly written: number;
  /**
   * Requests that became audit records: those that are in the trail, and those that were lost because the queue was
   * full, the record was longer than 1 MB, or the trail took none before `close`. Absent while there was none.
   */
  readonly audit?: { readonly written: number; readonly dropped: number };
}

/** The events of a recorder, by their names. */
export interface RecorderEvents {
  /** How many entries were dropped since the last event. */
  dropped: [count: number];
  /** So many requests became no audit record. The next record that can be written says how many. */
  auditDropped: [count: number];
  /** Something failed. Recording goes on as soon as possible. Without a listener, it becomes a process warning. */
  error: [failure: Failure];
  /** This process rotated the log. */
  rotated: [files: { readonly from: string; readonly to: string }];
}

/** Records entries in a workspace's `logs/api.log`: filtered, masked and appended under its policy. */
export interface Recorder extends EventEmitter<RecorderEvents> {
  /** How much the policy in force records; undefined while the workspace has no policy, so nothing is recorded. */
  readonly recording:
    | {
        readonly level: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
        /** The limit of each body. */
        readonly maxBodyBytes: number;
      }
    | undefined;
  /** Bytes that wait for the disk. */
  readonly queuedBytes: number;
  /** Queues an entry. Never waits and never throws. @returns whether it was queued, not filtered or dropped */
  record(entry: Entry): boolean;
  /**
   * Records an entry and resolves when it survives a power loss, or at once if the policy does not want it. After a
   * rejection, it is unknown whether the entry is in the log.
   * @throws Failure `queue-full`, `entry-invalid`, `recorder-closed`, and those of the file system
   */
  recordDurably(entry: Entry): Promise<void>;
  /**
   * Resolves when every entry queued before is in the log (in `strict` mode: when it survives a power loss), and every
   * audit record of a request before survives a power loss.
   * @throws Failure the reason why one could not be written; the rest still waits and is retried
   */
  flush(): Promise<void>;
  /**
   * Writes the waiting entries and audit records, and ends the recorder. What cannot be written counts as dropped. It is
   * safe to call this twice.
   * @throws Failure the reason why an entry or a record could not be written
   */
  close(): Promise<void>;
  stats(): RecorderStats;
}
