import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as HttpLibrary from '../../src/library/http.ts';
import type * as Library from '../../src/library/index.ts';
import type * as NodeLibrary from '../../src/library/node.ts';

const root = join(import.meta.dirname, '../..');
/** The variable with the path of the library that was built for the programs here. */
const VARIABLE = 'WORKSPACE_LOGS_BENCH_LIBRARY';

/**
 * Builds the library into `folder` with the options of `esbuild.mjs`. So the measured code is the code that users
 * install, with its workers bundled, and is always built from `src`, never taken from `dist`.
 */
export async function buildLibrary(folder: string): Promise<void> {
  const library = { index: 'src/library/index.ts', node: 'src/library/node.ts', http: 'src/library/http.ts' };
  await build({
    absWorkingDir: root,
    entryPoints: { ...library, worker: 'src/jobs/worker.ts', audit: 'src/audit/trailWorker.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'node22',
    minify: true,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  process.env[VARIABLE] = folder;
}

export async function loadLibrary(): Promise<typeof Library> {
  return (await import(urlOf('index.js'))) as typeof Library;
}

export async function loadNodeLibrary(): Promise<typeof NodeLibrary> {
  return (await import(urlOf('node.js'))) as typeof NodeLibrary;
}

export async function loadHttpLibrary(): Promise<typeof HttpLibrary> {
  return (await import(urlOf('http.js'))) as typeof HttpLibrary;
}

function urlOf(name: string): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error('the library was not built');
  return pathToFileURL(join(folder, name)).href;
}
