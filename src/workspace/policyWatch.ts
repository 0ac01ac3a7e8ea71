import { lstat } from 'node:fs';
import { join } from 'node:path';
import { fromUnknown, type Failure } from '../base/failure.ts';
import { loadPolicy } from './policyFile.ts';
import { POLICY_FILE } from '../files/places.ts';
import type { Policy } from '../policy/policy.ts';

/** A change on disk takes effect within a second; looking costs one `lstat` in the thread pool. */
const LOOK_EVERY_MS = 400;

/** Keeps a policy as it is on disk, for whoever records under it. */
export interface PolicyWatch {
  /** Looks now. Resolves once a change has been told. */
  look(): Promise<void>;
  close(): void;
}

export interface PolicyListener {
  /** Called with the policy after each change; undefined where the workspace has none any more. */
  readonly onPolicy: (policy: Policy | undefined) => void;
  /** Called once for each text that cannot be used; the policy told last stays in force. */
  readonly onFailure: (failure: Failure) => void;
}

/** Watches the policy of the workspace at `root`. Does not keep the process alive. */
export function watchPolicy(root: string, { onPolicy, onFailure }: PolicyListener): PolicyWatch {
  const path = join(root, POLICY_FILE);
  let seen: string | undefined;
  let doubted: { readonly stamp: string; readonly tell: () => void } | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;

  /** Editors empty or remove a file before they write it: what looks broken or gone counts once it stays so. */
  function doubt(stamp: string, tell: () => void): void {
    doubted = { stamp, tell };
  }

  /** Where the disk is slow, looks that pile up behind it are one. */
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

/** What changes whenever the file does. */
function stampOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    lstat(path, { bigint: true }, (error, stats) => {
      if (error !== null) resolve(error.code ?? 'unknown');
      else resolve([stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' '));
    });
  });
}
