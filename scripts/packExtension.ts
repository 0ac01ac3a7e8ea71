import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { packedExtension, workFolder } from './folders.ts';
import { runTool } from './runTool.ts';

/** Builds everything under `dist/`. */
export async function buildExtension(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs'], 'The build failed.');
}

/** Packs the built extension. It takes two seconds, so it does not check whether anything has changed. */
export async function packExtension(): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  const fresh = `${packedExtension}.${process.pid}`;
  const vsce = fileURLToPath(import.meta.resolve('@vscode/vsce/vsce'));
  const words = [vsce, 'package', '--no-dependencies', '-o', fresh];
  await runTool(process.execPath, words, 'The extension could not be packed.');
  await rename(fresh, packedExtension);
}
