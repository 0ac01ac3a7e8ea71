import type { Environment, JobContext } from '../../base/job.ts';
import type { StoreChoice } from '../store.ts';

const DATABASE = 'WORKSPACE_LOGS_AUDIT_DATABASE';
const DATABASE_FILE = 'WORKSPACE_LOGS_AUDIT_DATABASE_FILE';

/** What the environment of a backend or of the command line says. */
export function storeChoice(environment: Environment): StoreChoice {
  const file = environment[DATABASE_FILE] ?? '';
  if ((environment[DATABASE] ?? '') !== '') return { postgres: { env: DATABASE } };
  return file === '' ? 'sqlite' : { postgres: { file } };
}

/** Where the deeds of an entry point are recorded. VS Code keeps its trail in the workspace, and ignores the variables. */
export function storeOf({ door, environment }: Pick<JobContext<never>, 'door' | 'environment'>): StoreChoice {
  return door === 'vscode' || door === undefined ? 'sqlite' : storeChoice(environment);
}

/**
 * The environment for all that an entry point starts for other callers, who have doors of their own: in VS Code it names
 * no database.
 */
export function trailEnvironment({
  door,
  environment,
}: Pick<JobContext<never>, 'door' | 'environment'>): Environment {
  if (door !== 'vscode') return environment;
  return { ...environment, [DATABASE]: undefined, [DATABASE_FILE]: undefined };
}
