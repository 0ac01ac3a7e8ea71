import type { Environment } from '../base/job.ts';
import { isFailure } from '../base/failure.ts';
import { readEnvironment, type EnvironmentSettings } from '../policy/environment.ts';
import { describe } from '../words/failures.ts';
import { printError } from './output.ts';

/** What the variables set, for a verb whose work goes on without them: an invalid one is reported, and none counts. */
export function readableEnvironment(environment: Environment): EnvironmentSettings {
  try {
    return readEnvironment(environment);
  } catch (error) {
    if (!isFailure(error, 'environment-invalid')) throw error;
    printError(describe(error));
    return {};
  }
}
