import { Failure } from '../base/failure.ts';
import { COMPRESSIONS } from './choices.ts';
import { POLICY_VERSION, policySchema, type Policy } from './policy.ts';
import { integerLimits } from './policyText.ts';

/**
 * The values from `SESSION_LOG_*` environment variables that override the policy, for backends and the command line.
 * They are never used in VS Code, whose environment comes from some shell. The password is not among them: it is passed
 * on as bytes.
 */
export type EnvironmentSettings = Partial<
  Pick<
    Policy['sessions'],
    | 'enabled'
    | 'dir'
    | 'retentionDays'
    | 'cleanupIntervalSeconds'
    | 'compression'
    | 'compressLevel'
    | 'maxLines'
  >
>;

interface Variable {
  readonly name: string;
  readonly key: keyof EnvironmentSettings;
  /** Converts the variable's text to the key's value; undefined if the text is invalid. */
  readonly read: (text: string) => unknown;
  /** The valid values, in no language: `1–3650`. */
  readonly expected: string;
}

const truths: Readonly<Record<string, boolean>> = {
  ...{ true: true, '1': true, yes: true, on: true },
  ...{ false: false, '0': false, no: false, off: false },
};
const readNumber = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);
const levels = '0–9 | null';

function integer(name: string, key: keyof EnvironmentSettings): Variable {
  const { min, max } = integerLimits(['sessions', key]) ?? { min: 0, max: Infinity };
  return { name, key, read: readNumber, expected: `${String(min)}–${String(max)}` };
}

/** A number out of range counts as the nearest one that is allowed. */
function clamped(name: string, key: keyof EnvironmentSettings): Variable {
  const { min, max } = integerLimits(['sessions', key]) ?? { min: 0, max: Infinity };
  const read = (text: string): number | undefined =>
    /^[+-]?\d+$/.test(text) ? Math.min(Math.max(Number(text), min), max) : undefined;
  return { ...integer(name, key), read };
}

/** The methods that have a level. */
const leveled: ReadonlySet<unknown> = new Set(['deflated', 'bzip2']);

const variables: readonly Variable[] = [
  {
    name: 'SESSION_LOG_STORE_ENABLED',
    key: 'enabled',
    read: (text) => (Object.hasOwn(truths, text) ? truths[text] : undefined),
    expected: 'true | false',
  },
  integer('SESSION_LOG_RETENTION_DAYS', 'retentionDays'),
  clamped('SESSION_LOG_CLEANUP_INTERVAL_SECONDS', 'cleanupIntervalSeconds'),
  {
    name: 'SESSION_LOG_ZIP_COMPRESSION',
    key: 'compression',
    read: (text) => text,
    expected: COMPRESSIONS.join(' | '),
  },
  {
    name: 'SESSION_LOG_ZIP_COMPRESSLEVEL',
    key: 'compressLevel',
    read: (text) => (text === 'none' || text === 'null' ? null : readNumber(text)),
    expected: levels,
  },
  integer('SESSION_LOG_MAX_LINES', 'maxLines'),
];

/** The names of all variables that are read. */
export const variableNames: readonly string[] = [...variables.map(({ name }) => name), 'SESSION_LOG_DIR'];

/**
 * An interval out of range is clamped. A level is ignored if it is none and the environment names no method with levels.
 * A blank variable counts as not set, except the folder: a blank `SESSION_LOG_DIR` is a folder without a name, as in
 * other such stores, so nothing is written.
 * @throws Failure `environment-invalid`, with the variable's name and never its value
 */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentSettings {
  const set: Record<string, unknown> = {};
  for (const { name, key, read, expected } of variables) {
    const text = environment[name]?.trim().toLowerCase() ?? '';
    if (text === '') continue;
    const value = read(text);
    const policy = { version: POLICY_VERSION, sessions: { [key]: value } };
    const isSound = value !== undefined && policySchema.safeParse(policy).success;
    // The other methods have no level, so it does not matter what it is. (`compression` is read before it.)
    if (!isSound && key === 'compressLevel' && !leveled.has(set.compression)) continue;
    if (!isSound) throw new Failure('environment-invalid', { name, expected });
    set[key] = value;
  }
  const { SESSION_LOG_DIR: dir } = environment;
  if (dir !== undefined) set.dir = dir.trim() === '' ? '' : dir;
  return set;
}
