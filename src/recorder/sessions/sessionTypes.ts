import type { Failure } from '../../base/failure.ts';

/** What the package publishes about session logs, beside the log itself. */
export interface SessionOptions {
  /** The folder with the policy. */
  readonly workspace: string;
  /** Encrypts the archive, as UTF-8 where it is a text; without one `SESSION_LOG_ZIP_PASSWORD` is taken. */
  readonly password?: string | Uint8Array | undefined;
  /** Texts that must never be written, such as the passwords that a program was started with. */
  readonly knownSecrets?: readonly string[] | undefined;
  /** The deployment owns its policy: the clean-up accepts it as it is on disk; false. */
  readonly acceptPolicy?: boolean | undefined;
  /** Hears why a log was skipped or dropped, once for each cause and workspace; without it that is a warning of the process. */
  readonly onWarning?: ((failure: Failure) => void) | undefined;
}

/** Counts of the logs that were completed since the process started. */
export interface SessionStats {
  readonly completed: number;
  /** Those that are an archive on the disk. */
  readonly written: number;
  /** Those that the policy, the environment or their own ids keep from being written, or that are empty. */
  readonly skipped: number;
  /** Those that found the queue full, or that the disk refused. */
  readonly dropped: number;
}
