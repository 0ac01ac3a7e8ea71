import type { Locator } from 'playwright-core';
import type { VscodePage } from './vscodePage.ts';

const TYPING_MS = 1000;

/** A person without a mouse: only keys are pressed here, the page is merely looked at. */
export class Keyboard {
  readonly #page: VscodePage;

  constructor(page: VscodePage) {
    this.#page = page;
  }

  get #focusedRow(): Locator {
    return this.#page.view('Workspace Logs').locator('.monaco-list-row.focused');
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.#page.page.keyboard.type(text);
  }

  /** Gives a command by its whole title, from the palette. Just after the start it does not know all of them. */
  async give(title: string): Promise<void> {
    const row = this.#page.question.locator(`.monaco-list-row.focused[aria-label^="${title}"]`);
    for (let tries = 0; tries < 10; tries += 1) {
      await this.press('F1');
      await this.#page.question.locator('input:focus').waitFor();
      await this.type(title);
      const isThere = await row.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (isThere) return this.press('Enter');
      await this.press('Escape');
    }
    throw new Error(`the palette has no command “${title}”`);
  }

  /** Chooses from the list at the top by typing. */
  async choose(title: string, text: string): Promise<void> {
    await this.#page.question.locator('.quick-input-title').filter({ hasText: title }).waitFor();
    await this.#page.question.locator('.monaco-list-row').first().waitFor();
    await this.type(text);
    await this.#page.question.locator('.monaco-list-row.focused').filter({ hasText: text }).waitFor();
    await this.press('Enter');
  }

  /** Gives a path to the dialog that asks for one. While it reads a folder, it puts its own path back. */
  async answerPath(path: string): Promise<void> {
    const { question, page } = this.#page;
    await question.getByRole('button', { name: 'OK' }).waitFor();
    const input = question.locator('input[type=text]').first();
    for (let tries = 0; tries < 10; tries += 1) {
      await this.press('Control+a');
      await this.type(path);
      await page.waitForTimeout(700);
      if ((await input.inputValue()) !== path) continue;
      await this.press('Enter');
      return question.waitFor({ state: 'hidden' });
    }
    throw new Error(`the dialog does not take ${path}`);
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

  focusView(): Promise<void> {
    return this.give('Explorer: Focus on Workspace Logs View');
  }

  /** Goes to a row of the focused view by typing how its label begins; rows that just unfold are found later. */
  async find(label: string): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) {
      await this.type(label);
      // What is typed within a moment belongs together.
      await this.#page.page.waitForTimeout(TYPING_MS);
      if ((await this.#focusedRow.innerText()).includes(label)) return;
    }
    throw new Error(`typing does not find “${label}”`);
  }

  /** Opens the menu of the row in focus, and chooses from it. */
  async chooseFromMenu(item: string): Promise<void> {
    const menu = this.#page.page.locator('.monaco-menu');
    await this.press('Shift+F10');
    await menu.waitFor();
    const focused = menu.locator('.action-item.focused');
    for (let tries = 0; tries < 20; tries += 1) {
      await this.press('ArrowDown');
      await this.#page.page.waitForTimeout(50);
      if ((await focused.allInnerTexts()).join('').includes(item)) return this.press('Enter');
    }
    throw new Error(`the menu has no “${item}”`);
  }

  /** Goes down in the view until the row in focus holds this, unfolding what is folded. */
  async goTo(text: string): Promise<void> {
    await this.focusView();
    const row = this.#focusedRow;
    await this.press('Home');
    for (let steps = 0; steps < 40; steps += 1) {
      if ((await row.innerText()).includes(text)) return;
      if ((await row.getAttribute('aria-expanded')) === 'false') {
        await this.press('ArrowRight');
        await this.#page.page.waitForTimeout(300);
      }
      await this.press('ArrowDown');
    }
    throw new Error(`no row holds “${text}”`);
  }
}
