// Builds everything under dist/: the extension (CommonJS, as VS Code loads it), the worker and the command line (ES
// modules), the pages, and the JSON schema of the policy.
import { build } from 'esbuild';
import { cp, rm, writeFile } from 'node:fs/promises';

await rm('dist', { recursive: true, force: true });

const shared = {
  bundle: true,
  platform: 'node',
  // jsonc-parser's main entry is UMD, which cannot be bundled.
  mainFields: ['module', 'main'],
  target: 'node20',
  minify: true,
  keepNames: false,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
};

// Packages written as CommonJS ask for Node's modules with `require`.
const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

await Promise.all([
  build({
    ...shared,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: ['vscode'],
  }),
  build({
    ...shared,
    entryPoints: { worker: 'src/app/worker.ts' },
    outdir: 'dist',
    format: 'esm',
    target: 'node22',
    banner: { js: requireBanner },
  }),
  build({
    ...shared,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: 'dist',
    format: 'esm',
    banner: { js: `#!/usr/bin/env node\n${requireBanner}` },
  }),
  build({
    ...shared,
    entryPoints: { configure: 'src/webview/configure.ts' },
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
  }),
]);

const { policyJsonSchema } = await import('./src/model/policy.ts');
await writeFile('dist/policy.schema.json', `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
await cp('media/configure.css', 'dist/webview/configure.css');
