import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { packedExtension, workFolder } from './folders.ts';
import { runTool } from './runTool.ts';
import { findCommand } from './systemPackages.ts';

/** A window of the installed VS Code. */
export interface Desktop {
  readonly url: string;
  close(): Promise<void>;
  /** Resolves when the person closed the window. */
  readonly closed: Promise<void>;
}

const person = join(workFolder, 'desktop');
const userData = join(person, 'data');

/** Whether VS Code is installed and there is a screen to show it on. */
export function hasDesktop(): boolean {
  const screen = process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? '';
  return (screen !== '' || process.platform !== 'linux') && findCommand('code') !== undefined;
}

/** Opens a window of the installed VS Code, with settings and extensions of its own. */
export async function openDesktop(workspace: string): Promise<Desktop> {
  const apart = ['--user-data-dir', userData, '--extensions-dir', join(person, 'extensions')];
  const install = [...apart, '--install-extension', packedExtension, '--force'];
  await runTool('code', install, 'The extension could not be installed.');
  const words = [...apart, '--wait', '--new-window', '--disable-workspace-trust', workspace];
  const code = spawn('code', words, { stdio: 'ignore', shell: process.platform === 'win32' });
  const closed = new Promise<void>((resolve, reject) => {
    code.once('error', reject);
    code.once('exit', () => {
      resolve();
    });
  });
  return {
    url: pathToFileURL(workspace).href,
    closed,
    close: async () => {
      await endVscode();
      await Promise.race([closed, delay(5000, undefined, { ref: false })]);
      code.kill();
    },
  };
}

/** `code` ends at once and leaves VS Code running; VS Code writes its process id into its data folder. */
async function endVscode(): Promise<void> {
  try {
    process.kill(Number(await readFile(join(userData, 'code.lock'), 'utf8')), 'SIGTERM');
  } catch {
    // The process has ended by itself.
  }
}
