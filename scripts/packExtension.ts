import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout, packedExtension, workFolder } from './folders.ts';
import { runTool } from './runTool.ts';

/** Builds everything under `dist/`. */
export async function buildExtension(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs'], 'The build failed.');
}

/** Packs what is built. It takes less than a second, so nobody asks whether something changed since. */
export async function packExtension(): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  const fresh = `${packedExtension}.${process.pid}`;
  const vsce = join(checkout, 'node_modules', '@vscode', 'vsce', 'vsce');
  // There is no public repository to which relative links and pictures of the README could be pointed.
  const links = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  const words = [vsce, 'package', '--no-dependencies', ...links, '-o', fresh];
  await runTool(process.execPath, words, 'The extension could not be packed.');
  await rename(fresh, packedExtension);
}
