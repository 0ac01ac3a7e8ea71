/** The time now, in ms since 1970. Passed in wherever a decision depends on it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
