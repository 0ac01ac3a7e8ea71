import type { Environment } from '../base/job.ts';
import { isFailure } from '../base/failure.ts';
import { readAuditEnvironment, type AuditEnvironment } from '../policy/auditEnvironment.ts';
import { readEnvironment, type EnvironmentSettings } from '../policy/environment.ts';
import { describe } from '../words/failures.ts';
import { printError } from './output.ts';

/** What the variables set, for a verb whose work goes on without them: an invalid one is reported, and none counts. */
export function readableEnvironment(environment: Environment): EnvironmentSettings {
  return readable(() => readEnvironment(environment));
}

/** The same for the variables of the audit trail. */
export function readableAuditEnvironment(environment: Environment): AuditEnvironment {
  return readable(() => readAuditEnvironment(environment));
}

function readable<T extends object>(read: () => T): T | Record<string, never> {
  try {
    return read();
  } catch (error) {
    if (!isFailure(error, 'environment-invalid')) throw error;
    printError(describe(error));
    return {};
  }
}
