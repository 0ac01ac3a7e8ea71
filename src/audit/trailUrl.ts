/** The URL of the trail's worker: beside the bundle of each door, or beside this source file. */
export const trailUrl = new URL(
  import.meta.url.endsWith('.ts') ? './trailWorker.ts' : './audit.js',
  import.meta.url,
);
