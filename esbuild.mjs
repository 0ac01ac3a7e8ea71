// Builds everything under dist/: the extension (CommonJS, as VS Code loads it), the worker and the command line (ES
// modules), the library (both, with its types), the pages, and the JSON schema of the policy.
import { build } from 'esbuild';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { thirdPartyNotices } from './scripts/licences.ts';

await rm('dist', { recursive: true, force: true });

const shared = {
  bundle: true,
  platform: 'node',
  // jsonc-parser's main entry is UMD, which cannot be bundled.
  mainFields: ['module', 'main'],
  target: 'node20',
  minify: true,
  // Node prints the whole line that threw an uncaught error: that was 35,000 bytes around one sentence.
  lineLimit: 160,
  keepNames: false,
  sourcemap: false,
  // What they say stands in ThirdPartyNotices.txt.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Who keeps the audit trail in PostgreSQL installs it.
  external: ['pg'],
};

// Packages written as CommonJS ask for Node's modules with `require`.
const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const doors = ['index', 'node', 'express', 'fastify', 'http'];
const library = Object.fromEntries(doors.map((door) => [door, `src/library/${door}.ts`]));

const bundles = Promise.all([
  build({
    ...shared,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: [...shared.external, 'vscode'],
  }),
  build({
    ...shared,
    entryPoints: {
      worker: 'src/jobs/worker.ts',
      codec: 'src/archive/codec/codec.ts',
      audit: 'src/audit/trailWorker.ts',
    },
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
    entryPoints: library,
    outdir: 'dist',
    format: 'esm',
    target: 'node22',
    // What the doors share is there once. The chunks lie beside the worker, which is looked for from there.
    splitting: true,
    chunkNames: 'library-[hash]',
    banner: { js: requireBanner },
  }),
  build({
    ...shared,
    entryPoints: library,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    target: 'node22',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
  build({
    ...shared,
    entryPoints: {
      configure: 'src/webview/configure/configure.ts',
      audit: 'src/webview/audit/audit.ts',
    },
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
  }),
]);

/**
 * The types of the library, for ES modules and once more for CommonJS: a file's kind goes by the nearest package.json.
 * Each declaration comes from its source alone, which takes a tenth of the time of a compiler that knows the whole.
 */
async function writeTypes() {
  // Loading the compiler holds this thread up; the bundler works in a process of its own, once it has been asked.
  await setImmediate();
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    isolatedDeclarations: true,
  };
  const sources = Object.values(library);
  // Grows while it is walked through, by what the declarations import.
  for (const source of sources) {
    const text = await readFile(source, 'utf8');
    const { outputText, diagnostics } = ts.transpileDeclaration(text, { fileName: source, compilerOptions });
    if (diagnostics.length > 0)
      throw new Error(`${source}: ${ts.formatDiagnostics(diagnostics, formatHost)}`);
    const declaration = outputText.replace(/(from '|import\(')(\.[^']*)\.ts'/g, (_all, before, path) => {
      const imported = join(dirname(source), `${path}.ts`);
      if (!sources.includes(imported)) sources.push(imported);
      return `${before}${path}.js'`;
    });
    for (const folder of ['dist/types', 'dist/types/commonjs']) {
      const file = join(folder, relative('src', source).replace(/\.ts$/, '.d.ts'));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, declaration);
    }
  }
  await writeFile('dist/types/commonjs/package.json', '{ "type": "commonjs" }\n');
}
const formatHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};

const [results] = await Promise.all([bundles, writeTypes()]);

const { policyJsonSchema } = await import('./src/policy/policy.ts');
await writeFile('dist/policy.schema.json', `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
for (const page of ['configure', 'shared', 'audit'])
  await cp(`media/${page}.css`, `dist/webview/${page}.css`);
const icons = ['codicon.css', 'codicon.ttf'].map((name) => `node_modules/@vscode/codicons/dist/${name}`);
for (const path of icons) await cp(path, join('dist/webview', basename(path)));
// The codec's own, loaded when a text is first decoded by it.
const wasm = 'node_modules/7z-wasm/7zz.wasm';
await cp(wasm, 'dist/7zz.wasm');
const inputs = [
  ...new Set([wasm, ...icons, ...results.flatMap(({ metafile }) => Object.keys(metafile.inputs))]),
].sort();
await writeFile('dist/inputs.json', `${JSON.stringify(inputs, null, 2)}\n`);
await writeFile('dist/ThirdPartyNotices.txt', await thirdPartyNotices(inputs));
