import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { checkout } from '../../scripts/folders.ts';
import { aWeekOfLogs } from './manyLogs.ts';
import { closeMenu, labelsOf, withMenu } from './menu.ts';
import { OpenVscode } from './openVscode.ts';
import { plainWords, pseudo } from './pseudoLanguage.ts';
import { commandIds, paletteTitle } from './titles.ts';
import { comes } from './waitUntil.ts';
import { putPolicy } from './workspaceFolder.ts';

const VIEW = pseudo('Workspace Logs');
const DAY_MS = 86_400_000;
/** Buttons with VS Code's own words. */
const OWN = /^(?:Cancel|OK)$/;

describe('in the pseudo-language no plain word is left', () => {
  let vscode: OpenVscode;
  let texts: string[] = [];
  before(async () => {
    vscode = await OpenVscode.open({ files: { ...aWeekOfLogs(), ...otherLogs() }, git: true, pseudo: true });
    await row('api.log').waitFor();
    await page().setViewportSize({ width: 1700, height: 1300 });
  });
  after(() => vscode.close());

  const page = () => vscode.page.page;
  const tree = (): Locator => vscode.page.view(VIEW);
  const row = (text: string | RegExp): Locator =>
    tree().locator('.monaco-list-row').filter({ hasText: text }).first();
  const form = (id: string): Locator => vscode.page.webview.locator(`#${id}`);

  /** Reads the visible texts of these places, and their texts for screen readers. */
  const read = async (...places: Locator[]): Promise<void> => {
    for (const place of places) texts.push(...(await place.evaluateAll(textsOf)));
  };
  const readRows = (): Promise<void> => read(tree().locator('.monaco-list-row'));
  const readNotifications = async (): Promise<void> => {
    const toasts = page().locator('.notifications-toasts');
    const buttons = toasts.locator('.notification-list-item-buttons-container .monaco-button');
    await read(toasts.locator('.notification-list-item-message'), buttons.filter({ hasNotText: OWN }));
  };
  /** A question at the top of the window or a dialog in its middle, and VS Code's own answer to it. */
  const readQuestions = async (): Promise<void> => {
    // The palette has VS Code's commands and keys, too.
    const palette = page().locator('input[placeholder^="Type the name of a command"]');
    const question = vscode.page.question.filter({ visible: true, hasNot: palette });
    await read(
      question.locator('.quick-input-title'),
      question.locator('.monaco-list-row .quick-input-list-row'),
    );
    await read(vscode.page.dialog.locator('.dialog-message-text, .dialog-message-detail'));
    const buttons = vscode.page.dialog.locator('.monaco-button');
    await read(buttons.filter({ hasNotText: OWN }));
  };
  /** The hover text of a row covers other rows. */
  const away = async (): Promise<void> => {
    await page().keyboard.press('Escape');
    await page().mouse.move(1000, 900);
    await page().locator('.workbench-hover').first().waitFor({ state: 'hidden' });
  };
  const settled = (): Promise<void> => page().waitForTimeout(1000);
  const closed = (): Promise<void> => vscode.page.question.waitFor({ state: 'hidden' });
  /**
   * Waits until a command shows a question or a message. Some show neither, and later texts follow the first ones soon.
   */
  const answered = async (): Promise<void> => {
    const title = vscode.page.question
      .locator('.quick-input-title, .monaco-list-row')
      .filter({ visible: true });
    const anything = title.or(vscode.page.dialog).or(vscode.page.notification(/./));
    await comes(anything.first().waitFor({ timeout: 2000 }));
    await page().waitForTimeout(300);
  };
  const writePolicy = (text: string): Promise<void> =>
    putPolicy(join(vscode.workspace.folder, '.workspace-logs.json'), text);
  /**
   * An element that opened or closed may take the focus from the palette, which then closes; it is opened again, as a
   * person would.
   */
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        return await work();
      } catch {
        await page().keyboard.press('Escape');
        await settled();
      }
    }
    return work();
  };
  const run = (id: string): Promise<void> => again(() => vscode.page.runCommand(pseudo(paletteTitle(id))));

  const nothingPlain = (where: string, walk: () => Promise<void>): void => {
    it(where, async () => {
      texts = [];
      await walk();
      assert.ok(texts.length > 0, 'nothing was read');
      assert.deepEqual(
        [...new Set(texts)].filter((text) => plainWords(text).length > 0),
        [],
      );
      // Thirty commands, one after the other.
    }).timeout(900_000);
  };

  nothingPlain('in what the menus of VS Code offer of ours', async () => {
    const english = Object.values(await englishTexts());
    const ours = (items: string[]): string[] =>
      items.filter((item) => english.includes(item) || /[^\x20-\x7e…]/.test(item));
    texts.push(...ours(await vscode.page.explorer.menuOf('logs')));
    await vscode.page.explorer.unfold('logs');
    texts.push(...ours(await vscode.page.explorer.menuOf('api.log')));
    const open = (): Promise<void> => vscode.page.pressInTitleOf(VIEW, 'More Actions');
    texts.push(...ours(await withMenu(page(), open, () => labelsOf(page()))));
    await closeMenu(page());
    assert.ok(texts.length > 10, texts.join('\n'));
    // Rows that are out of sight are not there to be read.
    await page().locator('.pane-header[aria-label^="Explorer Section"]').click();
  });

  nothingPlain('in the rows of the view and what they say when they are pointed at', async () => {
    for (const label of [pseudo('Other Logs'), 'worker']) {
      const group = row(label);
      if ((await group.getAttribute('aria-expanded')) === 'false')
        await group.locator('.monaco-tl-twistie').click();
    }
    await readRows();
    for (const name of ['billing', 'api.log']) {
      await row(name).hover();
      const hover = page().locator(
        '.workbench-hover-container .hover-contents, .workbench-hover .hover-contents',
      );
      await hover.first().waitFor();
      await read(hover);
      await away();
    }
  });

  nothingPlain('in the menus of the rows', async () => {
    for (const name of ['billing', 'api.log', 'api.1.log', 'worker.log']) {
      texts.push(...(await vscode.page.logs.menuOf(row(name))));
      await away();
    }
    await row('api.log').hover();
    await read(row('api.log').locator('.actions .action-label'));
    await away();
  });

  nothingPlain('in the form: its fields, what is wrong in them, and what would be done', async () => {
    await run('workspaceLogs.configure');
    await form('summary').filter({ hasText: /\d/ }).waitFor();
    await read(vscode.page.webview.locator('body'));
    texts.push(...(await vscode.page.tabs()));
    const fields = ['maxFile', 'keepPlain', 'maxAge', 'maxFolder'];
    for (const id of fields) await form(id).locator('input').fill('x');
    await form('exclude').locator('textarea').fill('**\nhealth');
    await form('maxFolder-error').filter({ hasText: /\S/ }).waitFor();
    await read(vscode.page.webview.locator('body'));
    for (const id of fields) await form(id).locator('input').fill('1');
    await form('steps').locator('tbody tr').first().waitFor();
    await form('exclude-warning').filter({ hasText: /\S/ }).waitFor();
    await read(vscode.page.webview.locator('body'));
  });

  nothingPlain('in what saving and maintenance say', async () => {
    await form('exclude').locator('textarea').fill('');
    await form('exclude-warning').filter({ hasText: /\S/ }).waitFor({ state: 'hidden' });
    await form('save').click();
    await page().locator('.notifications-toasts .notification-list-item').first().waitFor();
    await page().waitForTimeout(1500);
    await readNotifications();
    await run('workspaceLogs.runMaintenance');
    await page().waitForTimeout(3000);
    await readNotifications();
    await readRows();
  });

  nothingPlain('in the plan', async () => {
    await run('workspaceLogs.previewMaintenance');
    await vscode.page.tabInFront('billing');
    texts.push(...(await vscode.page.editorText()).split('\n'), ...(await vscode.page.tabs()));
  });

  nothingPlain('in what any command asks or says', async () => {
    // The form would take the keys that are meant for VS Code, and was read before.
    const ids = commandIds().filter((id) => id !== 'workspaceLogs.configure');
    for (const whole of new Set(ids.map((id) => pseudo(paletteTitle(id))))) {
      const offered = await again(() => vscode.page.commands(whole));
      await closed();
      if (!offered.includes(whole)) continue;
      await vscode.page.silence();
      await again(() => vscode.page.runCommand(whole));
      await answered();
      await readQuestions();
      await readNotifications();
      await page().keyboard.press('Escape');
      await page().keyboard.press('Escape');
      await closed();
    }
  });

  nothingPlain('in what is said about a damaged policy', async () => {
    await writePolicy('{ "version": 1, "rotation": 5, "x": }');
    await tree().locator('.monaco-list-row').first().locator('.codicon-warning').waitFor();
    await settled();
    await readNotifications();
    await readRows();
  });

  nothingPlain('in what is said about a policy that deletes more', async () => {
    await writePolicy('{ "version": 1, "workspaceId": "billing", "retention": { "maxAge": { "days": 1 } } }');
    await row('retention.maxAge').waitFor();
    await settled();
    await readNotifications();
    await readRows();
    await rm(join(vscode.workspace.folder, '.workspace-logs.json'));
  });

  nothingPlain('in a workspace without a policy, and what Initialize says', async () => {
    await row('billing')
      .filter({ hasText: pseudo('no policy') })
      .waitFor();
    await readRows();
    await run('workspaceLogs.initialize');
    await page().waitForTimeout(1500);
    await readNotifications();
  });

  nothingPlain('in the walkthrough', async () => {
    await again(() => vscode.page.runCommand('Welcome: Open Walkthrough'));
    await vscode.page.pick(pseudo('Get Started with Workspace Logs'));
    const steps = page().locator('.getting-started-step');
    await steps.first().waitFor();
    for (const step of await steps.all()) {
      await step.click();
      await read(step.locator('.step-title'), step.locator('.step-description-container .step-description'));
      await read(step.locator('.monaco-button'));
      texts.push((await page().locator('.getting-started-media img').first().getAttribute('alt')) ?? '');
    }
    await read(
      page().locator('.getting-started-detail-title .category-title, .category-description-container h2'),
    );
  });

  nothingPlain('in the setting', async () => {
    await settled();
    await again(() => vscode.page.runCommand('Preferences: Open Settings (UI)'));
    await page().locator('.settings-editor .suggest-input-container').click();
    // At once: while a person types there, VS Code offers words and may take one of them.
    await page().keyboard.insertText('workspaceLogs.maintenance.intervalMinutes');
    // It belongs to the machine that holds the logs.
    await page()
      .locator('.settings-editor .settings-tabs-widget .action-label')
      .filter({ hasText: 'Remote' })
      .click();
    const description = page().locator('.settings-editor .setting-item-description');
    const setting = description.filter({ hasText: pseudo('How often maintenance runs') }).first();
    await setting.waitFor();
    await read(setting);
  });
});

async function englishTexts(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(checkout, 'package.nls.json'), 'utf8')) as Record<string, string>;
}

/** Logs of other programs, one that an interrupted run left, and one that is due. */
function otherLogs(): Record<string, string> {
  const day = new Date(Date.now() - 300 * DAY_MS).toISOString().slice(0, 10);
  return {
    'logs/worker.log': 'started\n',
    'logs/worker.log.1': 'started\n',
    [`logs/api.${day}.log.zip.tmp-0123456789abcdef`]: 'x',
  };
}

/** The part of a node of the page that is used here. */
interface PageNode {
  readonly nodeType: number;
  readonly data: string;
  readonly localName: string;
  readonly shadowRoot: PageNode | null;
  readonly childNodes: Iterable<PageNode>;
  checkVisibility(): boolean;
  getAttribute(name: string): string | null;
}

/** Runs in the page: visible texts of elements, their names and hints, and what is in their shadow. */
function textsOf(elements: unknown[]): string[] {
  const texts: string[] = [];
  const silent = ['style', 'script', 'textarea', 'input'];
  const visit = (node: PageNode): void => {
    if (node.nodeType === 3) texts.push(node.data.trim());
    if (node.nodeType === 1) {
      // The choices of a box are shown when it is opened.
      const isShown = node.localName === 'vscode-option' || node.checkVisibility();
      const isKeys = node.getAttribute('class')?.includes('monaco-keybinding') === true;
      if (silent.includes(node.localName) || isKeys || !isShown) return;
      for (const name of ['aria-label', 'title', 'placeholder', 'label', 'alt'])
        texts.push(node.getAttribute(name) ?? '');
      if (node.shadowRoot !== null) visit(node.shadowRoot);
    }
    for (const child of node.childNodes) visit(child);
  };
  for (const element of elements) visit(element as PageNode);
  return texts.filter((text) => text !== '');
}
