import { isFailure, type Failure, type FailureCode } from '../../base/failure.ts';
import { inWords } from '../../words/failures.ts';

/**
 * Remembers the warnings for the session logs of one workspace, so that each cause is reported once. A skip is never
 * reported again. A failure may be reported again after a log was written.
 */
export class SessionWarnings {
  readonly #skips = new Set<string>();
  readonly #failures = new Set<string>();

  /** @returns the failure in words, if it was not reported yet */
  news(failure: Failure): Failure | undefined {
    // The queue itself reports each of them once.
    if (failure.code === 'session-queue-full' || failure.code === 'session-queue-room')
      return inWords(failure);
    const isSkip = isFailure(failure, 'session-skipped');
    const why = isFailure(failure, 'usage-not-written') ? ` ${failure.data.why}` : '';
    const cause = isSkip ? `${failure.data.reason} ${failure.data.detail}` : failure.code + why;
    const told = isSkip || isLasting(failure) ? this.#skips : this.#failures;
    if (told.has(cause)) return undefined;
    told.add(cause);
    return inWords(failure);
  }

  /** Is called when a log was written. */
  worked(): void {
    this.#failures.clear();
  }
}

const lasting: ReadonlySet<FailureCode> = new Set([
  'environment-invalid',
  'usage-not-written',
  'privacy-key-unusable',
  'password-long',
  'password-weak',
  'state-unwritable',
]);

/** Whether a failure stays true even if a log can be written. */
function isLasting({ code }: Failure): boolean {
  return lasting.has(code);
}
