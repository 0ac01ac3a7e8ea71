import { fromFailureMessage, fromUnknown, isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { HOUR_MS } from '../../base/units.ts';
import type { Valves } from '../../policy/environment.ts';
import type { App } from '../../jobs/jobs.ts';
import type { SessionSettings } from '../../workspace/sessionSettings.ts';

/** What holds at the moment of a clean-up. */
export interface CleanUpRules {
  readonly settings: SessionSettings;
  readonly valves?: Valves | undefined;
  readonly accept?: boolean | undefined;
}

const FIRST_MS = 5000;

/**
 * Cleans the session archives of a workspace up: soon, and then in the policy's interval, while storage is enabled. Keeps no
 * process alive between the runs, and ends with it.
 * @param rules undefined while the workspace has no policy, or one that cannot be used
 */
export function startCleanUp(
  app: App,
  root: string,
  rules: () => CleanUpRules | undefined,
  tell: (failure: Failure) => void,
): void {
  function schedule(delayMs: number): void {
    setTimeout(() => void cleanUp(), delayMs).unref();
  }

  async function cleanUp(): Promise<void> {
    const now = rules();
    if (now?.settings.enabled === true) {
      try {
        const { valves, accept } = now;
        const { failed } = await app.run('cleanSessions', { root, valves, accept });
        for (const { failure } of failed) tell(fromFailureMessage(failure));
      } catch (error) {
        if (!isFailure(error, 'maintenance-busy')) tell(fromUnknown(error));
      }
    }
    schedule(now === undefined ? HOUR_MS : now.settings.cleanupIntervalSeconds * 1000);
  }

  schedule(FIRST_MS);
}
