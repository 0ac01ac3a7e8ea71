import { buildSync } from 'esbuild';
import { basename, join } from 'node:path';
import { builtProgram } from './unit/builtProgram.ts';

const bundled = new Map<string, string>();

/**
 * A program of the tests as one file, which starts in a third of the time; bundled once for each process. It lies beside
 * the built bundles, where it finds the codec's thread, and is deleted with them.
 * @param sourceFile its path
 * @returns the path of the bundle
 */
export function bundledProgram(sourceFile: string): string {
  const known = bundled.get(sourceFile);
  if (known !== undefined) return known;
  // Other processes may share the folder.
  const name = [basename(sourceFile, '.ts'), process.pid, bundled.size].join('-');
  const outfile = join(builtProgram(), `${name}.mjs`);
  buildSync({
    entryPoints: [sourceFile],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  bundled.set(sourceFile, outfile);
  return outfile;
}
