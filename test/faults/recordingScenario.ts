import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The work of a recording program until it is killed. */
export interface RecordingScenario {
  readonly name: string;
  readonly mode: 'bestEffort' | 'strict';
  /** How often it records, and how many entries each time, of how many bytes. */
  readonly times: number;
  readonly atOnce: number;
  readonly entryBytes: number;
  /** Whether it waits for each entry, or for a flush. */
  readonly isAwaited: boolean;
  /** It ends after this many. */
  readonly archives: number;
}

const small = { times: 10, atOnce: 3, entryBytes: 0, isAwaited: false, archives: 0 };

export const recordingScenarios: readonly RecordingScenario[] = [
  { ...small, name: 'flush', mode: 'bestEffort' },
  { ...small, name: 'flush in strict mode', mode: 'strict' },
  { ...small, name: 'recordDurably', mode: 'bestEffort', isAwaited: true },
  // Three files of a little more than 1 MB, the limit, and keepPlain is 1.
  {
    name: 'rotate and zip',
    mode: 'strict',
    times: 7,
    atOnce: 2,
    entryBytes: 270_000,
    isAwaited: false,
    archives: 2,
  },
];

/** Bundles a program of this folder: as one file it starts in a fraction of the time. @returns its path */
export async function bundledProgram(folder: string, name: string): Promise<string> {
  const outfile = join(folder, 'programs', `${name}.mjs`);
  mkdirSync(join(folder, 'programs'), { recursive: true });
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    banner,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return outfile;
}
