/** Waits until something has come to be so on disk. */
export async function waitUntil(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries === 200) throw new Error(`${what}: it never came to be so`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether what is waited for comes before its time is over. */
export function comes(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}
