import * as vscode from 'vscode';
import { isFailure } from '../base/failure.ts';
import type { Output } from './output.ts';
import { offer, telling } from './tell.ts';

/** A document that cannot be shown for want of a password, and how to ask for it. */
export interface LockedDocument {
  readonly uri: vscode.Uri;
  /** @throws Failure `cancelled`, and those of reading */
  readonly unlock: () => Promise<unknown>;
}

/**
 * Documents that VS Code itself wants to show, such as those of tabs that were open before a reload: nobody is waiting for
 * a box there. They are told once, together, and asked for when the person says so.
 * @param onUnlocked is told which can be read now
 * @returns what takes another one
 */
export function lockedDocuments(
  output: Output,
  onUnlocked: (uri: vscode.Uri) => void,
): (document: LockedDocument) => void {
  const locked = new Map<string, LockedDocument>();
  let isOffered = false;

  async function offerOnce(): Promise<void> {
    isOffered = true;
    const text = vscode.l10n.t('Open editors show encrypted archives, whose password is needed again.');
    await offer('info', text, { [vscode.l10n.t('Type Password')]: unlockAll });
    locked.clear();
    isOffered = false;
  }

  async function unlockAll(): Promise<void> {
    for (const [key, { uri, unlock }] of locked) {
      locked.delete(key);
      const isUnlocked = await telling(output, async () => {
        try {
          await unlock();
          return true;
        } catch (error) {
          // Who does not want to type this one is not asked for the next.
          if (isFailure(error, 'cancelled')) locked.clear();
          throw error;
        }
      });
      if (isUnlocked === true) {
        onUnlocked(uri);
        await showAnew(uri);
      }
    }
  }

  return (document) => {
    locked.set(document.uri.toString(), document);
    if (!isOffered) void offerOnce();
  };
}

/** An editor that could not read its document does not try again by itself. */
async function showAnew(uri: vscode.Uri): Promise<void> {
  for (const { activeTab, viewColumn } of vscode.window.tabGroups.all) {
    const { input, isPreview } = activeTab ?? {};
    if (!(input instanceof vscode.TabInputText) || input.uri.toString() !== uri.toString()) continue;
    const options = { viewColumn, preserveFocus: true, preview: isPreview === true };
    await vscode.commands.executeCommand('vscode.open', uri, options);
  }
}
