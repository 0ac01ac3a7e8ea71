import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { checkout } from '../../scripts/folders.ts';
import { aWeekOfLogs } from './manyLogs.ts';
import { OpenVscode } from './openVscode.ts';
import { plainWords, pseudo } from './pseudoLanguage.ts';

const VIEW = pseudo('Workspace Logs');
const DAY_MS = 86_400_000;

describe('in the pseudo-language no plain word is left', () => {
  let vscode: OpenVscode;
  let texts: string[] = [];
  before(async () => {
    vscode = await OpenVscode.open({ files: { ...aWeekOfLogs(), ...otherLogs() }, git: true, pseudo: true });
    await row('api.log').waitFor();
  });
  after(() => vscode.close());

  const page = () => vscode.page.page;
  const tree = (): Locator => vscode.page.view(VIEW);
  const row = (text: string | RegExp): Locator =>
    tree().locator('.monaco-list-row').filter({ hasText: text }).first();
  const form = (id: string): Locator => vscode.page.webview.locator(`#${id}`);

  /** Reads what stands in these places, and what they say to those who hear it. */
  const read = async (...places: Locator[]): Promise<void> => {
    for (const place of places)
      for (const one of await place.all()) texts.push(...((await one.evaluate(textsOf)) as string[]));
  };
  const readRows = (): Promise<void> => read(tree().locator('.monaco-list-row'));
  const readNotifications = async (): Promise<void> => {
    const parts = [
      '.notification-list-item-message',
      '.notification-list-item-buttons-container .monaco-button',
    ];
    await read(...parts.map((part) => page().locator(`.notifications-toasts ${part}`)));
  };
  /** A question at the top of the window or a dialog in its middle, and VS Code's own answer to it. */
  const readQuestions = async (): Promise<void> => {
    const question = vscode.page.question.filter({ visible: true });
    await read(
      question.locator('.quick-input-title'),
      question.locator('.monaco-list-row .quick-input-list-row'),
    );
    await read(vscode.page.dialog.locator('.dialog-message-text, .dialog-message-detail'));
    const buttons = vscode.page.dialog.locator('.monaco-button');
    await read(buttons.filter({ hasNotText: /^(?:Cancel|OK)$/ }));
  };
  const run = (english: string): Promise<void> =>
    vscode.page.runCommand(pseudo(`Workspace Logs: ${english}`));

  const nothingPlain = (where: string, walk: () => Promise<void>): void => {
    it(where, async () => {
      texts = [];
      await walk();
      assert.ok(texts.length > 0, 'nothing was read');
      assert.deepEqual(
        [...new Set(texts)].filter((text) => plainWords(text).length > 0),
        [],
      );
    });
  };

  nothingPlain('in the rows of the view and what they say when they are pointed at', async () => {
    for (const label of ['Other Logs', 'API Logs']) {
      const group = row(pseudo(label));
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
      await page().mouse.move(900, 700);
      await hover.first().waitFor({ state: 'hidden' });
    }
  });

  nothingPlain('in the menus of the rows', async () => {
    for (const name of ['billing', 'api.log', 'api.1.log', pseudo('API Logs')])
      texts.push(...(await vscode.page.logs.menuOf(row(name))));
    await row('api.log').hover();
    await read(row('api.log').locator('.actions .action-label'));
  });

  nothingPlain('in the form: its fields, what is wrong in them, and what would be done', async () => {
    await run('Configure Logging');
    await form('summary').filter({ hasText: /\d/ }).waitFor();
    await read(vscode.page.webview.locator('body'));
    const { title } = JSON.parse(JSON.stringify({ title: await vscode.page.tabs() })) as { title: string[] };
    texts.push(...title);
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
    await run('Run Maintenance Now');
    await page().waitForTimeout(3000);
    await readNotifications();
    await readRows();
  });

  nothingPlain('in the plan', async () => {
    await run('Preview Maintenance');
    await vscode.page.tabInFront('billing');
    texts.push(...(await vscode.page.editorText()).split('\n'), ...(await vscode.page.tabs()));
  });

  nothingPlain('in what any command asks or says', async () => {
    const manifest = JSON.parse(await readFile(join(checkout, 'package.nls.json'), 'utf8')) as Record<
      string,
      string
    >;
    const commands = Object.entries(manifest).filter(([key]) => key.startsWith('command.'));
    for (const [, title] of commands) {
      const whole = pseudo(`Workspace Logs: ${title}`);
      if (!(await vscode.page.commands(whole)).includes(whole)) continue;
      await vscode.page.runCommand(whole);
      await page().waitForTimeout(1000);
      await readQuestions();
      await readNotifications();
      await page().keyboard.press('Escape');
      await page().keyboard.press('Escape');
    }
  });

  nothingPlain('in what is said about a damaged policy', async () => {
    await writeFile(
      join(vscode.workspace.folder, '.workspace-logs.json'),
      '{ "version": 1, "rotation": 5, "x": }',
    );
    await tree().locator('.monaco-list-row').first().locator('.codicon-warning').waitFor();
    await page().waitForTimeout(1000);
    await readNotifications();
    await readRows();
    await rm(join(vscode.workspace.folder, '.workspace-logs.json'));
  });

  nothingPlain('in a workspace without a policy, and what Initialize says', async () => {
    await row('billing')
      .filter({ hasText: pseudo('no policy') })
      .waitFor();
    await readRows();
    await run('Initialize');
    await page().waitForTimeout(1500);
    await readNotifications();
  });

  nothingPlain('in the walkthrough', async () => {
    await page().setViewportSize({ width: 1700, height: 950 });
    await vscode.page.runCommand('Welcome: Open Walkthrough');
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
    await vscode.page.runCommand('Preferences: Open Settings (UI)');
    await page().locator('.settings-editor .suggest-input-container').click();
    await page().keyboard.type('@ext:workspace-logs.workspace-logs');
    const setting = page().locator('.settings-editor .setting-item-description').first();
    await setting.waitFor();
    await read(setting);
  });
});

/** Logs of other programs, one that an interrupted run left, and one that is due. */
function otherLogs(): Record<string, string> {
  const day = new Date(Date.now() - 300 * DAY_MS).toISOString().slice(0, 10);
  return {
    'logs/worker.log': 'started\n',
    'logs/worker.log.1': 'started\n',
    [`logs/api.${day}.log.zip.tmp-0123456789abcdef`]: 'x',
  };
}

/** Visible texts of an element, its names and hints, and those in shadow; the page's own code, so a text itself. */
const textsOf = `(root) => {
  const texts = [];
  const isShown = (element) => element.localName === 'vscode-option' || element.checkVisibility();
  const visit = (node) => {
    if (node.nodeType === 3) texts.push(node.data.trim());
    if (node.nodeType === 1) {
      if (['style', 'script', 'textarea', 'input'].includes(node.localName) || !isShown(node)) return;
      for (const name of ['aria-label', 'title', 'placeholder', 'label', 'alt'])
        texts.push(node.getAttribute(name) ?? '');
      if (node.shadowRoot) visit(node.shadowRoot);
    }
    node.childNodes.forEach(visit);
  };
  visit(root);
  return texts.filter((text) => text !== '');
}`;
