import { AxeBuilder } from '@axe-core/playwright';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { choose, chooseAt, closeMenu, labelsOf, withMenu } from './menu.ts';
import { themes, type Theme } from './themes.ts';
import { Tree } from './tree.ts';
import { comes } from './waitUntil.ts';
import { title } from './titles.ts';

const VIEW = title('workspaceLogs.logs');

/** A window of VS Code as a person sees and uses it. */
export class VscodePage {
  readonly page: Page;
  /** The explorer's tree of files. */
  readonly explorer: Tree;
  /** The view “Workspace Logs”. */
  readonly logs: Tree;

  constructor(page: Page) {
    this.page = page;
    this.explorer = new Tree(page, page.locator('.explorer-folders-view'));
    this.logs = new Tree(page, this.view(VIEW));
  }

  /**
   * Closes everything that is open (menus, questions, editors, notifications) and shows both sections of the side bar,
   * in a window of the usual size. It uses the key that `OpenVscode` binds, because the palette would take seconds.
   */
  async putAway(): Promise<void> {
    const { page } = this;
    await page.setViewportSize(USUAL_SIZE);
    await page.mouse.move(1, 1);
    const left = page.locator(
      '.monaco-menu, .monaco-dialog-box, .quick-input-widget:visible, .tabs-container .tab, .notification-list-item',
    );
    for (let tries = 1; ; tries += 1) {
      // A menu or a question would keep the key to itself.
      for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Escape');
      await page.keyboard.press(PUT_AWAY.pressed);
      if (await comes(left.first().waitFor({ state: 'hidden', ...PATIENCE }))) break;
      if (tries === 5) throw new Error(`still there: ${await left.first().innerText()}`);
      // The focused element may swallow the key.
      await page.locator('.part.statusbar').click({ position: { x: 300, y: 5 }, force: true });
    }
    for (const name of ['Explorer', VIEW]) {
      const header = page.locator(`.pane-header[aria-label^="${name} Section"]`);
      if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    }
  }

  /** Makes the extension forget the passwords of another test. */
  async forgetPasswords(): Promise<void> {
    await this.page.keyboard.press(FORGET.pressed);
    await this.dialog.getByRole('button', { name: 'Forget Passwords' }).click();
    await this.told('All passwords of archives are forgotten.');
  }

  /** Waits until the view shows no log of a workspace that was emptied. */
  async logsGone(): Promise<void> {
    const rows = this.view(VIEW).locator('.monaco-list-row');
    await rows.nth(1).waitFor({ state: 'detached' });
  }

  /**
   * Folds the rows of the logs as they are when they are first shown: the workspace and its API logs are unfolded, all
   * others are folded, also those that are scrolled out of sight.
   */
  async foldAsAtFirst(): Promise<void> {
    const workspace = this.logs.row(this.view(VIEW).locator('.monaco-list-row').first());
    if ((await workspace.count()) === 0) return;
    const unfolded = this.view(VIEW).locator('.monaco-list-row[aria-expanded=true]');
    for (let tries = 1; (await unfolded.count()) > 0 && tries < 6; tries += 1) {
      await this.page.keyboard.press(FOLD_LOGS.pressed);
      await comes(unfolded.first().waitFor({ state: 'detached', ...PATIENCE }));
    }
    await this.logs.unfold(workspace);
    if ((await this.logs.row('API Logs').count()) > 0) await this.logs.unfold('API Logs');
  }

  /** Changes the colour theme, unless it is this one. */
  async haveTheme(theme: Theme): Promise<void> {
    const has = (await this.page.locator(`.monaco-workbench.${themes[theme].cssClass}`).count()) > 0;
    if (!has) await this.changeTheme(theme);
  }

  /** A section of the side bar, by its title. */
  view(title: string): Locator {
    const header = this.page.locator(`.pane-header[aria-label="${title} Section"]`);
    return this.page.locator('.pane').filter({ has: header });
  }

  /** Presses a button in the title of a section, which shows it while the pointer is over it. */
  async pressInTitleOf(view: string, button: string): Promise<void> {
    await this.view(view).hover();
    await this.view(view).locator('.pane-header').getByRole('button', { name: button }).click();
  }

  /** Opens the “…” of a section and chooses from it. */
  async chooseInTitleOf(view: string, item: string): Promise<void> {
    const open = (): Promise<void> => this.pressInTitleOf(view, 'Views and More Actions…');
    await withMenu(this.page, open, () => choose(this.page, item));
  }

  /** Runs a command from the palette, by its whole title: `Workspace Logs: Refresh`. */
  async runCommand(title: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const row = await this.findCommand(title);
      try {
        await row.click(PATIENCE);
        // A click on a list that is being redrawn may run nothing and leave the palette open.
        await row.waitFor({ state: 'hidden', ...PATIENCE });
        return;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  }

  /**
   * Opens the palette on a command. Just after the start it does not know the commands of extensions; a person opens it
   * again.
   * @returns its row among those that were found: in the list of all, which is there before, rows are used for others next
   */
  async findCommand(title: string): Promise<Locator> {
    const row = this.page.locator(`${FOUND}[aria-label^="${title}"]`).first();
    for (let tries = 0; tries < 10; tries += 1) {
      await this.#typeInPalette(title);
      const isThere = await comes(row.waitFor({ timeout: 2000 }));
      if (isThere) return row;
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`The palette has no command “${title}”.`);
  }

  /** Opens the palette on a command, so that Enter runs it. */
  async focusCommand(title: string): Promise<void> {
    const row = await this.findCommand(title);
    await row.and(this.page.locator('.focused')).waitFor();
  }

  /** Titles of the commands that the palette finds for these words; it is closed again. */
  async commands(words: string): Promise<string[]> {
    await this.#typeInPalette(words);
    const rows = this.page.locator('.quick-input-list .monaco-list-row .label-name:visible');
    // Until its search is done, it shows the earlier rows.
    const others = this.page.locator('.quick-input-list-separator').filter({ hasText: 'similar commands' });
    const looked = this.page
      .locator(FOUND)
      .or(others)
      .or(rows.filter({ hasText: 'No matching commands' }));
    await looked.first().waitFor();
    const titles = await rows.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return titles.filter((title) => title.toLowerCase().includes(words.toLowerCase()));
  }

  /** The page in one line, for cases in which only the report of a failure can be read. */
  async shown(): Promise<string> {
    const panes = await this.page.locator('.part.sidebar .pane').all();
    const texts = await Promise.all(
      panes.map(async (pane) => {
        const header = pane.locator('.pane-header').first();
        const expanded = await header.getAttribute('aria-expanded');
        const rows = await pane.locator('.monaco-list-row').all();
        const labels = await Promise.all(
          rows.map(async (row) => {
            const fold = await row.getAttribute('aria-expanded');
            const mark = fold === null ? '' : fold === 'true' ? '⌄' : '›';
            return mark + (await row.innerText()).replace(/\s+/g, ' ').trim();
          }),
        );
        return `${(await header.innerText()).trim()} (${expanded === 'true' ? 'unfolded' : 'folded'}): ${labels.join(' | ')}`;
      }),
    );
    const tabs = await this.tabs();
    const notifications = await this.notifications();
    return JSON.stringify({ texts, tabs, notifications });
  }

  /** Gives the keys to the view “Workspace Logs”, which takes them a moment later. */
  async focusLogs(): Promise<void> {
    await this.runCommand('Explorer: Focus on Workspace Logs View');
    await this.logsFocused();
  }

  async logsFocused(): Promise<void> {
    await this.view(VIEW).locator('.monaco-list:focus').waitFor();
  }

  /** The box at the top in which VS Code asks for a word, a choice or a path. */
  get question(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Answers the box at the top by typing, and Enter. */
  async answer(text: string): Promise<void> {
    await this.question.locator('input[type=text], input[type=password]').first().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The same where the answer is one of a list, which comes later than its title: Enter before it does nothing. */
  async answerFromList(text: string): Promise<void> {
    await this.question.locator('input[type=text]').first().fill(text);
    await this.question.locator('.monaco-list-row.focused').filter({ hasText: text }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Picks one of the choices that the box at the top offers. */
  async pick(choice: string | RegExp): Promise<void> {
    // Where the pointer rests, a tip may lie over the next row.
    await this.page.mouse.move(1, 1);
    await this.question.locator('.monaco-list-row').filter({ hasText: choice }).first().click();
  }

  /** The dialog in the middle of the window. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The notification that says this, on its own or in the list of all; of any kind, or an error. */
  notification(text: string | RegExp, kind?: 'error'): Locator {
    const places = ['.notifications-toasts', '.notifications-center'];
    const items = places.map((place) => `${place} .notification-list-item`).join(', ');
    const found = this.page.locator(items).filter({ hasText: text });
    return kind === undefined ? found : found.filter({ has: this.page.locator(`.codicon-${kind}`) });
  }

  /**
   * Waits until a notification says this. When more than three come within a second, VS Code shows the later ones in the
   * list of all alone, and a person looks there.
   */
  async told(text: string | RegExp, kind?: 'error'): Promise<Locator> {
    return this.#atNotification(this.notification(text, kind), (item) => Promise.resolve(item));
  }

  /** The whole text of the notification that contains this; waits for it as `told` does. */
  async sentence(text: string | RegExp): Promise<string> {
    const words = await this.#atNotification(this.notification(text), (item) =>
      item.locator('.notification-list-item-message').innerText(),
    );
    return words.trim();
  }

  async #atNotification<T>(notification: Locator, act: (item: Locator) => Promise<T>): Promise<T> {
    const item = notification.first();
    const isShown = await comes(item.waitFor({ timeout: 10_000 }));
    if (isShown) return act(item);
    await this.showNotifications();
    await item.waitFor();
    const result = await act(item);
    const list = this.page.locator('.notifications-center.visible');
    // It may cover the next button.
    if (await list.isVisible()) await this.runCommand('Notifications: Hide Notifications');
    await list.waitFor({ state: 'hidden' });
    return result;
  }

  /** Shows the list of all notifications: they leave the screen by themselves after a while. */
  async showNotifications(): Promise<void> {
    await this.runCommand('Notifications: Show Notifications');
    await this.page.locator('.notifications-center.visible').waitFor();
  }

  /** The texts of the notifications on the screen. */
  notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Puts away all notifications, also one that comes just then. By a key: the palette would take seconds. */
  silence(): Promise<void> {
    return this.#pressUntilGone(SILENCE.pressed, this.notification(/./));
  }

  /** Closes all editors. By a key: the palette would take seconds. */
  closeEditors(): Promise<void> {
    return this.#pressUntilGone(CLOSE_EDITORS.pressed, this.page.locator('.tabs-container .tab'));
  }

  /** Presses a key again, because the focused element may swallow it. */
  async #pressUntilGone(key: string, what: Locator): Promise<void> {
    const left = what.first();
    for (let tries = 1; ; tries += 1) {
      await this.page.keyboard.press(key);
      if (await comes(left.waitFor({ state: 'hidden', ...PATIENCE }))) return;
      if (tries === 5) throw new Error(`still there: ${await left.innerText()}`);
    }
  }

  /** Presses a button of a notification. */
  async pressOnNotification(text: string | RegExp, button: string): Promise<void> {
    const press = (item: Locator): Promise<void> => item.getByRole('button', { name: button }).click();
    await this.#atNotification(this.notification(text), press);
  }

  /** Content of the page that is in front, in an editor or in a view. */
  get webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready')
      .last()
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  /** The serious and critical findings of axe for the page in front: rule, words, element. */
  async accessibilityFindings(): Promise<string[]> {
    // The page is transparent, and axe would compare its letters with a white sheet.
    await this.webview.locator('html').evaluate((page: unknown) => {
      (page as { style: { background: string } }).style.background = 'var(--vscode-editor-background)';
    });
    const { violations } = await new AxeBuilder({ page: this.page })
      .include(['iframe.webview.ready', 'iframe#active-frame', 'body'])
      // Disabled elements need no contrast; axe does not see that they are disabled through the shadow root of the
      // label.
      .exclude(['iframe.webview.ready', 'iframe#active-frame', '[disabled]'])
      .analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
  }

  /** Right-clicks something, in its lower part, and chooses from the context menu. */
  async chooseFromMenuAt(target: Locator, item: string): Promise<void> {
    const box = await target.boundingBox();
    if (box === null) throw new Error('it is not on the screen');
    await chooseAt(this.page, target, item, { x: box.width / 2, y: box.height - 10 });
  }

  /** Titles of the open editors. */
  tabs(): Promise<string[]> {
    return this.page.locator('.tabs-container .tab .label-name').allInnerTexts();
  }

  /** Waits until an editor with this title is in front. */
  async tabInFront(title: string | RegExp): Promise<void> {
    await this.page.locator('.tabs-container .tab.active').filter({ hasText: title }).waitFor();
  }

  /** The whole text of the editor in front, by way of the clipboard: the page holds only lines in sight. */
  async editorText(): Promise<string> {
    let text = '';
    // An editor that is just getting its text copies nothing.
    for (let tries = 0; tries < 20 && text === ''; tries += 1) {
      if (tries > 0) await this.page.waitForTimeout(300);
      await this.page.locator('.editor-instance .monaco-editor .view-lines').first().click();
      // Clears the clipboard, so that an earlier copy is not taken for this text.
      await this.page.evaluate(`navigator.clipboard.writeText('')`);
      await this.page.keyboard.press('Control+a');
      await this.page.keyboard.press('Control+c');
      text = String(await this.page.evaluate('navigator.clipboard.readText()'));
    }
    return text;
  }

  /** The items of the “…” menu of the active editor, and of the buttons beside it. */
  async editorActions(): Promise<string[]> {
    const bar = this.page.locator('.editor-group-container.active .editor-actions');
    const labels: string[] = [];
    for (const button of await bar.getByRole('button').all()) {
      labels.push((await button.getAttribute('aria-label')) ?? '');
    }
    await bar.getByRole('button', { name: 'More Actions' }).click();
    labels.push(...(await labelsOf(this.page)));
    await closeMenu(this.page);
    return labels;
  }

  /** Changes the colour theme as a person does: VS Code doesn't watch the file of settings here. */
  async changeTheme(theme: Theme): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.question.getByPlaceholder('Select Color Theme').waitFor();
    await this.answerFromList(themes[theme].label);
    await this.question.waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${themes[theme].cssClass}`).waitFor();
  }

  /** Waits until the workspace is shown to be in Restricted Mode. */
  async restrictedMode(): Promise<void> {
    await this.page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' }).waitFor();
  }

  /** Opens the palette with these words. If another element closes it, it is opened again, as a person would. */
  async #typeInPalette(words: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await this.page.keyboard.press('F1');
      try {
        await this.question.locator('input').first().fill(`>${words}`, PATIENCE);
        await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor(PATIENCE);
        return;
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }
}

/** The key that puts everything away, as Playwright and as VS Code write it. */
export const PUT_AWAY = {
  pressed: 'Control+Alt+Shift+F9',
  bound: 'ctrl+alt+shift+f9',
  commands: [
    'workbench.action.closeAllEditors',
    'notifications.clearAll',
    'notifications.hideList',
    'workbench.files.action.collapseExplorerFolders',
    'workbench.files.action.refreshFilesExplorer',
  ],
};
/** The key that closes all editors. */
export const CLOSE_EDITORS = {
  pressed: 'Control+Alt+Shift+F7',
  bound: 'ctrl+alt+shift+f7',
  command: 'workbench.action.closeAllEditors',
};
/** The key that puts away all notifications. */
export const SILENCE = {
  pressed: 'Control+Alt+Shift+F6',
  bound: 'ctrl+alt+shift+f6',
  command: 'notifications.clearAll',
};
/** The key that folds all rows of the logs. */
export const FOLD_LOGS = {
  pressed: 'Control+Alt+Shift+F5',
  bound: 'ctrl+alt+shift+f5',
  command: 'workbench.actions.treeView.workspaceLogs.logs.collapseAll',
};
/** A key for the paths of the selected rows, as a VS Code would call it that does not know `$focusedTreeItem`. */
export const COPY_PATHS = {
  pressed: 'Control+Alt+9',
  bound: 'ctrl+alt+9',
  command: 'workspaceLogs.copyPath',
  args: { $treeViewId: 'workspaceLogs.logs' },
};
/** The key that makes the extension forget passwords. */
export const FORGET = {
  pressed: 'Control+Alt+Shift+F8',
  bound: 'ctrl+alt+shift+f8',
  command: 'workspaceLogs.forgetPasswords',
};
export const USUAL_SIZE = { width: 1280, height: 800 };
const PATIENCE = { timeout: 5000 };
/** Rows that the palette found by the typed text: they highlight the match. */
const FOUND = '.quick-input-list .monaco-list-row:has(.highlight)';
