/** Exit codes of the command line. */
export const Exit = {
  done: 0,
  /** A finding, or a refusal. */
  refused: 1,
  /** Wrong usage. */
  usage: 2,
  /** The machine failed. */
  failed: 3,
} as const;

export type Exit = (typeof Exit)[keyof typeof Exit];
