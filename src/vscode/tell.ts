import * as vscode from 'vscode';
import { describe } from '../app/words.ts';
import { fromUnknown } from '../base/failure.ts';
import type { Output } from './output.ts';

/** Runs what a person asked for; a failure becomes one message with a way to the output. Cancelling says nothing. */
export async function telling<T>(output: Output, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const failure = fromUnknown(error);
    if (failure.code === 'cancelled') return undefined;
    output.error(failure);
    void offer('error', describe(failure), { 'Show Output': output.show });
    return undefined;
  }
}

/** Shows a message with buttons, and does what the chosen one says. Never waited for: people answer when they like. */
export async function offer(
  kind: 'info' | 'warning' | 'error',
  text: string,
  actions: Readonly<Record<string, () => unknown>> = {},
): Promise<void> {
  const show = {
    info: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[kind];
  const chosen = await show<string>(text, ...Object.keys(actions));
  if (chosen !== undefined) await actions[chosen]?.();
}
