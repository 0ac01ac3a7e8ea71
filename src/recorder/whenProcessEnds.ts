const last = new Set<() => void>();

/** Runs `work`, which must be synchronous, when this process exits. @returns a function that cancels this */
export function whenProcessEnds(work: () => void): () => void {
  if (last.size === 0) process.on('exit', runAll);
  last.add(work);
  return () => {
    last.delete(work);
    if (last.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const work of last) work();
}
