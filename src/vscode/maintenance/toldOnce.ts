import type { FailureMessage } from '../../base/failure.ts';

/** A failure of a run: of one file, or of the run itself, whose name is empty. */
export interface RunFailure {
  readonly name: string;
  readonly failure: FailureMessage;
}

/**
 * Remembers which failures of a folder's background runs a person has seen. A failure is shown again only after a run
 * without failures, so a person gets one message and not one per hour. Tracked files are shown again only when their
 * set changes.
 */
export class ToldOnce {
  readonly #failures = new Set<string>();
  readonly #tracked = new Set<string>();

  /** The failures of a run that are new. A stopped run clears nothing, because it did not reach every file. */
  failures(failed: readonly RunFailure[], { stopped }: { readonly stopped: boolean }): RunFailure[] {
    if (failed.length === 0 && !stopped) this.#failures.clear();
    return failed.filter(({ name, failure }) => isNew(this.#failures, `${failure.code} ${name}`));
  }

  /** The tracked files; empty if this set was shown before. */
  tracked(paths: readonly string[]): readonly string[] {
    return isNew(this.#tracked, [...paths].sort().join('\0')) ? paths : [];
  }
}

function isNew(known: Set<string>, text: string): boolean {
  const size = known.size;
  return known.add(text).size > size;
}
