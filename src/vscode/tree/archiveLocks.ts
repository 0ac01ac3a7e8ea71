import type { App } from '../../jobs/jobs.ts';
import type { ArchiveNode } from './logNode.ts';

/** Keeps the locks of the shown archives in step with the known passwords. */
export interface ArchiveLocks {
  /**
   * Lets the worker try the archives whose lock is unknown, or all archives where the passwords have changed. Only one
   * run works at a time.
   */
  readonly tryThem: (isAnew: boolean) => Promise<void>;
}

/** This many archives are tried before their rows are shown and other jobs get their turn in the worker. */
const AT_ONCE = 50;

/**
 * @param archives the archives that are shown now
 * @param show is called with the rows that look different now
 */
export function archiveLocks(
  app: App,
  archives: () => readonly ArchiveNode[],
  show: (nodes: ArchiveNode[]) => void,
): ArchiveLocks {
  let running = Promise.resolve();
  /** Counts the changes of the passwords: an answer from before a change is not shown after it. */
  let ring = 0;
  /** Whether the worker knows a password; undefined while it has not said so since the last change. */
  let arePasswordsKnown: boolean | undefined;

  async function run(isAnew: boolean, since: number): Promise<void> {
    if (arePasswordsKnown === false && !isAnew) return;
    const nodes = archives().filter(({ lock }) => lock !== 'none' && (isAnew || lock === 'unknown'));
    const byRoot = Map.groupBy(nodes, ({ workspace }) => workspace.root);
    for (const [root, some] of byRoot)
      for (let from = 0; from < some.length; from += AT_ONCE) {
        if (since !== ring) return;
        const isOneTried = await tryGroup(root, some.slice(from, from + AT_ONCE));
        // An archive that cannot be read just now is unknown, too, and says nothing about the others.
        arePasswordsKnown = isOneTried || arePasswordsKnown === true;
        if (!arePasswordsKnown && !isAnew) return;
      }
  }

  async function tryGroup(root: string, nodes: readonly ArchiveNode[]): Promise<boolean> {
    const files = nodes.map(({ file }) => file);
    const locks = await app.run('probeArchives', { root, files });
    const changed = nodes.filter((node, index) => {
      const lock = locks[index] ?? 'unknown';
      // The row may show another file by now.
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
