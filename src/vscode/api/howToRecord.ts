import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { commands } from '../window/ids.ts';

/**
 * *How to Record*: shows that section of the packed README. VS Code's own page of an extension appears only after VS
 * Code has asked the Marketplace.
 */
export function registerHowToRecord(extension: vscode.Uri): Disposable {
  // vsce packs the README under this name.
  const readme = vscode.Uri.joinPath(extension, 'readme.md').with({ fragment: SECTION });
  return vscode.commands.registerCommand(commands.howToRecord, () =>
    vscode.commands.executeCommand('markdown.showPreview', readme),
  );
}

/** The heading “Record your backend's requests”, as Markdown makes an anchor of it. */
const SECTION = 'record-your-backends-requests';
