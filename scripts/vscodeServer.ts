import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverFolder } from './installVscodeServer.ts';
import { endGroup, groupForgotten, killGroup } from './processGroup.ts';
import { runTool } from './runTool.ts';

export interface ServerOptions {
  /** A packed extension to install first. */
  readonly extension?: string;
  /** The token that is needed to open a page. Without one, every user of this machine can open it. */
  readonly token?: string;
  /** Settings of the person, in addition to those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Key bindings of the person, in the format of VS Code's file. */
  readonly keys?: readonly object[];
  /** Trusts every workspace without a question; otherwise workspaces open in Restricted Mode. */
  readonly trusted: boolean;
  /** Lets a page start tests inside VS Code. VS Code then shows no notifications, which would cover other elements. */
  readonly runsHostTests?: boolean;
  /** Environment variables for the extension, in addition to those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Settings against everything that would cover or change the part of VS Code that a test looks at. */
const quiet = {
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  // It looks at all ports of the machine again and again, and announces those of other tests.
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const PIECES_KEPT = 1000;

/** A running VS Code server with settings and extensions of its own, which `stop` deletes. */
export class VscodeServer {
  readonly port: number;
  /** The folder of the person's settings, extensions and logs; `stop` deletes it. */
  readonly folder: string;
  /** The end of its output, for a person who investigates a failure. */
  readonly said: readonly string[];
  readonly #token: string | undefined;
  readonly #process: ChildProcess;

  private constructor(port: number, folder: string, token: string | undefined, process: ChildProcess) {
    this.port = port;
    this.folder = folder;
    this.#token = token;
    this.#process = process;
    const said: string[] = [];
    const listen = (piece: Buffer): void => {
      said.push(piece.toString());
      if (said.length > PIECES_KEPT) said.shift();
    };
    process.stdout?.on('data', listen);
    process.stderr?.on('data', listen);
    this.said = said;
  }

  /** Resolves when the server answers. */
  static async start(options: ServerOptions): Promise<VscodeServer> {
    const folder = await mkdtemp(join(tmpdir(), 'vscode-server-'));
    const folders = [
      '--server-data-dir',
      join(folder, 'data'),
      '--extensions-dir',
      join(folder, 'extensions'),
    ];
    const words = ['out/server-main.js', ...folders, '--accept-server-license-terms'];
    await writeSettings(folder, { ...quiet, ...options.settings });
    await writeFile(
      join(folder, 'data', 'data', 'User', 'keybindings.json'),
      JSON.stringify(options.keys ?? []),
    );
    if (options.extension !== undefined) {
      const install = [...words, '--install-extension', options.extension];
      await runTool(process.execPath, install, 'The extension could not be installed.', serverFolder);
    }
    // Port 0: the server takes a free one and says which.
    words.push('--host', '127.0.0.1', '--port', '0', '--disable-telemetry');
    if (options.runsHostTests === true) words.push('--enable-smoke-test-driver');
    if (options.trusted) words.push('--disable-workspace-trust');
    if (options.token === undefined) words.push('--without-connection-token');
    else words.push('--connection-token-file', await writeToken(folder, options.token));
    const server = spawn(process.execPath, words, {
      cwd: serverFolder,
      env: environmentOfServer(options.environment),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that the whole group can be ended.
      detached: true,
    });
    // For the case that this process ends without `stop`.
    const kill = (): void => {
      if (server.pid !== undefined) killGroup(server.pid);
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', kill);
    server.once('exit', () => process.off('exit', kill));
    try {
      return new VscodeServer(await portOf(server), folder, options.token, server);
    } catch (error) {
      await endServer(server, folder);
      throw error;
    }
  }

  /** The address of a page on a workspace folder, with the token. `more` is added to the query. */
  pageOf(workspace: string, more: Readonly<Record<string, string>> = {}): string {
    const page = new URL(`http://127.0.0.1:${this.port}/`);
    if (this.#token !== undefined) page.searchParams.set('tkn', this.#token);
    for (const [name, value] of Object.entries({ folder: workspace, ...more })) {
      page.searchParams.set(name, value);
    }
    return page.href;
  }

  /** Changes the person's settings while VS Code runs: it reloads the file with the settings of the scope `machine`. */
  async changeMachineSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await writeFile(machineSettingsOf(this.folder), JSON.stringify(settings));
  }

  /** Resolves when no process of the server runs any more. */
  async stop(): Promise<void> {
    await endServer(this.#process, this.folder);
  }

  /**
   * After `stop`: resolves when no process of the server is listed any more, not even a dead one, about two seconds
   * later.
   */
  async forgotten(): Promise<void> {
    if (this.#process.pid !== undefined) await groupForgotten(this.#process.pid);
  }
}

/** The environment without the variables that another VS Code sets in its terminal. */
function environmentOfServer(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VSCODE_'));
  return { ...Object.fromEntries(own), ...more };
}

async function endServer(server: ChildProcess, folder: string): Promise<void> {
  if (server.pid !== undefined) await endGroup(server.pid);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * This server keeps a person's settings in its data folder, not in the browser. It reads settings of the scope
 * `machine`, such as all of ours, from a separate file. Any other setting in that file would override a later choice of
 * the person.
 */
async function writeSettings(folder: string, settings: object): Promise<void> {
  const isOurs = ([name]: readonly [string, unknown]): boolean => name.startsWith('workspaceLogs.');
  const entries = Object.entries(settings) as [string, unknown][];
  const files = {
    User: entries.filter((entry) => !isOurs(entry)),
    Machine: entries.filter(isOurs),
  };
  for (const [name, some] of Object.entries(files)) {
    const place = join(folder, 'data', 'data', name);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'settings.json'), JSON.stringify(Object.fromEntries(some), null, 2));
  }
}

function machineSettingsOf(folder: string): string {
  return join(folder, 'data', 'data', 'Machine', 'settings.json');
}

/** The token is in a file, because other users can read the arguments of a command. */
async function writeToken(folder: string, token: string): Promise<string> {
  const file = join(folder, 'token');
  await writeFile(file, token, { mode: 0o600 });
  return file;
}

function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (piece: Buffer): void => {
      if (said.length < 20_000) said += piece.toString();
      const port = /agent listening on (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('error', reject);
    server.once('exit', () => {
      reject(new Error(`The VS Code server did not start.\n${said}`));
    });
  });
}
