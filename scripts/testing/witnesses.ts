/**
 * A function that is called when a test fails, before anything is cleaned up.
 * @param title the title of the test
 * @returns a line for the report, such as the path of a screenshot
 */
export type Witness = (title: string) => Promise<string>;

/** All current witnesses: a window is one while it is open. */
export const witnesses = new Set<Witness>();
