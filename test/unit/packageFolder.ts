import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from './builtProgram.ts';

const checkout = join(import.meta.dirname, '../..');
const notCopied = new Set(
  ['.git', '.work', 'dist', 'node_modules', 'bench/node_modules'].map((name) => join(checkout, name)),
);
let made: { folder: string; vsix: string; said: string } | undefined;

/**
 * A copy of the checkout with what is built from its sources as they are now, and the package that vsce makes there, as
 * its owner would; once for all tests.
 */
export function packageFolder(): { folder: string; vsix: string; said: string } {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-package-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  cpSync(checkout, folder, { recursive: true, filter: (path) => !notCopied.has(path) });
  cpSync(builtProgram(), join(folder, 'dist'), { recursive: true });
  // Files that a person may have in a checkout.
  mkdirSync(join(folder, 'logs'));
  for (const name of ['.env', 'notes.txt', 'logs/api.log', 'dist/worker.js.map', 'media/walkthrough/old.psd'])
    writeFileSync(join(folder, name), 'nobody’s business');
  const words = [vsce, 'package', '-o', 'packed.vsix'];
  // Warnings go to standard error.
  const { status, output } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  const said = output.join('');
  if (status !== 0) throw new Error(said);
  made = { folder, vsix: join(folder, 'packed.vsix'), said };
  return made;
}

export const vsce: string = fileURLToPath(import.meta.resolve('@vscode/vsce/vsce'));
