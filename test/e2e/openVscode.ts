import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium, launchProfile } from '../../scripts/chromium.ts';
import { packedExtension, workFolder } from '../../scripts/folders.ts';
import { VscodeServer } from '../../scripts/vscodeServer.ts';
import { speakPseudo } from './pseudoLanguage.ts';
import { themes, type Theme } from './themes.ts';
import { VscodePage } from './vscodePage.ts';
import { comes } from './waitUntil.ts';
import { fewLogs, freshWorkspace, type Files, type WorkspaceFolder } from './workspaceFolder.ts';

export interface OpenOptions {
  /** The files of the workspace; a few logs by default. */
  readonly files?: Files;
  readonly theme?: Theme;
  /** Opens the workspace in Restricted Mode, as one that nobody said to trust. */
  readonly restricted?: boolean;
  /** Makes the workspace a Git repository. */
  readonly git?: boolean;
  /** Settings of the person. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Opens VS Code in the pseudo-language, which the extension then speaks: everything but VS Code's own words. */
  readonly pseudo?: boolean;
  /** Secrets outlast a reload of the page; else they are kept in its memory. */
  readonly keepsSecrets?: boolean;
  /** Variables of the environment that VS Code is started in. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A packed extension in place of this checkout's; null: none. */
  readonly extension?: string | null;
  /** A folder in which the browser keeps its profile; else Playwright takes one. */
  readonly profile?: string;
}

/** Many times what it takes: a machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** A VS Code with the packed extension and a workspace of its own, as one person sees it. */
export class OpenVscode {
  readonly page: VscodePage;
  readonly workspace: WorkspaceFolder;
  readonly server: VscodeServer;
  readonly #closing: (() => Promise<unknown>)[];

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
        trusted: options.restricted !== true,
        settings: {
          'workbench.colorTheme': themes[options.theme ?? 'dark'].id,
          // A row for each folder, also for one that holds nothing but another folder.
          'explorer.compactFolders': false,
          // Files change when a test says so. Those about background maintenance ask for it.
          'workspaceLogs.maintenance.intervalMinutes': 0,
          ...options.settings,
        },
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

  /** Loads the page anew: the extension is started again. */
  async reload(): Promise<void> {
    await show(this.page.page, this.server.pageOf(this.workspace.folder));
  }

  /**
   * Opens a workspace file instead. Right after its start the server sometimes has no folders to show for it; a person
   * loads the page anew.
   */
  async openWorkspaceFile(file: string): Promise<void> {
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
    for (const close of this.#closing.splice(0)) await close();
  }
}

async function newContext(
  profile: string | undefined,
  closing: (() => Promise<unknown>)[],
): Promise<BrowserContext> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const options = { viewport: { width: 1280, height: 800 }, permissions };
  if (profile !== undefined) {
    const context = await launchProfile(profile, options);
    // Who has a profile to look into may have killed the browser.
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
