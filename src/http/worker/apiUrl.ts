/** The URL of the program of the API's worker: beside the command line's bundle, or beside this source file. */
export const apiUrl = new URL(
  import.meta.url.endsWith('.ts') ? './apiWorker.ts' : './api.js',
  import.meta.url,
);
