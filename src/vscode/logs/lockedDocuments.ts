import * as vscode from 'vscode';
import { describe } from '../../words/failures.ts';
import { fromUnknown, isFailure } from '../../base/failure.ts';
import { offer } from '../window/tell.ts';

/** A document whose password is not known, and how to ask for it. */
interface LockedDocument {
  readonly uri: vscode.Uri;
  /** @throws Failure `cancelled`, and those of reading */
  readonly unlock: () => Promise<unknown>;
}

export interface LockedDocuments {
  readonly add: (document: LockedDocument) => void;
  /** The document can be read now, or is no longer open. */
  readonly remove: (uri: vscode.Uri) => void;
  readonly uris: () => vscode.Uri[];
}

/**
 * Documents that VS Code itself opens, such as tabs restored after a reload. A person does not expect a password box
 * there, so one message offers to ask for the passwords.
 */
export function lockedDocuments(): LockedDocuments {
  const locked = new Map<string, LockedDocument>();
  let isOffered = false;

  async function offerOnce(): Promise<void> {
    isOffered = true;
    const text = vscode.l10n.t('Open editors show encrypted archives, whose password is needed again.');
    await offer('info', text, { [vscode.l10n.t('Type Password')]: unlockAll });
    isOffered = false;
  }

  async function unlockAll(): Promise<void> {
    for (const { unlock } of [...locked.values()]) {
      try {
        await unlock();
      } catch (error) {
        // A person who cancels one password box is not asked for the other passwords.
        if (isFailure(error, 'cancelled')) return;
        void offer('error', describe(fromUnknown(error)));
      }
    }
  }

  return {
    add(document) {
      const key = document.uri.toString();
      const isNew = !locked.has(key);
      locked.set(key, document);
      if (isNew && !isOffered) void offerOnce();
    },
    remove(uri) {
      locked.delete(uri.toString());
      // The last offer may still be open; a document that is locked later gets a new one.
      if (locked.size === 0) isOffered = false;
    },
    uris: () => [...locked.values()].map(({ uri }) => uri),
  };
}
