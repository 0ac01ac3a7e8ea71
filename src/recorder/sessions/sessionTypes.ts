import type { Failure } from '../../base/failure.ts';
import type { Allowed } from '../../privacy/privacyTypes.ts';

/** The types that the package publishes for session logs, except the log itself. */
export interface SessionOptions {
  /** The folder with the policy. */
  readonly workspace: string;
  /** Encrypts the archive. A text is used as UTF-8. If it is absent, `SESSION_LOG_ZIP_PASSWORD` is used. */
  readonly password?: string | Uint8Array | undefined;
  /** Texts that must never be written, such as the passwords that a program was started with. */
  readonly knownSecrets?: readonly string[] | undefined;
  /** The deployment owns its policy: the clean-up accepts it as it is on disk. The default is false. */
  readonly acceptPolicy?: boolean | undefined;
  /**
   * Is called with the reason when a log is skipped or dropped, once for each cause and workspace. If it is absent, the
   * reason becomes a process warning.
   */
  readonly onWarning?: ((failure: Failure) => void) | undefined;
}

/**
 * What a backend says of one generation. It is anonymised before it is kept: what people wrote becomes its size, the
 * user a hash.
 */
export interface UsageEvent {
  /** Unique; a UUID where it is left out. */
  readonly id?: string | undefined;
  /** The e-mail address identifies the user, else the name. */
  readonly user?: { readonly email?: string | undefined; readonly name?: string | undefined } | undefined;
  readonly chatId: string;
  readonly messageId?: string | undefined;
  readonly model: string;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly durationMs: number;
  readonly tags?: readonly string[] | undefined;
  readonly title?: string | undefined;
  /** As chat completions have them: `role`, `content`, `tool_calls` … */
  readonly messages?: readonly unknown[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What `recordUsage` needs besides the event. */
export interface UsageOptions extends Pick<
  SessionOptions,
  'workspace' | 'knownSecrets' | 'acceptPolicy' | 'onWarning'
> {
  /** Words and names that are let out; a plain list names further keys of `metadata` and its `variables`. */
  readonly allow?: Allowed | readonly string[] | undefined;
}

/** Counts of the logs that were completed since the process started. */
export interface SessionStats {
  readonly completed: number;
  /** Logs that are archives on the disk. */
  readonly written: number;
  /** Logs that are empty, or that the policy, the environment or their own ids keep from being written. */
  readonly skipped: number;
  /** Logs that were lost because the queue was full or the disk refused them. */
  readonly dropped: number;
}
