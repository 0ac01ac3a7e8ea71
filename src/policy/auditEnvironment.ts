import { Failure } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import { LEVELS } from './choices.ts';
import type { Policy } from './policy.ts';

/**
 * The values from `AUDIT_*` environment variables that override the policy, for backends and the command line. They are
 * never used in VS Code, whose environment comes from some shell.
 */
export interface AuditEnvironment {
  readonly level?: Policy['audit']['level'];
  /** Where `audit.log` is, as it was given; relative paths begin at the workspace. */
  readonly path?: string;
  /** The largest size of `audit.log`. */
  readonly fileBytes?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const HANDED = 'WORKSPACE_LOGS_AUDIT_ENVIRONMENT';

/** The environment with what a door has read from it, for its trail and its jobs, which read no such variables. */
export function handDown(environment: Environment, read: AuditEnvironment): Environment {
  return { ...environment, [HANDED]: JSON.stringify(read) };
}

/** What the door handed down. */
export function handedDown({ [HANDED]: text = '{}' }: Environment): AuditEnvironment {
  return JSON.parse(text) as AuditEnvironment;
}

/** Decimal units, as in other writers of such files. */
const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };
const LARGEST_FILE = 10_240 * BYTES_PER_MB;

/**
 * A blank variable counts as not set.
 * @throws Failure `environment-invalid`, with the variable's name and never its value
 */
export function readAuditEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): AuditEnvironment {
  const { AUDIT_LOG_LEVEL, AUDIT_LOGS_FILE_PATH, AUDIT_LOG_FILE_ROTATION_SIZE } = environment;
  const level = levelOf(AUDIT_LOG_LEVEL?.trim() ?? '');
  const fileBytes = bytesOf(AUDIT_LOG_FILE_ROTATION_SIZE?.trim() ?? '');
  const path = AUDIT_LOGS_FILE_PATH?.trim() ?? '';
  return {
    ...(level !== undefined && { level }),
    ...(path !== '' && { path }),
    ...(fileBytes !== undefined && { fileBytes }),
  };
}

function levelOf(text: string): Policy['audit']['level'] | undefined {
  if (text === '') return undefined;
  const level = LEVELS.find((name) => name === text.toUpperCase());
  if (level !== undefined) return level;
  throw new Failure('environment-invalid', { name: 'AUDIT_LOG_LEVEL', expected: LEVELS.join(' | ') });
}

function bytesOf(text: string): number | undefined {
  if (text === '') return undefined;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (sizeUnits[unit.toLowerCase()] ?? Number.NaN));
  if (bytes >= 1 && bytes <= LARGEST_FILE) return bytes;
  throw new Failure('environment-invalid', {
    name: 'AUDIT_LOG_FILE_ROTATION_SIZE',
    expected: '1–10737418240 | 10MB',
  });
}

/** The policy, with what the environment sets. `audit.fileMB` need not be whole then. */
export function withAuditEnvironment(
  policy: Policy,
  { level, path, fileBytes }: AuditEnvironment = {},
): Policy {
  const audit = {
    ...policy.audit,
    ...(level !== undefined && { level }),
    ...(path !== undefined && { file: true }),
    ...(fileBytes !== undefined && { fileMB: fileBytes / BYTES_PER_MB }),
  };
  return { ...policy, audit };
}
