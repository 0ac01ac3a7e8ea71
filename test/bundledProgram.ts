import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const bundles = new Map<string, string>();
let folder: string | undefined;

/**
 * Bundles a program of the tests, once for each process that runs tests: as one file it starts in a third of the time. The
 * bundles are removed when the process ends. In a bundle `import.meta.dirname` is another folder than in its source.
 * @param sourceFile its absolute path
 * @returns the path of the bundle
 */
export function bundledProgram(sourceFile: string): string {
  const known = bundles.get(sourceFile);
  if (known !== undefined) return known;
  const outfile = join(
    (folder ??= folderUntilExit()),
    `${String(bundles.size)}-${basename(sourceFile, '.ts')}.mjs`,
  );
  buildSync({
    entryPoints: [sourceFile],
    outfile,
    // Dependencies in CommonJS ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  bundles.set(sourceFile, outfile);
  return outfile;
}

function folderUntilExit(): string {
  const path = mkdtempSync(join(tmpdir(), 'bundled-programs-'));
  process.once('exit', () => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
