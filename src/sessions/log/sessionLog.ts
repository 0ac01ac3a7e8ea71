/**
 * The ids of a request. An archive needs the ids of the user, the chat and the message. It also needs the id of the
 * session, unless the policy does not require it.
 */
export interface RequestIds {
  readonly userId: string;
  readonly sessionId?: string | null | undefined;
  readonly chatId: string;
  readonly messageId: string;
  readonly requestId?: string | null | undefined;
}

/** Further values of a line. A value with another name also becomes a key of the line in `logs.jsonl`. */
export interface LineFields {
  readonly logger?: string;
  readonly event_type?: string;
  readonly module?: string;
  readonly func?: string;
  readonly lineno?: number;
  /** An Error or a text. */
  readonly exception?: unknown;
  readonly [key: string]: unknown;
}

/** The session log of one request. It keeps the newest lines of every level, not only those the program prints. */
export interface SessionLog {
  /**
   * Adds a line. Never waits and never throws.
   * @param level `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`, or another word
   */
  log(level: string, message: string, fields?: LineFields): void;
  /**
   * Hands the log over to become an archive, and returns at once. A second call does nothing. Never throws.
   * @returns true if the log waits to be written; false if it is skipped or dropped, which is reported as a warning
   */
  complete(): boolean;
}

/** A completed log on its way to the disk. */
export interface CompletedLog {
  readonly ids: RequestIds;
  /** The masked lines of `logs.jsonl` as UTF-8, each with its line end. Each buffer holds whole lines. */
  readonly chunks: readonly Uint8Array[];
  /** The number of older lines that were dropped because there was no room. */
  readonly droppedLines: number;
  /** ms since 1970 */
  readonly completedAt: number;
}
