import * as vscode from 'vscode';
import { describe } from '../../words/failures.ts';
import { fromUnknown, isFailure } from '../../base/failure.ts';
import { offer } from '../window/tell.ts';

/** A document whose text takes a password that is not known, and how to ask for it. */
interface LockedDocument {
  readonly uri: vscode.Uri;
  /** @throws Failure `cancelled`, and those of reading */
  readonly unlock: () => Promise<unknown>;
}

export interface LockedDocuments {
  readonly add: (document: LockedDocument) => void;
  /** It can be read now, or nobody looks at it any more. */
  readonly remove: (uri: vscode.Uri) => void;
  readonly uris: () => vscode.Uri[];
}

/**
 * Documents that VS Code itself wants to show, such as those of tabs that were open before a reload: nobody is waiting for
 * a box there. They are told once, together, and asked for when the person says so.
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
        // Who does not want to type this one is not asked for the next.
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
      // Who left that offer where it was is told of the next one.
      if (locked.size === 0) isOffered = false;
    },
    uris: () => [...locked.values()].map(({ uri }) => uri),
  };
}
