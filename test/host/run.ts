/**
 * Runs the tests of this folder inside VS Code's extension host: bundles them, opens a page on a fresh workspace whose
 * address tells VS Code to load and run the bundle, and ends with its result.
 */
import '../../scripts/endOnSignal.ts';
import { launchChromium } from '../../scripts/chromium.ts';
import { checkout } from '../../scripts/folders.ts';
import { VscodeServer } from '../../scripts/vscodeServer.ts';
import { bundle, bundleTests } from './bundle.ts';
import { REPORT_LINE } from '../../scripts/testing/report.ts';
import { fewLogs, freshWorkspace } from '../e2e/workspaceFolder.ts';

const LIMIT_MS = 480_000;

await bundleTests();
const workspace = await freshWorkspace(fewLogs());
const server = await VscodeServer.start({
  trusted: true,
  runsHostTests: true,
  // The extension's data about this workspace is deleted with the workspace.
  environment: {
    XDG_STATE_HOME: workspace.stateFolder,
    // Variables of the shell that VS Code must not see.
    SESSION_LOG_STORE_ENABLED: 'true',
    SESSION_LOG_DIR: 'from_the_environment',
    SESSION_LOG_ZIP_PASSWORD: 'velvet orbit cactus lantern mosaic',
  },
});
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  const ended = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    setTimeout(resolve, LIMIT_MS, -1).unref();
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, words: unknown[]) => {
    const said = words.map(String).join(' ');
    // All other output of the extension host is noise.
    if (said.startsWith(REPORT_LINE)) console.log(said);
  });
  await page.goto(server.pageOf(workspace.folder, { payload: payload() }));
  const code = await ended;
  if (code === -1) console.error(`VS Code has not run the tests within ${LIMIT_MS / 1000} seconds.`);
  process.exitCode = code === 0 ? 0 : 1;
} finally {
  await browser.close();
  await server.stop();
  await workspace.remove();
}

/** The part of a page's address that VS Code reads: where the extension under development and its tests are. */
function payload(): string {
  const remote = `vscode-remote://127.0.0.1:${server.port}`;
  return JSON.stringify([
    ['extensionDevelopmentPath', remote + checkout],
    ['extensionTestsPath', remote + bundle],
    ['skipWelcome', 'true'],
  ]);
}
