import type { Locator, Page } from 'playwright-core';
import { chooseAt, closeMenu, labelsOf, withMenu } from './menu.ts';
import { comes } from './waitUntil.ts';

/** A row: by its label, which stands before any description, or found otherwise. */
export type Row = string | RegExp | Locator;

/** A tree of the side bar, by the labels in its rows. Rows that are scrolled out of sight are not seen. */
export class Tree {
  readonly #page: Page;
  readonly #tree: Locator;
  readonly #rows: Locator;

  constructor(page: Page, tree: Locator) {
    this.#page = page;
    this.#tree = tree;
    // A row that sticks to the top is shown beside the one that it stands for.
    this.#rows = tree.locator('.monaco-list-row:not(.monaco-tree-sticky-row)');
  }

  /** The row, or the rows, with this label. */
  row(label: Row): Locator {
    if (typeof label !== 'string' && !(label instanceof RegExp)) return label;
    const whole = typeof label === 'string' ? new RegExp(`^\\s*${escape(label)}\\s*$`) : label;
    return this.#rows.filter({ has: this.#page.locator('.label-name').filter({ hasText: whole }) });
  }

  /** Labels of the rows, top down. */
  labels(): Promise<string[]> {
    return this.#rows.locator('.label-name').allInnerTexts();
  }

  /** Rows as a person reads them, with their descriptions: `API Logs 299 bytes · 2 files`. */
  async texts(): Promise<string[]> {
    const texts = await this.#rows.allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Waits until no row is left: what is gone and comes again at once VS Code takes for changed, and shows neither. */
  async emptied(): Promise<void> {
    await this.#rows.first().waitFor({ state: 'detached' });
  }

  /**
   * Waits until the explorer shows these files of a workspace that was just filled, by their top names. What it misses of
   * many changes at once, a person sees by *Refresh Explorer*.
   */
  async filled(paths: readonly string[], refresh: () => Promise<void>): Promise<void> {
    const names = new Set(paths.map((path) => path.split('/')[0] ?? path));
    const all = (): Promise<unknown> =>
      Promise.all([...names].map((name) => this.row(name).first().waitFor({ timeout: 5000 })));
    for (let tries = 1; tries < 5; tries += 1) {
      if (await comes(all())) return;
      await refresh();
    }
    await all();
  }

  /** Scrolls to the first row: the tree keeps its place when its rows go and others come. */
  async scrollUp(): Promise<void> {
    const box = await this.#tree.boundingBox();
    if (box === null) return;
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.#page.mouse.wheel(0, -100_000);
    await this.#page.mouse.move(1, 1);
  }

  unfold(label: Row): Promise<void> {
    return this.#fold(label, true);
  }

  fold(label: Row): Promise<void> {
    return this.#fold(label, false);
  }

  /** A tree that is being filled forgets a click, so it is repeated. */
  async #fold(label: Row, expanded: boolean): Promise<void> {
    const done = this.row(label).and(this.#page.locator(`[aria-expanded=${String(expanded)}]`));
    for (let tries = 0; tries < 5 && (await done.count()) === 0; tries += 1) {
      await this.row(label).locator('.monaco-tl-twistie').click();
      await done.waitFor({ timeout: 2000 }).catch(() => undefined);
    }
    await done.waitFor();
  }

  /** Opens a row as a double click does. */
  async open(label: Row): Promise<void> {
    await this.row(label).dblclick();
  }

  /** What the context menu of a row offers; the menu is closed again. */
  async menuOf(label: Row): Promise<string[]> {
    const open = (): Promise<void> => this.row(label).click({ button: 'right' });
    const labels = await withMenu(this.#page, open, () => labelsOf(this.#page));
    await closeMenu(this.#page);
    return labels;
  }

  /** Right-clicks a row and chooses from its context menu. */
  async chooseFrom(label: Row, item: string): Promise<void> {
    await chooseAt(this.#page, this.row(label), item);
  }

  /** Presses one of the buttons that a row shows while the pointer is over it. */
  async pressOn(label: Row, button: string): Promise<void> {
    await this.row(label).hover();
    await this.row(label).getByRole('button', { name: button }).click();
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
