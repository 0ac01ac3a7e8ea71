import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const checkout = join(import.meta.dirname, '../..');
/**
 * `npm test` has built it for all its processes. Otherwise it is built as this file is loaded, not by a test: it takes
 * long on a busy machine, and none has to allow for it.
 */
const built = process.env.BUILT_PROGRAM ?? build();

/** The folder of the bundles, built from the sources as they are now, away from the checkout's own `dist/`. */
export function builtProgram(): string {
  return built;
}

/** Node's compile cache for the bundles: it makes a start a quarter cheaper. */
export const compileCache: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: join(built, '../compiled'),
};

function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-built-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  // Other users may run it, too.
  chmodSync(folder, 0o755);
  for (const name of ['src', 'media', 'node_modules', 'package.json', 'tsconfig.json'])
    symlinkSync(join(checkout, name), join(folder, name));
  execFileSync(process.execPath, [join(checkout, 'esbuild.mjs')], { cwd: folder, stdio: 'pipe' });
  return join(folder, 'dist');
}
