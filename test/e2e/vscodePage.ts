import { AxeBuilder } from '@axe-core/playwright';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { choose, closeMenu, labelsOf } from './menu.ts';
import { themes, type Theme } from './themes.ts';
import { Tree } from './tree.ts';

/** What a person sees and does in a window of VS Code. */
export class VscodePage {
  readonly page: Page;
  /** The explorer's tree of files. */
  readonly explorer: Tree;
  /** The view “Workspace Logs”. */
  readonly logs: Tree;

  constructor(page: Page) {
    this.page = page;
    this.explorer = new Tree(page, page.locator('.explorer-folders-view'));
    this.logs = new Tree(page, this.view('Workspace Logs'));
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
    await this.pressInTitleOf(view, 'Views and More Actions…');
    await choose(this.page, item);
  }

  /** Runs a command from the palette, by its whole title: `Workspace Logs: Refresh`. */
  async runCommand(title: string): Promise<void> {
    await this.findCommand(title).then((row) => row.click());
  }

  /**
   * Opens the palette on a command. Just after the start it does not know the commands of extensions; a person opens it
   * again.
   */
  async findCommand(title: string): Promise<Locator> {
    const row = this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first();
    for (let tries = 0; tries < 10; tries += 1) {
      await this.#typeInPalette(title);
      const isThere = await row.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (isThere) return row;
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`The palette has no command “${title}”.`);
  }

  /** Titles of the commands that the palette finds for these words; it is closed again. */
  async commands(words: string): Promise<string[]> {
    await this.#typeInPalette(words);
    const titles = await this.page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return titles.filter((title) => title.toLowerCase().includes(words.toLowerCase()));
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

  /** Picks one of the choices that the box at the top offers. */
  async pick(choice: string | RegExp): Promise<void> {
    await this.question.locator('.monaco-list-row').filter({ hasText: choice }).first().click();
  }

  /** The dialog in the middle of the window. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The notification that says this, on its own or in the list of all. */
  notification(text: string | RegExp): Locator {
    const places = ['.notifications-toasts', '.notifications-center'];
    const items = places.map((place) => `${place} .notification-list-item`).join(', ');
    return this.page.locator(items).filter({ hasText: text });
  }

  /**
   * Waits until a notification says this. When more than three come within a second, VS Code shows the later ones in the
   * list of all alone, and a person looks there.
   */
  async told(text: string | RegExp): Promise<Locator> {
    return this.#atNotification(text, (item) => Promise.resolve(item));
  }

  async #atNotification<T>(text: string | RegExp, act: (item: Locator) => Promise<T>): Promise<T> {
    const item = this.notification(text).first();
    const isShown = await item.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (isShown) return act(item);
    await this.showNotifications();
    await item.waitFor();
    const result = await act(item);
    const list = this.page.locator('.notifications-center.visible');
    // It may cover what is to be pressed next.
    if (await list.isVisible()) await this.runCommand('Notifications: Hide Notifications');
    await list.waitFor({ state: 'hidden' });
    return result;
  }

  /** Shows the list of all notifications: they leave the screen by themselves after a while. */
  async showNotifications(): Promise<void> {
    await this.runCommand('Notifications: Show Notifications');
    await this.page.locator('.notifications-center.visible').waitFor();
  }

  /** What the notifications on the screen say. */
  notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Presses a button of a notification. */
  async pressOnNotification(text: string | RegExp, button: string): Promise<void> {
    await this.#atNotification(text, (item) => item.getByRole('button', { name: button }).click());
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

  /** What axe finds serious or critical in the page that is in front: rule, words, element. */
  async accessibilityFindings(): Promise<string[]> {
    // The page is transparent, and axe would compare its letters with a white sheet.
    await this.webview.locator('html').evaluate((page: unknown) => {
      (page as { style: { background: string } }).style.background = 'var(--vscode-editor-background)';
    });
    const { violations } = await new AxeBuilder({ page: this.page })
      .include(['iframe.webview.ready', 'iframe#active-frame', 'body'])
      // Nobody asks for contrast in what is disabled; axe does not see it through the shadow root of the label.
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
    await target.click({ button: 'right', position: { x: box.width / 2, y: box.height - 10 } });
    await choose(this.page, item);
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
    await this.page.locator('.editor-instance .monaco-editor .view-lines').first().click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.press('Control+c');
    return String(await this.page.evaluate('navigator.clipboard.readText()'));
  }

  /** What the “…” of the editor in front, and the buttons beside it, offer. */
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
    await this.answer(themes[theme].label);
    await this.question.waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${themes[theme].cssClass}`).waitFor();
  }

  /** Waits until the workspace is shown to be in Restricted Mode. */
  async restrictedMode(): Promise<void> {
    await this.page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' }).waitFor();
  }

  async #typeInPalette(words: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input').first().fill(`>${words}`);
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  }
}
