import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium, launchProfile } from '../../scripts/chromium.ts';
import { packedExtension, workFolder } from '../../scripts/folders.ts';
import { witnesses } from '../../scripts/testing/witnesses.ts';
import { VscodeServer } from '../../scripts/vscodeServer.ts';
import { speakPseudo } from './pseudoLanguage.ts';
import { themes, type Theme } from './themes.ts';
import {
  CLOSE_EDITORS,
  COPY_PATHS,
  FOLD_LOGS,
  FORGET,
  PUT_AWAY,
  SILENCE,
  USUAL_SIZE,
  VscodePage,
} from './vscodePage.ts';
import { comes } from './waitUntil.ts';
import { fewLogs, freshWorkspace, type Files, type WorkspaceFolder } from './workspaceFolder.ts';

/** The options that an open window can be reset to. */
export interface FreshOptions {
  /** The files of the workspace; a few logs by default. */
  readonly files?: Files;
  readonly theme?: Theme;
  /** Makes the workspace a Git repository. */
  readonly git?: boolean;
  /** How often maintenance comes by itself, in minutes; 0, never, by default. */
  readonly maintainedEvery?: number;
}

export interface OpenOptions extends Omit<FreshOptions, 'maintainedEvery'> {
  /** Opens the workspace in Restricted Mode, because it is not trusted. */
  readonly restricted?: boolean;
  /** Settings of the person. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Opens VS Code in the pseudo-language, which the extension then speaks: everything but VS Code's own words. */
  readonly pseudo?: boolean;
  /** Secrets outlast a reload of the page, as in the window that is shared; else they are kept in its memory. */
  readonly keepsSecrets?: boolean;
  /** Variables of the environment that VS Code is started in. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A packed extension in place of this checkout's; null: none. */
  readonly extension?: string | null;
  /** A folder in which the browser keeps its profile; else Playwright takes one. */
  readonly profile?: string;
}

/** Those that a person sees something of beside logs. The others, for languages and debuggers, take a tenth of a start. */
const BUILT_IN = [
  ...['configuration-editing', 'diff', 'git', 'git-base', 'json', 'json-language-features', 'log'],
  ...['markdown-basics', 'markdown-language-features', 'merge-conflict', 'search-result'],
  ...['theme-defaults', 'theme-modern-icons', 'theme-seti'],
];

const INTERVAL = 'workspaceLogs.maintenance.intervalMinutes';

/** Many times the usual time, because a machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** A VS Code with the packed extension and a workspace of its own, as one person sees it. */
export class OpenVscode {
  readonly page: VscodePage;
  readonly workspace: WorkspaceFolder;
  readonly server: VscodeServer;
  /** Whether a test failed while it was open. */
  hasFailed = false;
  readonly #closing: (() => Promise<unknown>)[];
  /** Whether it shows a workspace file in place of the folder. */
  #showsFile = false;
  #maintainedEvery = 0;
  #secondPage: Page | undefined;
  readonly #consoleLines: string[] = [];
  readonly #pictures: Promise<string>[] = [];

  private constructor(
    page: VscodePage,
    workspace: WorkspaceFolder,
    server: VscodeServer,
    closing: (() => Promise<unknown>)[],
  ) {
    this.page = page;
    this.workspace = workspace;
    this.server = server;
    this.#closing = closing;
    page.page.on('console', (message) => this.#consoleLines.push(message.text()));
    page.page.on('crash', () => this.#consoleLines.push('The page crashed.'));
    page.page.on('close', () => this.#consoleLines.push('The page was closed.'));
    witnesses.add(this.#witness);
    this.#closing.unshift(() => Promise.resolve(witnesses.delete(this.#witness)));
  }

  /** The screenshot of a failed test. The window stays open until the screenshot is on disk. */
  readonly #witness = (title: string): Promise<string> => {
    this.hasFailed = true;
    const picture = this.#keepPicture(title);
    this.#pictures.push(picture);
    return picture;
  };

  async #keepPicture(title: string): Promise<string> {
    // Another window that is open, too, has a folder of its own.
    const name = `${title.replace(/[^\w]+/g, '-').slice(0, 150)}-${basename(dirname(this.workspace.folder))}`;
    const place = join(workFolder, 'failures', name);
    await mkdir(place, { recursive: true });
    await this.page.page
      .screenshot({ path: join(place, 'window.png') })
      .catch((error: unknown) => this.#consoleLines.push(`There is no picture: ${String(error)}`));
    const lines = [...this.#consoleLines, 'The server:', ...this.server.said];
    await writeFile(join(place, 'window.log'), lines.join('\n'));
    const shown = await this.page.shown().catch(() => 'nothing that can be read');
    return `The window, and what VS Code wrote: ${place}\nThe window shows ${shown}`;
  }

  /** Resolves when the explorer shows the workspace. */
  static async open(options: OpenOptions = {}): Promise<OpenVscode> {
    const closing: (() => Promise<unknown>)[] = [];
    try {
      const workspace = await freshWorkspace(options.files ?? fewLogs());
      closing.unshift(() => workspace.remove());
      if (options.git === true) execFileSync('git', ['init', '--quiet'], { cwd: workspace.folder });
      const extension = options.extension === undefined ? packedExtension : options.extension;
      const server = await VscodeServer.start({
        ...(extension !== null && { extension }),
        builtIn: BUILT_IN,
        trusted: options.restricted !== true,
        settings: {
          'workbench.colorTheme': themes[options.theme ?? 'dark'].id,
          // A row for each folder, also for one that holds nothing but another folder.
          'explorer.compactFolders': false,
          // Files change only when a test changes them. Tests of background maintenance set the interval.
          [INTERVAL]: 0,
          ...options.settings,
        },
        keys: [
          { key: PUT_AWAY.bound, command: 'runCommands', args: { commands: PUT_AWAY.commands } },
          { key: CLOSE_EDITORS.bound, command: CLOSE_EDITORS.command },
          { key: SILENCE.bound, command: SILENCE.command },
          { key: FOLD_LOGS.bound, command: FOLD_LOGS.command },
          { key: FORGET.bound, command: FORGET.command },
          { key: COPY_PATHS.bound, command: COPY_PATHS.command, args: COPY_PATHS.args },
        ],
        environment: { ...options.environment, XDG_STATE_HOME: workspace.stateFolder },
      });
      closing.unshift(() => server.stop());
      const context = await newContext(options.profile, closing);
      context.setDefaultTimeout(PATIENCE_MS);
      if (options.pseudo === true) await speakPseudo(server, context);
      const page = await context.newPage();
      const address = server.pageOf(workspace.folder);
      if (options.keepsSecrets === true) await keepSecrets(context, address);
      await show(page, address);
      return new OpenVscode(new VscodePage(page), workspace, server, closing);
    } catch (error) {
      for (const close of closing) await close();
      throw error;
    }
  }

  /**
   * Resets the window to its first state and gives the workspace other files: closes editors, questions and
   * notifications, deletes the extension's data about the workspace, and waits for the rows of the new files. It takes
   * a hundredth of the time of opening a window.
   */
  async refill({
    files = fewLogs(),
    git = false,
    theme = 'dark',
    maintainedEvery = 0,
  }: FreshOptions): Promise<void> {
    await this.#closeSecondWindow();
    await this.#maintainEvery(maintainedEvery);
    if (this.#showsFile) await this.reload();
    await this.page.putAway();
    await this.page.forgetPasswords();
    await this.page.putAway();
    // A row that is scrolled out of sight is not there to be found.
    await this.page.logs.scrollUp();
    // VS Code remembers which rows are unfolded, even of rows that disappear and come back.
    await this.page.foldAsAtFirst();
    await this.workspace.empty();
    await this.page.explorer.emptied();
    await this.page.logsGone();
    await this.workspace.fill(files);
    if (git) execFileSync('git', ['init', '--quiet'], { cwd: this.workspace.folder });
    await this.page.explorer.filled(Object.keys(files), () => this.page.putAway());
    await this.page.haveTheme(theme);
    if ('logs/api.log' in files) await this.#logsShown();
  }

  /** Waits until the view shows the first log; rows that come above the first one in sight move it down. */
  async #logsShown(): Promise<void> {
    const first = this.page.logs.row('api.log');
    for (let tries = 1; tries < 6; tries += 1) {
      if (await comes(first.waitFor({ timeout: 5000 }))) return;
      await this.page.logs.scrollUp();
    }
    await first.waitFor({ timeout: 5000 });
  }

  /** Reloads the page, which restarts the extension. */
  async reload(): Promise<void> {
    this.#showsFile = false;
    await show(this.page.page, this.server.pageOf(this.workspace.folder));
  }

  /** Another window of the same person on the same folder, with an extension host of its own. The next test has it no more. */
  async openSecondWindow(): Promise<VscodePage> {
    const page = await this.page.page.context().newPage();
    this.#secondPage = page;
    await show(page, this.server.pageOf(this.workspace.folder));
    return new VscodePage(page);
  }

  /** Its page is left first: VS Code then ends the extension host, for which it would wait after a page that is just gone. */
  async #closeSecondWindow(): Promise<void> {
    const page = this.#secondPage;
    this.#secondPage = undefined;
    await page?.goto('about:blank');
    await page?.close();
  }

  /** The title says the interval, too, by which is seen that the settings were read. */
  async #maintainEvery(minutes: number): Promise<void> {
    if (minutes === this.#maintainedEvery) return;
    this.#maintainedEvery = minutes;
    const title = `maintained every ${String(minutes)} minutes`;
    await this.server.changeMachineSettings({ [INTERVAL]: minutes, 'window.title': title });
    await this.page.page.waitForFunction(`document.title.includes(${JSON.stringify(title)})`);
  }

  /**
   * Opens a workspace file instead. Right after its start the server sometimes has no folders for it; then the page is
   * reloaded, as a person would.
   */
  async openWorkspaceFile(file: string): Promise<void> {
    this.#showsFile = true;
    const address = this.server.pageOf(this.workspace.folder, { workspace: file });
    for (let tries = 1; tries < 5; tries += 1) {
      const isShown = await comes(show(this.page.page, address, tries * 10_000));
      if (isShown) return;
    }
    throw new Error(`VS Code shows no folder of ${file}.`);
  }

  /** Takes a picture for a person to look at, into `.work/screenshots/`. */
  async screenshot(name: string): Promise<void> {
    const folder = join(workFolder, 'screenshots');
    await mkdir(folder, { recursive: true });
    await this.page.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** Closing twice is safe. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pictures);
    for (const close of this.#closing.splice(0)) await close();
  }
}

async function newContext(
  profile: string | undefined,
  closing: (() => Promise<unknown>)[],
): Promise<BrowserContext> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const options = { viewport: USUAL_SIZE, permissions };
  if (profile !== undefined) {
    const context = await launchProfile(profile, options);
    // A test that inspects the profile may have killed the browser.
    closing.unshift(() => context.close().catch(() => undefined));
    return context;
  }
  const browser = await launchChromium();
  closing.unshift(() => browser.close());
  return browser.newContext(options);
}

/** Plays the server that holds one half of the key with which a page encrypts its secrets. */
async function keepSecrets(context: BrowserContext, address: string): Promise<void> {
  const path = '/mint-key';
  const { origin } = new URL(address);
  await context.addCookies([
    { name: 'vscode-secret-key-path', value: encodeURIComponent(path), url: origin },
  ]);
  await context.route(`**${path}`, (route) => route.fulfill({ body: Buffer.alloc(32, 7) }));
}

async function show(page: Page, address: string, timeout = PATIENCE_MS): Promise<void> {
  await page.goto(address);
  await page.locator('.monaco-workbench').waitFor();
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout });
}
