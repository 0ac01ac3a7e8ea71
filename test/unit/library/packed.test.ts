import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { builtProgram } from '../builtProgram.ts';

const run = promisify(execFile);
const checkout = join(import.meta.dirname, '../../..');

/** The package as npm would hand it out, in a program that uses it. */
describe('the package', function () {
  this.timeout(180_000);
  this.slow(10_000);
  let base = '';
  let installed = '';
  let files: string[] = [];

  before(() => {
    base = mkdtempSync(join(tmpdir(), 'workspace-logs-packed-'));
    const source = join(base, 'source');
    mkdirSync(source);
    cpSync(builtProgram(), join(source, 'dist'), { recursive: true });
    for (const name of ['package.json', '.npmignore', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs'])
      cpSync(join(checkout, name), join(source, name), { recursive: true });
    const words = ['pack', '--json', '--offline', '--pack-destination', base];
    const [packed] = JSON.parse(execFileSync('npm', words, { cwd: source, stdio: 'pipe' }).toString()) as [
      { filename: string; files: { path: string }[] },
    ];
    files = packed.files.map(({ path }) => path);
    const modules = join(base, 'consumer/node_modules');
    installed = join(modules, 'workspace-logs');
    mkdirSync(installed, { recursive: true });
    mkdirSync(join(modules, '@types'));
    symlinkSync(join(checkout, 'node_modules/@types/node'), join(modules, '@types/node'));
    symlinkSync(join(checkout, 'node_modules/undici-types'), join(modules, 'undici-types'));
    execFileSync('tar', ['-xzf', join(base, packed.filename), '-C', installed, '--strip-components=1']);
  });
  after(() => {
    rmSync(base, { recursive: true, force: true });
  });
  /** Writes a file of the consumer. */
  const put = (path: string, content: string): string => {
    const full = join(base, 'consumer', path);
    mkdirSync(join(full, '..'), { recursive: true });
    writeFileSync(full, content);
    return full;
  };

  it('holds what runs, its types and its documents, and nothing else', () => {
    const kinds = files.map((path) =>
      path
        .replace(/^dist\/library-\w+\.js$/, 'dist/library-*.js')
        .replace(/^dist\/types\/.*\.d\.ts$/, 'dist/types/**/*.d.ts'),
    );
    const doors = ['index', 'node', 'express', 'fastify'].flatMap((door) => [
      `dist/${door}.js`,
      `dist/${door}.cjs`,
    ]);
    assert.deepEqual(
      [...new Set(kinds)].sort(),
      [
        ...readdirSync(join(checkout, 'docs')).map((name) => `docs/${name}`),
        ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'dist/cli.js', 'dist/worker.js'],
        ...['dist/codec.js', 'dist/audit.js', 'dist/7zz.wasm', 'dist/ThirdPartyNotices.txt'],
        ...['dist/library-*.js', 'dist/types/**/*.d.ts', 'dist/types/commonjs/package.json', ...doors],
      ].sort(),
    );
  });

  const program = (load: (name: string) => string): string => `
    ${load('createRecorder')} ${load('recordRequests')} ${load('expressRecorder')} ${load('fastifyRecorder')}
    import('node:fs').then(async ({ mkdtempSync, readFileSync, writeFileSync }) => {
      if (typeof expressRecorder !== 'function' || typeof fastifyRecorder !== 'function') throw new Error('missing');
      const workspace = mkdtempSync('workspace-');
      await createRecorder({ workspace }).then(() => process.exit(9), (error) => console.log(error.code, '-', error.message));
      writeFileSync(workspace + '/.workspace-logs.json', '{"version":1,"rotation":{"maxFileMB":1}}');
      const recorder = await createRecorder({ workspace });
      recordRequests(recorder, () => {});
      const rotated = new Promise((resolve) => recorder.on('rotated', resolve));
      const entry = { method: 'GET', path: '/' + 'x'.repeat(2000), status: 200 };
      for (let count = 0; count < 700; count += 1) recorder.record(entry);
      await recorder.flush();
      // It is done by the worker, which is found beside the bundle.
      console.log((await rotated).to);
      await recorder.close();
      console.log(recorder.stats().written);
    });`;
  const modules: Record<string, string> = {
    createRecorder: 'workspace-logs',
    recordRequests: 'workspace-logs/node',
    expressRecorder: 'workspace-logs/express',
    fastifyRecorder: 'workspace-logs/fastify',
  };
  const kinds: [kind: string, file: string, load: (name: string) => string][] = [
    ['ES modules', 'esm.mjs', (name) => `import { ${name} } from '${modules[name]!}';`],
    ['CommonJS', 'commonjs.cjs', (name) => `const { ${name} } = require('${modules[name]!}');`],
  ];
  it('runs the first example of the README, and says what is missing without the bundle around it', async () => {
    const cwd = join(base, 'consumer', 'readme');
    mkdirSync(cwd);
    const readme = readFileSync(join(checkout, 'README.md'), 'utf8');
    const example = /```js\n(import \{ createServer[^]*?)```/.exec(readme)![1]!;
    writeFileSync(join(cwd, 'a.mjs'), example.replace('.listen(8080)', '.listen(0, () => process.exit())'));
    const failed = (await run(process.execPath, ['a.mjs'], { cwd }).catch((error: unknown) => error)) as {
      stderr: string;
    };
    assert.match(failed.stderr, /has no policy/);
    assert.ok(failed.stderr.length < 4000, failed.stderr);
    writeFileSync(join(cwd, '.workspace-logs.json'), '{"version": 1, "workspaceId": "readme"}');
    await run(process.execPath, ['a.mjs'], { cwd });
  });

  for (const [kind, file, load] of kinds)
    it(`records and rotates for ${kind}`, async () => {
      const { stdout } = await run(process.execPath, [put(file, program(load))], {
        cwd: join(base, 'consumer'),
      });
      const [failure = '', rotated, written] = stdout.trim().split('\n');
      assert.match(failure, /^not-managed - “.*” has no policy, so nothing in it is changed\./);
      assert.deepEqual([rotated, written], ['api.1.log', '700']);
    });

  const typed = `
    import { createServer } from 'node:http';
    import { createRecorder, type Entry, type FailureCode, type Recorder, type RecorderOptions } from 'workspace-logs';
    import { recordRequests } from 'workspace-logs/node';
    import { expressRecorder, type CaptureOptions } from 'workspace-logs/express';
    import { fastifyRecorder } from 'workspace-logs/fastify';
    const options: RecorderOptions = { workspace: '.', mode: 'strict' };
    const entry: Entry = { method: 'GET', path: '/', status: 200, extra: 1 };
    const capture: CaptureOptions = { trustedProxies: ['::1'], requestId: (request) => request.url };
    // @ts-expect-error unknown options are seen by the compiler, too
    export const wrong: CaptureOptions = { userheader: 'x' };
    export async function main(): Promise<number> {
      const recorder: Recorder = await createRecorder(options);
      recorder.on('error', (failure) => { const code: FailureCode = failure.code; console.log(code); });
      recorder.on('rotated', ({ from, to }) => console.log(from, to));
      createServer(recordRequests(recorder, async (_request, response) => { response.end(); }, capture));
      expressRecorder(recorder)(...([] as unknown as Parameters<ReturnType<typeof expressRecorder>>));
      console.log(fastifyRecorder.length, recorder.recording?.level, recorder.record(entry));
      return recorder.stats().written;
    }`;
  const modes: [module: string, resolution: string, files: string[]][] = [
    ['node16', 'node16', ['program.mts', 'program.cts']],
    ['nodenext', 'nodenext', ['program.mts', 'program.cts']],
    ['esnext', 'bundler', ['program.ts']],
  ];
  for (const [module, moduleResolution, files] of modes)
    it(`has types for ${moduleResolution}, ${files.join(' and ')}, checked whole`, () => {
      const folder = `types-${moduleResolution}`;
      for (const file of files) put(`${folder}/${file}`, typed);
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2023', lib: ['es2023'], types: ['node'] },
        ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
      };
      const project = put(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
      const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
        JSON.parse(readFileSync(project, 'utf8')),
        ts.sys,
        join(project, '..'),
      );
      const checked = ts.createProgram(fileNames, options);
      // Those of Node and of the language are not ours to check.
      const own = checked.getSourceFiles().filter(({ fileName }) => fileName.startsWith(realpathSync(base)));
      assert.ok(own.some(({ fileName }) => fileName.endsWith('.d.ts')) && own.length > files.length);
      const found = [
        ...[...errors, ...checked.getOptionsDiagnostics(), ...checked.getGlobalDiagnostics()],
        ...own.flatMap((file) => [
          ...checked.getSyntacticDiagnostics(file),
          ...checked.getSemanticDiagnostics(file),
        ]),
      ];
      assert.deepEqual(
        found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
        [],
      );
    });

  it('asks for no package but, if they are used, Express and Fastify', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
      string,
      object
    >;
    assert.equal(manifest.dependencies, undefined);
    assert.deepEqual(Object.keys(manifest.peerDependencies!), ['express', 'fastify']);
    assert.deepEqual(manifest.peerDependenciesMeta, {
      express: { optional: true },
      fastify: { optional: true },
    });
  });
});
