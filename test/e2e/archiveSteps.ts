import assert from 'node:assert/strict';
import type { OpenVscode } from './openVscode.ts';
import { title } from './titles.ts';

/** The folder of the archives of these tests: one chat of one user. */
export const CHAT = 'session_logs/u-1/c-1';

/** Actions of a person on session archives. */
export class ArchiveSteps {
  readonly #vscode: OpenVscode;

  constructor(vscode: OpenVscode) {
    this.#vscode = vscode;
  }

  async unfold(folder = CHAT): Promise<void> {
    for (const name of folder.split('/')) await this.#vscode.page.explorer.unfold(name);
  }

  open(name: string): Promise<void> {
    return this.#vscode.page.explorer.chooseFrom(name, title('workspaceLogs.openArchive'));
  }

  async type(password: string): Promise<void> {
    await this.#vscode.page.question.locator('input[type=password]').fill(password);
    await this.#vscode.page.page.keyboard.press('Enter');
  }

  /** Types the password where it is asked for. */
  async answer(name: string, password: string): Promise<void> {
    await this.#vscode.page.question.getByText(`Password of ${name}`, { exact: true }).waitFor();
    await this.type(password);
  }

  async keep(answer: 'Until VS Code Is Closed' | 'Remember'): Promise<void> {
    await this.#vscode.page.question.getByText('Keep this password?').waitFor();
    await this.#vscode.page.pick(answer);
  }

  /** Waits until the active editor shows this. */
  async shows(text: string): Promise<void> {
    const lines = this.#vscode.page.page.locator('.editor-instance .view-lines');
    await lines.filter({ hasText: text }).waitFor();
  }

  closeAll(): Promise<void> {
    return this.#vscode.page.closeEditors();
  }

  /** A notification says just this; it is then put away. */
  async told(sentence: string): Promise<void> {
    assert.equal(await this.#vscode.page.sentence(sentence), sentence);
    await this.silence();
  }

  silence(): Promise<void> {
    return this.#vscode.page.silence();
  }
}
