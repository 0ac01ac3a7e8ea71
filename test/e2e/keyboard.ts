import type { Locator } from 'playwright-core';
import { enterPath } from './pathDialog.ts';
import type { VscodePage } from './vscodePage.ts';
import { comes } from './waitUntil.ts';
import { title } from './titles.ts';

const TYPING_MS = 1000;
const WALKS_MS = 20_000;

/** A person without a mouse: the tests press only keys and read the page. */
export class Keyboard {
  readonly #page: VscodePage;

  constructor(page: VscodePage) {
    this.#page = page;
  }

  get #focusedRow(): Locator {
    return this.#page.view(title('workspaceLogs.logs')).locator('.monaco-list-row.focused');
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.#page.page.keyboard.type(text);
  }

  /** Gives a command by its whole title, from the palette. Just after the start it does not know all of them. */
  async give(title: string): Promise<void> {
    // In the list of all, which is there before, the focus moves next.
    const row = this.#page.question.locator(
      `.monaco-list-row.focused:has(.highlight)[aria-label^="${title}"]`,
    );
    for (let tries = 0; tries < 10; tries += 1) {
      await this.press('F1');
      // A busy VS Code may close the palette as it opens, since a list of another question closes just then.
      const input = this.#page.question.locator('input:focus');
      if (await comes(input.waitFor({ timeout: 5000 }))) {
        await this.type(title);
        if (await comes(row.waitFor({ timeout: 2000 }))) return this.press('Enter');
      }
      await this.press('Escape');
    }
    throw new Error(`the palette has no command “${title}”`);
  }

  /** Chooses from the list at the top by typing. The list comes later than its title, and Enter before it does nothing. */
  async choose(title: string, text: string): Promise<void> {
    const { question } = this.#page;
    await question.locator('.quick-input-title').filter({ hasText: title }).waitFor();
    await this.type(text);
    await question.locator('.monaco-list-row.focused').filter({ hasText: text }).waitFor();
    await this.press('Enter');
  }

  /** Gives a path to the dialog that asks for one. */
  answerPath(path: string): Promise<void> {
    return enterPath(this.#page, path, async () => {
      await this.press('Control+a');
      await this.type(path);
    });
  }

  /** Goes to a button of the dialog in the middle, and presses it. */
  async answerDialog(button: string): Promise<void> {
    const focused = this.#page.dialog.locator(':focus');
    await focused.waitFor();
    for (let tries = 0; tries < 10; tries += 1) {
      if ((await focused.innerText()) === button) return this.press('Enter');
      await this.press('Tab');
    }
    throw new Error(`the dialog has no button “${button}”`);
  }

  async focusView(): Promise<void> {
    await this.give('Explorer: Focus on Workspace Logs View');
    await this.#page.logsFocused();
  }

  /** Goes to a row of the focused view by typing how its label begins; rows that just unfold are found later. */
  async find(label: string): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) {
      await this.type(label);
      // Keys within a moment count as one search text.
      await this.#page.page.waitForTimeout(TYPING_MS);
      if ((await this.#focusedRow.innerText()).includes(label)) return;
    }
    throw new Error(`typing does not find “${label}”`);
  }

  /**
   * Opens the menu of the focused row and chooses from it. If another element takes the focus, the menu closes and is
   * opened again.
   */
  async chooseFromMenu(item: string): Promise<void> {
    const menu = this.#page.page.locator('.monaco-menu');
    const focused = menu.locator('.action-item.focused');
    for (let tries = 0; tries < 3; tries += 1) {
      await this.press('Shift+F10');
      await menu.waitFor();
      for (let steps = 0; steps < 20 && (await menu.count()) > 0; steps += 1) {
        await this.press('ArrowDown');
        await this.#page.page.waitForTimeout(50);
        if ((await focused.allInnerTexts()).join('').includes(item)) return this.press('Enter');
      }
      if ((await menu.count()) > 0) break;
    }
    throw new Error(`the menu has no “${item}”`);
  }

  /**
   * Goes down in the view until the row in focus holds this, unfolding what is folded. Rows that come later than the walk
   * passes their place are met on the next one.
   */
  async goTo(text: string): Promise<void> {
    await this.focusView();
    const row = this.#focusedRow;
    const until = Date.now() + WALKS_MS;
    while (Date.now() < until) {
      await this.press('Home');
      for (let steps = 0; steps < 40; steps += 1) {
        if ((await row.innerText()).includes(text)) return;
        if ((await row.getAttribute('aria-expanded')) === 'false') {
          await this.press('ArrowRight');
          await this.#page.page.waitForTimeout(300);
        }
        await this.press('ArrowDown');
      }
    }
    throw new Error(`no row holds “${text}”`);
  }

  /**
   * Selects rows that stand one below the other: the first by its key, the others by Shift. When Shift selects a first row,
   * VS Code opens it, too, and the next key goes to the editor.
   */
  async select(...names: readonly string[]): Promise<void> {
    const [first = ''] = names;
    for (let tries = 0; tries < 3; tries += 1) {
      await this.goTo(first);
      // Rows that are still selected would stay selected. This also takes the focus.
      await this.press('Escape');
      await this.goTo(first);
      await this.press('Control+Shift+Enter');
      for (let more = 1; more < names.length; more += 1) await this.press('Shift+ArrowDown');
      if (await this.#areSelected(names)) return;
    }
    throw new Error(`not just these rows are selected: ${names.join()}`);
  }

  /** Whether just these rows are selected, and keys go to the view. */
  async #areSelected(names: readonly string[]): Promise<boolean> {
    const view = this.#page.view(title('workspaceLogs.logs'));
    const selected = view.locator('.monaco-list:focus .monaco-list-row.selected');
    for (let tries = 0; tries < 20; tries += 1) {
      const texts = await selected.allInnerTexts();
      const areThere = names.every((name) => texts.some((text) => text.includes(name)));
      if (texts.length === names.length && areThere) return true;
      await this.#page.page.waitForTimeout(100);
    }
    return false;
  }
}
