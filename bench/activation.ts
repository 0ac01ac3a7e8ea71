import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../scripts/chromium.ts';
import { ensureVscodeServer } from '../scripts/installVscodeServer.ts';
import { VscodeServer } from '../scripts/vscodeServer.ts';
import { median } from './sideBySide.ts';
import { ms, type Row } from './table.ts';

const TURNS = 5;
const LIMIT_MS = 50;
const MARK = '[activation] ';

/**
 * Runs in the extension host: activates the extension, which no event in this workspace has activated yet, and reports
 * VS Code's own times: the time to load the code, and the time of the call of `activate`.
 */
const measuring = `exports.run = async () => {
  const extension = require('vscode').extensions.getExtension('workspace-logs.workspace-logs');
  if (extension.isActive) throw new Error('it is active already');
  const Module = require('node:module');
  const load = Module._load;
  let time = 0;
  const timed = (work) => {
    const start = performance.now();
    const result = work();
    time += performance.now() - start;
    return result;
  };
  Module._load = function (request, ...more) {
    if (!request.endsWith('extension.cjs')) return load.call(this, request, ...more);
    const loaded = timed(() => load.call(this, request, ...more));
    return { ...loaded, activate: (context) => timed(() => loaded.activate(context)) };
  };
  await extension.activate();
  Module._load = load;
  if (time === 0) throw new Error('nothing was measured');
  console.log('${MARK}' + time);
};`;

/** Loading and activating the extension in a real extension host, a new one each turn. */
export async function activationRows(): Promise<readonly Row[]> {
  await ensureVscodeServer();
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-activation-'));
  const tests = join(folder, 'measure.cjs');
  const workspace = join(folder, 'empty');
  writeFileSync(tests, measuring);
  mkdirSync(workspace);
  const server = await VscodeServer.start({ trusted: true, runsHostTests: true });
  const browser = await launchChromium();
  try {
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) times.push(await activate(browser, server, workspace, tests));
    const time = median(times);
    const row = { what: 'activation in VS Code', measured: ms(time), against: '', ratio: '' };
    return [{ ...row, goal: `< ${String(LIMIT_MS)} ms`, met: time < LIMIT_MS }];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function activate(
  browser: Browser,
  server: VscodeServer,
  workspace: string,
  tests: string,
): Promise<number> {
  const page = await browser.newPage();
  const remote = `vscode-remote://127.0.0.1:${String(server.port)}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote + join(import.meta.dirname, '..')],
    ['extensionTestsPath', remote + tests],
    ['skipWelcome', 'true'],
  ]);
  let time = Number.NaN;
  const ended = new Promise<void>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, words: unknown[]) => {
    const said = words.map(String).join(' ');
    if (said.startsWith(MARK)) time = Number(said.slice(MARK.length));
  });
  await page.goto(server.pageOf(workspace, { payload }));
  await ended;
  await page.close();
  return time;
}
