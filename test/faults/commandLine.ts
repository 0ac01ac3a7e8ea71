import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const checkout = join(import.meta.dirname, '../..');

/** The bundles as they are shipped. */
export const commandLine = join(checkout, 'dist/cli.js');
export const worker = join(checkout, 'dist/worker.js');

/** Debian's packages of the tools that these tests start. */
const packages = { git: 'git', strace: 'strace', unzip: 'unzip', mount: 'mount' } as const;

/** A missing tool is an error that says how to get it, not a skipped test. */
export function requireTools(...tools: (keyof typeof packages)[]): void {
  for (const bundle of [commandLine, worker]) {
    if (!existsSync(bundle)) throw new Error(`${bundle} is missing: npm run build`);
  }
  for (const tool of tools) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`]);
    } catch {
      throw new Error(`${tool} is missing: apt-get install ${packages[tool]}`);
    }
  }
}
