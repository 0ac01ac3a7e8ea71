import type { Page } from 'playwright-core';

/** What the open menu offers, top down. What is greyed out is offered to nobody. */
export async function labelsOf(page: Page): Promise<string[]> {
  const items = page.locator('.monaco-menu .action-item:not(.disabled) [role=menuitem] .action-label');
  await items.first().waitFor();
  return items.allInnerTexts();
}

/** Chooses from the open menu. A menu ignores clicks that come right after it opened, lest a slow hand choose. */
export async function choose(page: Page, item: string): Promise<void> {
  const entry = page.locator('.monaco-menu').getByRole('menuitem', { name: item });
  await entry.hover();
  await page.waitForTimeout(SETTLE_MS);
  await entry.click();
  await page.locator('.monaco-menu').waitFor({ state: 'detached' });
}

const SETTLE_MS = 400;

/** Closes the open menu; until it is gone, it swallows clicks. */
export async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('.monaco-menu').waitFor({ state: 'detached' });
}
