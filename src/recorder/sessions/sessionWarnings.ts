import { isFailure, type Failure } from '../../base/failure.ts';
import { inWords } from '../../words/failures.ts';

/**
 * What was told of the session logs of one workspace: each cause once. A log that is skipped is told for good; what failed
 * may be told again once a log was written.
 */
export class SessionWarnings {
  readonly #skips = new Set<string>();
  readonly #failures = new Set<string>();

  /** @returns the failure in words, where it is news */
  news(failure: Failure): Failure | undefined {
    const isSkip = isFailure(failure, 'session-skipped');
    const cause = isSkip ? `${failure.data.reason} ${failure.data.detail}` : failure.code;
    const told = isSkip || isLasting(failure) ? this.#skips : this.#failures;
    if (told.has(cause)) return undefined;
    told.add(cause);
    return inWords(failure);
  }

  /** A log was written. */
  worked(): void {
    this.#failures.clear();
  }
}

/** That something can be written says nothing against these. */
function isLasting({ code }: Failure): boolean {
  return code === 'password-weak' || code === 'password-long' || code === 'environment-invalid';
}
