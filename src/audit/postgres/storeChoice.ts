import { Failure } from '../../base/failure.ts';
import type { Environment, JobContext } from '../../base/job.ts';
import type { StoreChoice } from '../store.ts';
import { nameOf } from './connection.ts';

const DATABASE = 'WORKSPACE_LOGS_AUDIT_DATABASE';
const DATABASE_FILE = 'WORKSPACE_LOGS_AUDIT_DATABASE_FILE';

/** What the environment of a backend or of the command line says. */
function storeIn(environment: Environment): StoreChoice {
  const file = environment[DATABASE_FILE] ?? '';
  if ((environment[DATABASE] ?? '') !== '') return { postgres: { env: DATABASE } };
  return file === '' ? 'sqlite' : { postgres: { file } };
}

type Place = Pick<JobContext<never>, 'door' | 'environment'>;

/** Where the trail of a workspace is kept, as an entry point sees it: every job of it asks here. */
export function storeOf(place: Place): StoreChoice {
  return storeIn(backendEnvironment(place));
}

/** The variables that hold for a job. VS Code inherits those of some shell, and ignores them. */
export function backendEnvironment({ door, environment }: Place): Environment {
  return door === 'vscode' || door === undefined ? {} : environment;
}

/**
 * The environment in which `storeOf` finds a store that a program chose.
 * @throws Failure `audit-database` for a connection string that is not there
 */
export function environmentFor(store: StoreChoice, environment: Environment): Environment {
  if (store === 'sqlite') return { ...environment, [DATABASE]: '', [DATABASE_FILE]: '' };
  const { postgres } = store;
  if ('file' in postgres) return { ...environment, [DATABASE]: '', [DATABASE_FILE]: postgres.file };
  const address = 'env' in postgres ? environment[postgres.env] : postgres.connectionString;
  if ((address ?? '') === '')
    throw new Failure('audit-database', { name: nameOf(postgres), why: 'address', code: '' });
  return { ...environment, [DATABASE]: address, [DATABASE_FILE]: '' };
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
