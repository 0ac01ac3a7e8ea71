/** How far a target is. */
export interface TargetStatus {
  readonly target: string;
  /** Events that it has. */
  readonly sent: number;
  /** Events on disk that it does not have yet. */
  readonly waiting: number;
  /** Events that retention deleted before they were sent. */
  readonly missed: number;
  /** Events that it refused, and lines that are no events. */
  readonly rejected: number;
  readonly lastError: string | null;
}
