import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runTool } from './runTool.ts';

/** The Debian package that brings each command; a library is known by one of its files. */
const packages = {
  '/usr/lib/python3/dist-packages/cryptography/__init__.py': 'python3-cryptography',
  '/usr/share/gocode/src/golang.org/x/mod/sumdb/note/note.go': 'golang-golang-x-mod-dev',
  '7zz': '7zip',
  bsdtar: 'libarchive-tools',
  bzip2: 'bzip2',
  chromium: 'chromium',
  git: 'git',
  go: 'golang-go',
  gzip: 'gzip',
  jq: 'jq',
  mount: 'mount',
  openssl: 'openssl',
  // PostgreSQL's own programs are not on the PATH.
  pg_createcluster: 'postgresql',
  script: 'bsdutils',
  strace: 'strace',
  unzip: 'unzip',
  xz: 'xz-utils',
  zstd: 'zstd',
} as const;

/** A command of the system that the scripts or the tests start, or a file that they need. */
export type SystemCommand = keyof typeof packages;

/**
 * Makes sure that the commands are installed; as root on Debian, installs them.
 * @throws Error that says in one sentence what to install
 */
export async function ensureSystemCommands(commands: readonly SystemCommand[]): Promise<void> {
  const isThere = (command: string): boolean =>
    command.startsWith('/') ? existsSync(command) : findCommand(command) !== undefined;
  const missing = commands.filter((command) => !isThere(command));
  if (missing.length === 0) return;
  const wanted = missing.map((command) => packages[command]);
  const advice = `Install ${wanted.join(', ')} (on Debian: apt-get install ${wanted.join(' ')}), then try again.`;
  if (process.getuid?.() !== 0 || findCommand('apt-get') === undefined) throw new Error(advice);
  process.stdout.write(`Installing ${wanted.join(', ')}…\n`);
  await runTool('apt-get', ['update'], advice);
  await runTool('apt-get', ['install', '-y', ...wanted], advice);
}

/** The absolute path of a command on the PATH. */
export function findCommand(name: string): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
