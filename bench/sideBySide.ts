export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * The medians of several measurements. They run in turns, so that other load on the machine affects all of them. Each
 * function measures once.
 */
export async function sideBySide<K extends string>(
  turns: number,
  measurements: Readonly<Record<K, () => Promise<number> | number>>,
): Promise<Record<K, number>> {
  const names = Object.keys(measurements) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const name of names) {
      const value = await measurements[name]();
      if (turn > 0) results[name].push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(results[name])])) as Record<K, number>;
}

/** How long `work` takes, in ms. */
export async function duration(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
