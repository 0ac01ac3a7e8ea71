const SAMPLES = 100_000;

/** The median time between two consecutive readings of the clock, in ms. */
export function timerCost(): number {
  const apart = new Float64Array(SAMPLES);
  for (let index = 0; index < SAMPLES; index += 1) {
    const start = performance.now();
    apart[index] = performance.now() - start;
  }
  return apart.sort()[SAMPLES / 2] ?? 0;
}
