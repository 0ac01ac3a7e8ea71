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
import { soak } from '../../chance.ts';
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
    for (const name of ['undici-types', 'express', 'fastify', 'hono', '@types/express'])
      symlinkSync(join(checkout, 'node_modules', name), join(modules, name));
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
    const doors = ['index', 'node', 'express', 'fastify', 'http'].flatMap((door) => [
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
    ${load('createRecorder')} ${load('recordRequests')} ${load('expressRecorder')} ${load('fastifyRecorder')} ${load('logsApi')}
    import('node:fs').then(async ({ mkdtempSync, readFileSync, writeFileSync }) => {
      if (typeof expressRecorder !== 'function' || typeof fastifyRecorder !== 'function') throw new Error('missing');
      if (Object.keys(logsApi({ workspaces: {}, authorise: () => undefined })).join() !== 'fetch,node,fastify') throw new Error('missing');
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
    logsApi: 'workspace-logs/http',
  };
  const kinds: [kind: string, file: string, load: (name: string) => string][] = [
    ['ES modules', 'esm.mjs', (name) => `import { ${name} } from '${modules[name]!}';`],
    ['CommonJS', 'commonjs.cjs', (name) => `const { ${name} } = require('${modules[name]!}');`],
  ];
  /** Every example of the documents, as a person copies it. */
  const examples = [
    'README.md',
    ...readdirSync(join(checkout, 'docs')).map((name) => `docs/${name}`),
  ].flatMap((name) =>
    Array.from(
      readFileSync(join(checkout, name), 'utf8').matchAll(/```js\n([^]*?)```/g),
      ([, code = ''], index): [name: string, code: string] => [
        `example ${String(index + 1)} of ${name}`,
        code,
      ],
    ),
  );
  const managed = '{"version": 1, "workspaceId": "ID"}';

  it('says in a sentence what the first example lacks, without the bundle around it', async () => {
    const file = put('unmanaged/a.mjs', examples[0]![1]);
    const failed = (await run(process.execPath, [file], { cwd: join(file, '..') }).catch(
      (error: unknown) => error,
    )) as { stderr: string };
    assert.match(failed.stderr, /has no policy/);
    assert.ok(failed.stderr.length < 4000, failed.stderr);
  });

  it('has examples that each run, answer, and end on a signal', async () => {
    assert.ok(examples.length >= 3);
    for (const [index, [name, code]] of examples.entries()) {
      const folder = `example${String(index)}`;
      for (const place of ['.', 'a', 'b'])
        put(
          `${folder}/${place}/.workspace-logs.json`,
          managed.replace('ID', `of-${place === '.' ? 'c' : place}`),
        );
      const signalled = `
        import { once } from 'node:events';
        if (!server.listening) await once(server, 'listening');
        console.log((await fetch('http://127.0.0.1:' + server.address().port)).status);
        process.kill(process.pid, 'SIGTERM');`;
      const runs = code.replace('8080', '0').replaceAll('/srv/', './');
      const file = put(`${folder}/program.mjs`, runs + signalled);
      const { stdout } = await run(process.execPath, [file], { cwd: join(file, '..') });
      assert.match(stdout, /^(?:200|404)\n$/, name);
    }
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
  /** As a person writes them: no parameter has an annotation. */
  const inferred = `
    import { createServer } from 'node:http';
    import express from 'express';
    import { fastify, type FastifyRequest } from 'fastify';
    import type { Recorder, Recorders } from 'workspace-logs';
    import { recordRequests } from 'workspace-logs/node';
    import { expressRecorder } from 'workspace-logs/express';
    import { fastifyRecorder } from 'workspace-logs/fastify';
    import { logsApi } from 'workspace-logs/http';
    export function main(recorder: Recorder, recorders: Recorders): void {
      createServer(recordRequests(recorder, (request, response) => response.end(request.url)));
      createServer(recordRequests((request) => recorders.recorderOf(request.headers.host), async (_request, response) => { response.end(); },
        { requestId: (request) => request.url, workspaceOf: (request) => request.headers.host }));
      createServer(recordRequests({ recorderOf: (request) => recorders.recorderOf(request.url) }, express()));
      const app = express();
      app.use(expressRecorder(recorder));
      app.use('/x', expressRecorder((request) => recorders.recorderOf(request.get('x-workspace'))));
      app.use(expressRecorder(recorder, { workspaceOf: (request) => request.get('x'), requestId: (request) => request.originalUrl }));
      const middleware = expressRecorder({ recorderOf: (request) => recorders.recorderOf(request.hostname) });
      app.use(middleware);
      express.Router().use(expressRecorder((request: express.Request) => recorders.recorderOf(request.ip)));
      const application = fastify();
      application.register(fastifyRecorder, { recorder });
      application.register(fastifyRecorder, { recorder, workspaceOf: (request) => request.hostname, requestId: (request) => request.id });
      application.register(fastifyRecorder, { recorderOf: (request) => recorders.recorderOf((request.params as { id: string }).id) });
      application.register(fastifyRecorder, { recorder, workspaceOf: (request: FastifyRequest) => request.routeOptions.url });
      application.register(fastifyRecorder<FastifyRequest>, { recorder, workspaceOf: (request) => request.routeOptions.url });
      // @ts-expect-error unknown options are seen by the compiler, too
      application.register(fastifyRecorder, { recorder, userheader: 'x' });
      const person = (user: string) => ({ user, role: 'user' as const, workspaces: ['shop'] });
      app.use(logsApi({ workspaces: { shop: '.' }, authorise: (request: express.Request) => person(request.hostname) }).node);
      application.register(logsApi({ workspaces: (id) => id, authorise: async (request: FastifyRequest) => person(request.hostname) }).fastify);
      // @ts-expect-error a role that there is not
      logsApi({ workspaces: {}, authorise: () => ({ user: 'ada', role: 'root', workspaces: [] }) });
    }`;
  const modes: [module: string, resolution: string, files: string[]][] = [
    ['node16', 'node16', ['program.mts', 'program.cts']],
    ['nodenext', 'nodenext', ['program.mts', 'program.cts']],
    ['esnext', 'bundler', ['program.ts']],
  ];
  /** Writes programs that use every door, with the options of their compiler. @returns the path of these */
  const putProject = ([module, moduleResolution, files]: (typeof modes)[number], more?: string): string => {
    const folder = `types-${moduleResolution}`;
    const sources: [file: string, text: string][] = files.flatMap((file) => [
      [file, typed],
      [`inferred-${file}`, inferred],
    ]);
    for (const [index, [, code]] of examples.entries())
      sources.push([`example${String(index)}${files[0]!.replace('program', '')}`, code]);
    if (more !== undefined) sources.push([`more${files[0]!.replace('program', '')}`, more]);
    for (const [file, text] of sources) put(`${folder}/${file}`, text);
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'es2023', lib: ['es2023'], types: ['node'] },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
      esModuleInterop: true,
    };
    return put(
      `${folder}/tsconfig.json`,
      JSON.stringify({ compilerOptions, files: sources.map(([file]) => file) }),
    );
  };
  for (const mode of modes)
    it(`has types for ${mode[1]}, ${mode[2].join(' and ')}, checked whole`, () => {
      const project = putProject(mode);
      const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
        JSON.parse(readFileSync(project, 'utf8')),
        ts.sys,
        join(project, '..'),
      );
      const checked = ts.createProgram(fileNames, options);
      // Those of Node and of the language are not ours to check.
      const own = checked.getSourceFiles().filter(({ fileName }) => fileName.startsWith(realpathSync(base)));
      assert.ok(own.some(({ fileName }) => fileName.endsWith('.d.ts')) && own.length > mode[2].length);
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

  it('has no type that TypeScript 5.6 doesn’t know', () => {
    const types = files.filter((path) => path.endsWith('.d.ts'));
    assert.ok(types.length > 10);
    // Arrays of bytes have had a parameter since 5.7.
    for (const path of types)
      assert.doesNotMatch(
        readFileSync(join(installed, path), 'utf8'),
        /\b(?:\w+Array|Buffer)<ArrayBuffer/,
        path,
      );
  });

  // The compiler is fetched, and its packed size is that of everything else together. As a dependency under another name
  // it would also take the place of `node_modules/.bin/tsc`.
  if (soak)
    it('has types for TypeScript 5.6', async () => {
      const words = ['pack', 'typescript@5.6', '--json', '--pack-destination', base];
      const [{ filename }] = JSON.parse((await run('npm', words, { cwd: base })).stdout) as [
        { filename: string },
      ];
      await run('tar', ['-xzf', join(base, filename), '-C', base, 'package/lib', 'package/package.json']);
      const older = `
        // @ts-expect-error it is as old as it should be, and reads these files
        export const bytes = new Uint8Array<ArrayBuffer>(1);`;
      for (const mode of modes) {
        const project = putProject(mode, older);
        const compile = [join(base, 'package/lib/tsc.js'), '--listFiles', '-p', project];
        const { stdout } = await run(process.execPath, compile, { cwd: join(base, 'consumer') }).catch(
          (error: unknown) => error as { stdout: string },
        );
        const own = stdout
          .split('\n')
          .filter((line) => /^(?:types-|node_modules\/workspace-logs)/.test(line));
        assert.deepEqual(own, [], mode[1]);
        assert.match(stdout, /workspace-logs\/dist\/types\/.*\.d\.ts$/m);
      }
    });

  it('asks for no package but, if they are used, Express, Fastify and PostgreSQL’s', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
      string,
      object
    >;
    assert.equal(manifest.dependencies, undefined);
    assert.deepEqual(Object.keys(manifest.peerDependencies!), ['express', 'fastify', 'pg']);
    assert.deepEqual(manifest.peerDependenciesMeta, {
      express: { optional: true },
      fastify: { optional: true },
      pg: { optional: true },
    });
  });
});
