/** A signal that calls work off in its middle, without a clock. */
export interface CountingSignal {
  readonly signal: AbortSignal;
  /** How often the code has asked it whether it is aborted. */
  readonly asked: () => number;
}

/** A signal that is aborted when the code asks for the `turn`th time, from 1, whether it is. */
export function cancelledAt(turn: number): CountingSignal {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  let isAborted = false;
  const ask = (): boolean => {
    count += 1;
    if (count >= turn && !isAborted) {
      isAborted = true;
      controller.abort();
    }
    return isAborted;
  };
  Object.defineProperties(signal, {
    aborted: { get: ask },
    throwIfAborted: {
      value: () => {
        if (ask()) throw signal.reason;
      },
    },
  });
  return { signal, asked: () => count };
}
