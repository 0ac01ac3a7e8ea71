import { createHook } from 'node:async_hooks';

/** Counts the compressors and decompressors that zlib makes in this thread, until it is stopped. */
export function compressorsMadeHere(): { count(): number; stop(): void } {
  let made = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'ZLIB') made += 1;
    },
  }).enable();
  return { count: () => made, stop: () => void hook.disable() };
}
