import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout, workFolder } from './folders.ts';
import { runTool } from './runTool.ts';

const manifest = join(checkout, 'test', 'vscode-server');
const installed = join(workFolder, 'vscode-server');
/** The path at which the server is started. */
export const serverFolder = join(installed, 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * Installs VS Code's server, unless exactly the version in `test/vscode-server/package-lock.json` is installed. It is a
 * separate package, because building the extension does not need its half gigabyte.
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
  // Install scripts would build native modules, which the server does not need here.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const failed = 'The VS Code server could not be installed.';
  await runTool('npm', ['ci', ...quiet], failed, installed);
  // `npm ci` refuses the lock file of the server's own dependencies.
  await runTool('npm', ['install', '--omit=dev', ...quiet], failed, serverFolder);
  await writeFile(stamp, wanted);
}
