import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { VscodeServer } from '../../scripts/vscodeServer.ts';
import type { Crowd } from './crowds.ts';

const MARK = '[stall] ';

/**
 * Runs in the extension host beside the extension, and reports every tenth of a second the longest time that its thread
 * was blocked. A timer fires every 5 ms; this interval is subtracted.
 */
const watching = `exports.run = () => {
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  setInterval(() => {
    console.log('${MARK}' + Math.max(0, delays.max / 1e6 - 5));
    delays.reset();
  }, 100);
  return new Promise(() => undefined);
};`;

/** Runs in the page: records the tasks that blocked it. */
const watchPage = `globalThis.stalls = [];
new PerformanceObserver((list) => globalThis.stalls.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: 'longtask' });`;

interface Stalls {
  readonly page: number;
  readonly host: number;
}

/** The view of a workspace in its initial state, after it has come to rest. */
export interface OpenTree {
  wait(time: number): Promise<void>;
  /** The longest stalls while `work` runs, in ms. A task of the page that is shorter than 50 ms does not count. */
  stalls(work: () => Promise<void>): Promise<Stalls>;
  /** Expands a row by a click. @returns the time from the click until a row below it is painted, in ms */
  unfold(label: string, row: string): Promise<number>;
  /** Makes a new file. @returns the time until its row is painted, in ms */
  change(crowd: Crowd, change: number): Promise<number>;
  close(): Promise<void>;
}

export async function openTree(
  browser: Browser,
  server: VscodeServer,
  workspace: string,
  folder: string,
): Promise<OpenTree> {
  const tests = join(folder, 'watch.cjs');
  writeFileSync(tests, watching);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  let hostStalls: number[] = [];
  await page.exposeFunction('codeAutomationExit', () => undefined);
  await page.exposeFunction('codeAutomationLog', (_type: string, words: unknown[]) => {
    const said = words.map(String).join(' ');
    if (said.startsWith(MARK)) hostStalls.push(Number(said.slice(MARK.length)));
  });
  await page.addInitScript(watchPage);
  await page.goto(server.pageOf(workspace, { payload: payloadOf(server, tests) }));
  const view = page.locator('.pane').filter({
    has: page.locator('.pane-header[aria-label="Workspace Logs Section"]'),
  });
  await view.locator('.monaco-list-row').nth(1).waitFor({ timeout: 120_000 });
  // The explorer is collapsed to make room for the view.
  await page.locator('.pane-header').first().click();
  const made: string[] = [];
  await settled(view, () => hostStalls.length);

  return {
    wait: (time) => page.waitForTimeout(time),
    async stalls(work) {
      hostStalls = [];
      await page.evaluate('globalThis.stalls.splice(0)');
      await work();
      const pageStalls = await page.evaluate<number[]>('globalThis.stalls');
      return { page: Math.max(0, ...pageStalls), host: Math.max(0, ...hostStalls) };
    },
    async unfold(label, row) {
      const parent = rowOf(view, label);
      await parent.waitFor();
      const seen = painted(page, row, true);
      await page.waitForTimeout(100);
      await parent.locator('.monaco-tl-twistie').click();
      return seen;
    },
    async change({ changing }, change) {
      const { name, row } = changing(change);
      const path = join(workspace, 'logs', name);
      made.push(path);
      const seen = painted(page, row, false);
      await page.waitForTimeout(100);
      const begin = performance.timeOrigin + performance.now();
      writeFileSync(path, 'x');
      return (await seen) - begin;
    },
    async close() {
      await page.close();
      for (const path of made) rmSync(path);
    },
  };
}

function payloadOf(server: VscodeServer, tests: string): string {
  const remote = `vscode-remote://127.0.0.1:${String(server.port)}`;
  return JSON.stringify([
    ['extensionDevelopmentPath', remote + join(import.meta.dirname, '..', '..')],
    ['extensionTestsPath', remote + tests],
    ['skipWelcome', 'true'],
  ]);
}

function rowOf(view: Locator, label: string): Locator {
  return view.locator('.monaco-list-row').filter({ hasText: label }).first();
}

/**
 * Resolves when the first look has ended: reading the times of entries takes a while, and rows change when they are
 * known.
 */
async function settled(view: Locator, reports: () => number): Promise<void> {
  let quiet = 0;
  let before = '';
  while (quiet < 5 || reports() === 0) {
    await view.page().waitForTimeout(1000);
    const now = (await view.locator('.monaco-list-row').allInnerTexts()).join();
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

/**
 * Runs in the page: the time when a row is painted that begins with `row`. @returns ms since the next click, or, as a
 * point in time, since 1970
 */
function painted(page: Page, row: string, sinceClick: boolean): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const view = document.querySelector('.pane-header[aria-label="Workspace Logs Section"]').parentElement;
    const isThere = () => [...view.querySelectorAll('.monaco-list-row')].some((row) => row.textContent.trim().startsWith(${JSON.stringify(row)}));
    const poll = (begin) => isThere() ? resolve(performance.now() - begin) : requestAnimationFrame(() => poll(begin));
    if (${String(sinceClick)}) view.addEventListener('mousedown', () => poll(performance.now()), { capture: true, once: true });
    else poll(-performance.timeOrigin);
  })`);
}
