/** The ids of a request; an archive needs those of user, chat and message, and of the session unless the policy relaxes that. */
export interface RequestIds {
  readonly userId: string;
  readonly sessionId?: string | null | undefined;
  readonly chatId: string;
  readonly messageId: string;
  readonly requestId?: string | null | undefined;
}

/** Further values of a line. Those that are not named here become keys of the line in `logs.jsonl`, too. */
export interface LineFields {
  readonly logger?: string;
  readonly event_type?: string;
  readonly module?: string;
  readonly func?: string;
  readonly lineno?: number;
  /** An Error, or a text. */
  readonly exception?: unknown;
  readonly [key: string]: unknown;
}

/** The session log of one request: the newest lines, whatever level the program itself prints. */
export interface SessionLog {
  /** Adds a line. Never waits, never throws. @param level `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`, or another word */
  log(level: string, message: string, fields?: LineFields): void;
  /**
   * Hands the log over to become an archive, and returns at once; a second call does nothing. Never throws.
   * @returns whether it waits to be written: false where it is skipped or dropped, which is told as a warning
   */
  complete(): boolean;
}

/** A completed log on its way to the disk. */
export interface CompletedLog {
  readonly ids: RequestIds;
  /** Lines of `logs.jsonl` as UTF-8, masked, each with its line end; a buffer holds whole lines. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** How many older lines there was no room for. */
  readonly droppedLines: number;
  /** ms since 1970 */
  readonly completedAt: number;
}
