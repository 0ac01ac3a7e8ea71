/**
 * What is asked when a test fails, before anything is cleaned up.
 * @param title the test's
 * @returns a line for the report, such as where a picture of the window is
 */
export type Witness = (title: string) => Promise<string>;

/** All that would be asked now: a window is one while it is open. */
export const witnesses = new Set<Witness>();
