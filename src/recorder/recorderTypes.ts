import type { EventEmitter } from 'node:events';
import type { Failure } from '../base/failure.ts';
import type { Entry } from '../files/entry.ts';

/**
 * What the package publishes about recorders, apart from the class: no published type leads to the types of a package that
 * those who install this one don't have.
 */
export interface RecorderOptions {
  /** The folder with the policy. */
  readonly workspace: string;
  /** `strict` syncs every batch to the disk before `flush` calls it written; `bestEffort`. */
  readonly mode?: 'bestEffort' | 'strict' | undefined;
  /** How many bytes may wait for the disk; 8 MiB. */
  readonly queueBytes?: number | undefined;
  /** Texts that must never be written, such as the passwords that a program was started with. */
  readonly knownSecrets?: readonly string[] | undefined;
  /** The deployment owns its policy: maintenance accepts it as it is on disk; false. */
  readonly acceptPolicy?: boolean | undefined;
}

/** Counts since the recorder was made. */
export interface RecorderStats {
  /** Entries that were queued. */
  readonly accepted: number;
  /** Entries that the policy does not want. */
  readonly filtered: number;
  /** Entries that found the queue full, were no entries, or could not be written before `close`. */
  readonly dropped: number;
  /** Entries that are in the log. */
  readonly written: number;
}

/** What a recorder tells, by the event's name. */
export interface RecorderEvents {
  /** How many entries were dropped since the last time. */
  dropped: [count: number];
  /** Something failed; recording goes on as soon as it can. Without a listener it becomes a warning of the process. */
  error: [failure: Failure];
  /** The log was rotated by this process. */
  rotated: [files: { readonly from: string; readonly to: string }];
}

/** Records entries in a workspace's `logs/api.log`: filtered, masked and appended under its policy. */
export interface Recorder extends EventEmitter<RecorderEvents> {
  /** How much the policy in force records; undefined while the workspace has no policy, so that nothing is. */
  readonly recording:
    | {
        readonly level: 'NONE' | 'METADATA' | 'REQUEST' | 'REQUEST_RESPONSE';
        /** Of each body. */
        readonly maxBodyBytes: number;
      }
    | undefined;
  /** Bytes that wait for the disk. */
  readonly queuedBytes: number;
  /** Queues an entry. Never waits, never throws. @returns whether it was queued: false when it was filtered or dropped */
  record(entry: Entry): boolean;
  /**
   * Records an entry and resolves when it survives a power loss; at once when the policy does not want it. A rejection
   * means that nobody knows whether it is in the log.
   * @throws Failure `queue-full`, `entry-invalid`, `recorder-closed`, and those of the file system
   */
  recordDurably(entry: Entry): Promise<void>;
  /**
   * Resolves when every entry queued before is in the log (in `strict` mode: survives a power loss).
   * @throws Failure why it could not be written; the entries still wait and are tried again
   */
  flush(): Promise<void>;
  /**
   * Writes what waits and ends the recorder; what cannot be written counts as dropped. Safe to call twice.
   * @throws Failure why something could not be written
   */
  close(): Promise<void>;
  stats(): RecorderStats;
}
