import { build } from 'esbuild';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/folders.ts';

/** The bundle of the tests of this folder. */
export const bundle = join(checkout, 'dist', 'test', 'host.cjs');

/** One CommonJS file, since the extension host loads it with \`require\`; mocha stays outside and is loaded once. */
export async function bundleTests(): Promise<void> {
  const tests = globSync('**/*.test.ts', { cwd: import.meta.dirname }).sort();
  await build({
    stdin: {
      contents: [
        "import { runTests } from './index.ts';",
        'export const run = () => runTests(async () => {',
        ...tests.map((test) => `  await import('./${test}');`),
        '});',
      ].join('\n'),
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    outfile: bundle,
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}
