import type { Locator, Page } from 'playwright-core';

/**
 * Opens a menu and uses it. If another element takes the focus, the menu closes; then it is opened again, as a person
 * would.
 */
export async function withMenu<T>(page: Page, open: () => Promise<void>, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    await open();
    try {
      return await act();
    } catch (error) {
      const isOpen = (await page.locator('.monaco-menu').count()) > 0;
      if (isOpen || tries === 3) throw error;
    }
  }
}

/** The enabled items of the open menu, from top to bottom. */
export async function labelsOf(page: Page): Promise<string[]> {
  const items = page.locator('.monaco-menu .action-item:not(.disabled) [role=menuitem] .action-label');
  await items.first().waitFor({ timeout: PATIENCE_MS });
  const labels = await items.allInnerTexts();
  if (labels.length === 0) throw new Error('the menu was closed before it was read');
  return labels;
}

/**
 * Chooses from the open menu. A menu ignores clicks that come right after it opened, so that a slow double click
 * chooses nothing.
 */
export async function choose(page: Page, item: string): Promise<void> {
  const entry = page.locator('.monaco-menu').getByRole('menuitem', { name: item });
  await entry.hover({ timeout: PATIENCE_MS });
  await page.waitForTimeout(SETTLE_MS);
  await entry.click({ timeout: PATIENCE_MS });
  await page.locator('.monaco-menu').waitFor({ state: 'detached' });
}

/** Chooses from the context menu of a target. */
export async function chooseAt(
  page: Page,
  target: Locator,
  item: string,
  position?: { readonly x: number; readonly y: number },
): Promise<void> {
  const open = (): Promise<void> =>
    target.click({ button: 'right', ...(position !== undefined && { position }) });
  await withMenu(page, open, () => choose(page, item));
}

const PATIENCE_MS = 10_000;

const SETTLE_MS = 400;

/** Closes the open menu; until it is gone, it swallows clicks. */
export async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('.monaco-menu').waitFor({ state: 'detached' });
}
