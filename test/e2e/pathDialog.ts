import type { Locator } from 'playwright-core';
import type { OpenVscode } from './openVscode.ts';
import type { VscodePage } from './vscodePage.ts';
import { comes } from './waitUntil.ts';

/** Gives a path to the dialog that asks for one. */
export async function answerPath(vscode: OpenVscode, path: string): Promise<void> {
  const input = pathInput(vscode.page);
  await enterPath(vscode.page, path, () => input.fill(path));
}

/**
 * Enters a path until the dialog has gone: while it still reads a folder, it puts its own path back, or takes Enter for
 * the choice of the folder. A person then types the path again.
 */
export async function enterPath(page: VscodePage, path: string, type: () => Promise<void>): Promise<void> {
  await page.question.getByRole('button', { name: /^(OK|Save Copies Here)$/ }).waitFor();
  for (let tries = 0; tries < 30; tries += 1) {
    // On a busy machine it goes late.
    if (tries > 0 && (await page.question.isHidden())) return;
    await type();
    await page.page.waitForTimeout(1000);
    if ((await pathInput(page).inputValue()) !== path) continue;
    await page.page.keyboard.press('Enter');
    const hasGone = await comes(page.question.waitFor({ state: 'hidden', timeout: 3000 }));
    if (hasGone) return;
  }
  throw new Error(`the dialog does not take ${path}`);
}

function pathInput(page: VscodePage): Locator {
  return page.question.locator('input[type=text]').first();
}
