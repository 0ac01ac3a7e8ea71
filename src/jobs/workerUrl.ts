/** The URL of the worker's program: beside the bundle of each door, or beside this source file. */
export const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);
