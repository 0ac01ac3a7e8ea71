import type { OpenVscode } from './openVscode.ts';

/** Gives a path to the dialog that asks for one. While it is still reading a folder, it puts its own path back. */
export async function answerPath(vscode: OpenVscode, path: string): Promise<void> {
  const { page, question } = vscode.page;
  await question.getByRole('button', { name: /^(OK|Save Copies Here)$/ }).waitFor();
  const input = question.locator('input[type=text]').first();
  for (let tries = 0; ; tries += 1) {
    if (tries === 100) throw new Error('the dialog does not take the path');
    await input.fill(path);
    await page.waitForTimeout(1000);
    if ((await input.inputValue()) === path) break;
  }
  await page.keyboard.press('Enter');
  await question.waitFor({ state: 'hidden' });
}
