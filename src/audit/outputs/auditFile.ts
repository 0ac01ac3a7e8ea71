import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../../base/failure.ts';
import { BYTES_PER_MB } from '../../base/units.ts';
import { formatFileName, isBookkeeping, parseFileName } from '../../files/fileName.ts';
import { withAuditEnvironment, type AuditEnvironment } from '../../policy/auditEnvironment.ts';
import type { Policy } from '../../policy/policy.ts';
import { logsFolder } from '../../workspace/workspace.ts';

/** The rotating file that gets a copy of each record, as a line. */
export interface AuditFile {
  readonly folder: string;
  readonly name: string;
  /** Whether it is `logs/audit.log`, which maintenance knows. */
  readonly isOwn: boolean;
  /** It is rotated when it is larger. */
  readonly limitBytes: number;
  /** How many plain files are kept, the active one included. */
  readonly keepPlain: number;
}

/** Where the records of a workspace go, besides the store. */
export interface OutputSettings {
  readonly file: AuditFile | undefined;
  readonly console: boolean;
}

const NAME = formatFileName({ kind: 'active', family: 'audit' });

/**
 * What a policy and the environment say about the outputs.
 * @throws Failure `environment-invalid` for a path among this program's own files
 */
export function outputSettings(
  root: string,
  policy: Policy,
  environment: AuditEnvironment = {},
): OutputSettings {
  const { file, fileMB, keepPlain, console } = withAuditEnvironment(policy, environment).audit;
  if (!file) return { file: undefined, console };
  const logs = logsFolder(root);
  const path = environment.path === undefined ? join(logs, NAME) : resolve(root, environment.path);
  const [folder, name] = [dirname(path), basename(path)];
  const isOwn = folder === logs && name === NAME;
  if (!isOwn && folder === logs && (isBookkeeping(name) || parseFileName(name).kind !== 'foreign'))
    throw new Failure('environment-invalid', {
      name: 'AUDIT_LOGS_FILE_PATH',
      expected: 'logs/audit.log | ./NAME.log',
    });
  return {
    file: { folder, name, isOwn, limitBytes: Math.floor(fileMB * BYTES_PER_MB), keepPlain },
    console,
  };
}
