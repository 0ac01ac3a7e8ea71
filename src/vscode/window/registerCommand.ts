import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { Output } from './output.ts';
import { telling } from './tell.ts';

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
