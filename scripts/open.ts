/**
 * Opens VS Code with this extension on a workspace full of logs, and runs until it is stopped. `--fresh` makes the demo
 * workspace again; `--web` opens the browser even where VS Code is installed.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDemo } from './demo.ts';
import { hasBackend, startBackend } from './demo/backend.ts';
import { hasDesktop, openDesktop } from './desktop.ts';
import { packedExtension, workFolder } from './folders.ts';
import { ensureVscodeServer } from './installVscodeServer.ts';
import { buildExtension, packExtension } from './packExtension.ts';
import { ensureSystemCommands } from './systemPackages.ts';
import { VscodeServer } from './vscodeServer.ts';

/** A VS Code that is open. */
interface Opened {
  readonly url: string;
  close(): Promise<void>;
  /** Resolves when the person closes it. Closing a page in the browser cannot be noticed. */
  readonly closed?: Promise<void>;
}

const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, web: { type: 'boolean' } } });
const desktop = values.web !== true && hasDesktop();
const workspace = join(workFolder, 'demo');

const stopped = new Promise<void>((resolve) => {
  for (const reason of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(reason, resolve);
});

try {
  await prepare();
  say('Starting the demo’s backend, which records its requests…');
  const backend = await startBackend(workspace);
  try {
    const opened = await open();
    say(`READY ${opened.url}`);
    say('Press Ctrl+C to stop.');
    await Promise.race([stopped, opened.closed ?? stopped]);
    say('Stopping…');
    await opened.close();
  } finally {
    await backend.stop();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// The channel to the process that started this one would keep it alive.
if (process.connected) process.disconnect();

async function prepare(): Promise<void> {
  await ensureSystemCommands(['git']);
  say('Building and packing the extension…');
  await buildExtension();
  await packExtension();
  if (!desktop) await ensureVscodeServer();
  if (values.fresh === true || !existsSync(workspace) || !(await hasBackend(workspace))) {
    say('Making the demo workspace…');
    await makeDemo(workspace);
  } else {
    say('Keeping the demo workspace as you left it (npm start -- --fresh makes a new one).');
  }
}

async function open(): Promise<Opened> {
  say('Starting VS Code…');
  if (desktop) return openDesktop(workspace);
  const server = await VscodeServer.start({
    extension: packedExtension,
    token: randomBytes(16).toString('hex'),
    // The workspace is the person's own, made a moment ago.
    trusted: true,
  });
  return {
    url: server.pageOf(workspace),
    close: async () => {
      await server.stop();
      await server.forgotten();
    },
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
