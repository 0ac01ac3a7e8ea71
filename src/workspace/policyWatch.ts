import { lstat } from 'node:fs';
import { join } from 'node:path';
import { fromUnknown, type Failure } from '../base/failure.ts';
import { loadPolicy } from './policyFile.ts';
import { POLICY_FILE } from '../files/places.ts';
import type { Policy } from '../policy/policy.ts';

/** How often to check: a change on disk takes effect within a second. A check costs one `lstat` in the thread pool. */
const LOOK_EVERY_MS = 400;

/** Follows the policy on disk, for code that records under it. */
export interface PolicyWatch {
  /** Checks now. Resolves after the listener was called for a change. */
  look(): Promise<void>;
  close(): void;
}

export interface PolicyListener {
  /** Called with the policy after each change; undefined if the workspace has none any more. */
  readonly onPolicy: (policy: Policy | undefined) => void;
  /** Called once for each invalid text; the last valid policy stays in force. */
  readonly onFailure: (failure: Failure) => void;
}

/** Watches the policy of the workspace at `root`. Does not keep the process alive. */
export function watchPolicy(root: string, { onPolicy, onFailure }: PolicyListener): PolicyWatch {
  const path = join(root, POLICY_FILE);
  let seen: string | undefined;
  let doubted: { readonly stamp: string; readonly tell: () => void } | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;

  /**
   * Editors empty or remove a file before they write it: an invalid or missing file counts only if the next check
   * agrees.
   */
  function doubt(stamp: string, tell: () => void): void {
    doubted = { stamp, tell };
  }

  /** On a slow disk, checks that are requested during a check share its result. */
  function look(): Promise<void> {
    return (looking ??= lookOnce().finally(() => {
      looking = undefined;
    }));
  }

  async function lookOnce(): Promise<void> {
    const stamp = await stampOf(path);
    if (isClosed) return;
    if (stamp === seen) {
      const confirmed = doubted?.stamp === stamp ? doubted : undefined;
      doubted = undefined;
      confirmed?.tell();
      return;
    }
    seen = stamp;
    doubted = undefined;
    try {
      const policy = loadPolicy(root);
      if (policy === undefined) {
        doubt(stamp, () => {
          onPolicy(undefined);
        });
      } else onPolicy(policy);
    } catch (error) {
      doubt(stamp, () => {
        onFailure(fromUnknown(error));
      });
    }
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  void look();
  return {
    look,
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

/** A text that changes whenever the file does. */
function stampOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    lstat(path, { bigint: true }, (error, stats) => {
      if (error !== null) resolve(error.code ?? 'unknown');
      else resolve([stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' '));
    });
  });
}
