import type { FailureMessage } from '../../base/failure.ts';

/** A failure of a run: of one file, or of the run itself, whose name is empty. */
export interface RunFailure {
  readonly name: string;
  readonly failure: FailureMessage;
}

/**
 * What a person was told already of the runs that a folder's maintenance makes by itself. A failure stays told until a run
 * went well, so it is one message and not one an hour; files that Git tracks stay told while they are the same.
 */
export class ToldOnce {
  readonly #failures = new Set<string>();
  readonly #tracked = new Set<string>();

  /** The failures of a run that are news. A run that was stopped says nothing of what it did not come to. */
  failures(failed: readonly RunFailure[], { stopped }: { readonly stopped: boolean }): RunFailure[] {
    if (failed.length === 0 && !stopped) this.#failures.clear();
    return failed.filter(({ name, failure }) => isNew(this.#failures, `${failure.code} ${name}`));
  }

  /** The tracked files, if not this very set was told. */
  tracked(paths: readonly string[]): readonly string[] {
    return isNew(this.#tracked, [...paths].sort().join('\0')) ? paths : [];
  }
}

function isNew(known: Set<string>, text: string): boolean {
  const size = known.size;
  return known.add(text).size > size;
}
