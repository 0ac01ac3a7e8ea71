import type { App } from '../../jobs/jobs.ts';
import type { ArchiveNode } from './logNode.ts';

/** Keeps the locks of the archives that are shown in step with the passwords that are known. */
export interface ArchiveLocks {
  /**
   * Lets the worker try the archives whose lock is unknown; all of them where the passwords have changed. Runs follow one
   * another.
   */
  readonly tryThem: (isAnew: boolean) => Promise<void>;
}

/** So many are tried before their rows are shown, and before others have their turn in the worker. */
const AT_ONCE = 50;

/**
 * @param archives those that are shown now
 * @param show is given the rows that look different now
 */
export function archiveLocks(
  app: App,
  archives: () => readonly ArchiveNode[],
  show: (nodes: ArchiveNode[]) => void,
): ArchiveLocks {
  let running = Promise.resolve();
  /** Counts the changes of the passwords: what was asked before one is not shown after it. */
  let ring = 0;
  /** Whether the worker knows any; undefined where it has not said so since they changed. */
  let arePasswordsKnown: boolean | undefined;

  async function run(isAnew: boolean, since: number): Promise<void> {
    if (arePasswordsKnown === false && !isAnew) return;
    const nodes = archives().filter(({ lock }) => lock !== 'none' && (isAnew || lock === 'unknown'));
    const byRoot = Map.groupBy(nodes, ({ workspace }) => workspace.root);
    for (const [root, some] of byRoot)
      for (let from = 0; from < some.length; from += AT_ONCE) {
        if (since !== ring) return;
        const isOneTried = await tryGroup(root, some.slice(from, from + AT_ONCE));
        // Unknown are also those that cannot be read just now: they say nothing about the others.
        arePasswordsKnown = isOneTried || arePasswordsKnown === true;
        if (!arePasswordsKnown && !isAnew) return;
      }
  }

  async function tryGroup(root: string, nodes: readonly ArchiveNode[]): Promise<boolean> {
    const files = nodes.map(({ file }) => file);
    const locks = await app.run('probeArchives', { root, files });
    const changed = nodes.filter((node, index) => {
      const lock = locks[index] ?? 'unknown';
      // The row may stand for another file by now.
      if (node.lock === lock || node.file !== files[index]) return false;
      Object.assign(node, { lock });
      return true;
    });
    if (changed.length > 0) show(changed);
    return locks.some((lock) => lock !== 'unknown');
  }

  return {
    tryThem(isAnew) {
      if (isAnew) {
        ring += 1;
        arePasswordsKnown = undefined;
      }
      const since = ring;
      const done = running.then(() => run(isAnew, since));
      running = done.catch(() => undefined);
      return done;
    },
  };
}
