import * as vscode from 'vscode';
import { describe } from '../../words/failures.ts';
import { fromUnknown } from '../../base/failure.ts';
import type { Output } from './output.ts';
import { withoutLinks } from './plainText.ts';
import type { Disposable } from '../../base/disposable.ts';

/**
 * Runs an action that a person started. A failure becomes one message with a button for the output; cancelling shows
 * nothing.
 */
export async function telling<T>(output: Output, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const failure = fromUnknown(error);
    if (failure.code === 'cancelled') return undefined;
    output.error(failure);
    void offer('error', describe(failure), { [vscode.l10n.t('Show Output')]: output.show });
    return undefined;
  }
}

/**
 * Shows a message with buttons, and runs the action of the chosen one. Callers do not wait for it, because a person may
 * answer much later. A name that looks like a link is shown as plain text.
 */
export async function offer(
  kind: 'info' | 'warning' | 'error',
  text: string,
  actions: Readonly<Record<string, () => unknown>> = {},
): Promise<void> {
  const { window } = vscode;
  const plain = withoutLinks(text);
  const buttons = Object.keys(actions);
  const show: Readonly<Record<typeof kind, () => Thenable<string | undefined>>> = {
    info: () => window.showInformationMessage(plain, ...buttons),
    warning: () => window.showWarningMessage(plain, ...buttons),
    error: () => window.showErrorMessage(plain, ...buttons),
  };
  const chosen = await show[kind]();
  if (chosen !== undefined) await actions[chosen]?.();
}

/**
 * Registers a command; its failure is shown in a message. The command itself interprets the arguments that VS Code
 * passes.
 */
export function registerCommand(
  command: string,
  output: Output,
  run: (...input: never[]) => Promise<unknown>,
): Disposable {
  return vscode.commands.registerCommand(command, (...input: never[]) =>
    telling(output, () => run(...input)),
  );
}
