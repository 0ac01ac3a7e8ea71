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
