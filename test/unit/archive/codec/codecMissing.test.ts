import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { isFailure } from '../../../../src/base/failure.ts';
import { logOf } from '../../entryLines.ts';
import { freshFolders } from '../../freshFolders.ts';
import { payloadOf } from '../memberPayload.ts';
import { textIn } from '../textIn.ts';

const source = join(import.meta.dirname, '../../../../src/archive/codec');
const log = logOf(100_000, '2026-01-01T00:00:00Z');

/** The bundles as they are installed: a door, the codec's thread, and 7-Zip's program. */
async function bundle(folder: string): Promise<void> {
  const door = "export * from './compress.ts'; export * from '../zip/unpack.ts';";
  const shared = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  } satisfies BuildOptions;
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  await build({
    ...shared,
    stdin: { contents: door, resolveDir: source },
    outfile: join(folder, 'door.mjs'),
  });
  await build({
    ...shared,
    banner,
    entryPoints: [join(source, 'codec.ts')],
    outfile: join(folder, 'codec.js'),
  });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  copyFileSync(fileURLToPath(import.meta.resolve('7z-wasm/7zz.wasm')), join(folder, '7zz.wasm'));
}

describe('a codec that cannot be loaded', () => {
  const folders = freshFolders();
  let bundles = '';

  before(async () => {
    bundles = mkdtempSync(join(tmpdir(), 'workspace-logs-codec-'));
    await bundle(bundles);
  });
  after(() => {
    rmSync(bundles, { recursive: true, force: true });
  });

  /** A copy of the bundles, whose door keeps a thread of its own. */
  async function install(folder: string): Promise<{
    readonly compress: typeof import('../../../../src/archive/codec/compress.ts').compress;
    readonly decodeMember: typeof import('../../../../src/archive/zip/unpack.ts').decodeMember;
  }> {
    cpSync(bundles, folder, { recursive: true });
    return (await import(pathToFileURL(join(folder, 'door.mjs')).href)) as never;
  }

  const faults: [what: string, spoil: (folder: string) => void][] = [
    [
      '7-Zip is gone',
      (folder) => {
        rmSync(join(folder, '7zz.wasm'));
      },
    ],
    [
      '7-Zip is cut',
      (folder) => {
        writeFileSync(join(folder, '7zz.wasm'), '\0asm');
      },
    ],
    [
      'the program of its thread is gone',
      (folder) => {
        rmSync(join(folder, 'codec.js'));
      },
    ],
    [
      'the program of its thread is invalid',
      (folder) => {
        writeFileSync(join(folder, 'codec.js'), 'no program');
      },
    ],
    [
      'the program of its thread ends at once',
      (folder) => {
        writeFileSync(join(folder, 'codec.js'), '');
      },
    ],
  ];
  for (const [what, spoil] of faults)
    it(`${what}: said so, and what does without goes on`, async () => {
      const { compress, decodeMember } = await install(folders.root);
      spoil(folders.root);
      for (const method of ['bzip2', 'lzma'] as const) {
        const missing = (error: unknown): boolean => {
          assert.ok(isFailure(error, 'codec-missing'), String(error));
          assert.deepEqual(error.data, { method });
          return true;
        };
        // More often than there may be threads at a time.
        for (let turn = 0; turn < 3; turn += 1) {
          const compressing = { method, level: null };
          await assert.rejects(compress(Buffer.from(log), compressing, undefined), missing);
          await assert.rejects(
            textIn(decodeMember(method, { data: payloadOf[method](log) }, { name: 'x' })),
            missing,
          );
        }
      }
      assert.ok(
        (await compress(Buffer.from(log), { method: 'deflated', level: null }, undefined)).length > 0,
      );
    }).timeout(60_000);

  it('no thread may be started: said so, as often as it is tried', () => {
    const program = `
      import { compress } from '${pathToFileURL(join(bundles, 'door.mjs')).href}';
      for (let turn = 0; turn < 3; turn += 1)
        await compress(Buffer.from('x'), { method: 'lzma', level: null }, undefined).catch((error) => {
          console.log(error.code, error.data.method);
        });`;
    const words = ['--permission', '--allow-fs-read=*', folders.put('program.mjs', program)];
    const output = execFileSync(process.execPath, words, { encoding: 'utf8', timeout: 20_000 });
    assert.equal(output, 'codec-missing lzma\n'.repeat(3));
  }).timeout(30_000);

  it('all is there: it works', async () => {
    const { compress, decodeMember } = await install(folders.root);
    for (const method of ['bzip2', 'lzma'] as const) {
      const data = await compress(Buffer.from(log), { method, level: null }, undefined);
      assert.ok((await textIn(decodeMember(method, { data }, { name: 'x' }))).equals(log));
    }
  }).timeout(60_000);
});
