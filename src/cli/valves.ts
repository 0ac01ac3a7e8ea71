import type { Environment } from '../base/job.ts';
import { readValves } from '../policy/environment.ts';

/**
 * The folder of the session archives that the environment names, for those who only look into it: no other variable keeps
 * them from that, and where the folder is blank, they look where the policy says.
 */
export function sessionsHere({ SESSION_LOG_DIR }: Environment): string | undefined {
  const { dir = '' } = readValves({ SESSION_LOG_DIR });
  return dir === '' ? undefined : dir;
}
