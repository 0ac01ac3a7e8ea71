/** Where the worker's program lies: beside the bundle of each door, or here. */
export const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);
