import * as vscode from 'vscode';
import { describe } from '../../words/failures.ts';
import { fromUnknown } from '../../base/failure.ts';
import type { Output } from './output.ts';
import { withoutLinks } from './plainText.ts';
import type { Disposable } from '../../base/disposable.ts';

/** Runs what a person asked for; a failure becomes one message with a way to the output. Cancelling says nothing. */
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
 * Shows a message with buttons, and does what the chosen one says. Never waited for: people answer when they like. A name
 * in it that looks like a link is none.
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

/** Registers a command; why it could not be done is told. What VS Code hands to it is the command's to know. */
export function registerCommand(
  command: string,
  output: Output,
  run: (...input: never[]) => Promise<unknown>,
): Disposable {
  return vscode.commands.registerCommand(command, (...input: never[]) =>
    telling(output, () => run(...input)),
  );
}
