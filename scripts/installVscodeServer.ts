import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout, workFolder } from './folders.ts';
import { runTool } from './runTool.ts';

const manifest = join(checkout, 'test', 'vscode-server');
const installed = join(workFolder, 'vscode-server');
/** The server proper, where it is started. */
export const serverFolder = join(installed, 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * Installs VS Code's server, unless the very one that `test/vscode-server/package-lock.json` names is there.
 * It is a package apart: its half gigabyte is wanted by nobody who only builds the extension.
 */
export async function ensureVscodeServer(): Promise<void> {
  const wanted = createHash('sha256')
    .update(await readFile(join(manifest, 'package-lock.json')))
    .digest('hex');
  const stamp = join(installed, 'installed');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  process.stdout.write('Fetching the VS Code server (about a quarter of a minute)…\n');
  await rm(installed, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  await cp(manifest, installed, { recursive: true });
  // Install scripts would build native modules; what is done here works without them.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const failed = 'The VS Code server could not be installed.';
  await runTool('npm', ['ci', ...quiet], failed, installed);
  // Its own dependencies come with a lock file that `npm ci` refuses.
  await runTool('npm', ['install', '--omit=dev', ...quiet], failed, serverFolder);
  await writeFile(stamp, wanted);
}
