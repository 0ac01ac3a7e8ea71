import { resolve } from 'node:path';
import { Failure, fromUnknown } from '../base/failure.ts';
import { workerRunner, type Environment } from '../base/job.ts';
import type { TargetStatus } from '../forward/targetStatus.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import { inWords } from '../words/failures.ts';
import type { AppReport } from '../workspace/workspace.ts';
import type { Forwarding, ForwardingOptions } from './forwardingTypes.ts';
import { checkForwardingOptions } from './optionRules.ts';

/**
 * Sends what the policy's `forwarding` lets out of a workspace to receivers, until it is closed. All of it happens in a
 * worker; a process that ends goes on where it was when it starts again.
 * @example
 * const forwarding = startForwarding({ workspace: '.', targets: { otel: { type: 'otlp', url: 'https://…' } } });
 * @param environment holds credentials and the state folder; that of the process by default
 * @throws TypeError for options that are unknown or wrong
 */
export function startForwarding(
  options: ForwardingOptions,
  environment: Environment = process.env,
): Forwarding {
  checkForwardingOptions(options);
  const { workspace, targets, onFailure = warn } = options;
  const input = { root: resolve(workspace), targets, path: 'targets' };
  const app = workerRunner<AppJobs, AppReport>(
    workerUrl,
    { ...process.env, ...environment },
    () => 'library',
  );
  const stop = new AbortController();
  const running = app.run('forwardNews', input, { signal: stop.signal }).catch((error: unknown) => {
    const failure = fromUnknown(error);
    if (!stop.signal.aborted) onFailure(inWords(failure));
  });
  return {
    status: (): Promise<readonly TargetStatus[]> => app.run('forwardStatus', input),
    async close() {
      stop.abort();
      await running;
      app.dispose();
    },
  };
}

function warn(failure: Failure): void {
  process.emitWarning(failure.message, { type: 'WorkspaceLogs', code: failure.code });
}
