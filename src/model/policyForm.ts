import type { Age } from '../base/units.ts';
import type { Policy } from './policy.ts';
import type { PolicyEdit } from './policyText.ts';

/** The values of the Configure Logging form, as typed. Nothing in it is valid before the policy's schema says so. */
export interface PolicyForm {
  readonly maxFile: string;
  readonly maxFolder: string;
  readonly maxFolderUnit: 'MB' | 'GB';
  readonly maxAge: string;
  readonly maxAgeUnit: 'days' | 'months';
  readonly keepPlain: string;
  readonly logsAll: boolean;
  readonly categories: readonly string[];
  /** One path glob a line, as the other lists of paths. */
  readonly exclude: string;
  readonly authPaths: string;
  readonly deploymentPaths: string;
  readonly level: string;
  /** Bytes of each body. */
  readonly maxBody: string;
  /** One key a line. */
  readonly extraKeys: string;
}

export type FormField =
  | 'maxFile'
  | 'maxFolder'
  | 'maxAge'
  | 'keepPlain'
  | 'categories'
  | 'exclude'
  | 'authPaths'
  | 'deploymentPaths'
  | 'level'
  | 'maxBody'
  | 'extraKeys';

const MB_PER_GB = 1024;

/** The policy's keys behind the form's fields. */
const keys: Readonly<Record<FormField, string>> = {
  maxFile: 'rotation.maxFileMB',
  maxFolder: 'retention.maxFolderMB',
  maxAge: 'retention.maxAge',
  keepPlain: 'rotation.keepPlain',
  categories: 'recording.log',
  exclude: 'recording.exclude',
  authPaths: 'recording.authPaths',
  deploymentPaths: 'recording.deploymentPaths',
  level: 'recording.level',
  maxBody: 'recording.maxBodyBytes',
  extraKeys: 'masking.extraKeys',
};

/** The field that shows a dotted key, if the form has one. */
export function fieldOf(key: string): FormField | undefined {
  const entries = Object.entries(keys) as [FormField, string][];
  return entries.find(([, name]) => key === name || key.startsWith(`${name}.`))?.[0];
}

export function toForm({ rotation, retention, recording, masking }: Policy): PolicyForm {
  const inGB = retention.maxFolderMB >= MB_PER_GB && retention.maxFolderMB % MB_PER_GB === 0;
  const [maxAge, maxAgeUnit] = ageOf(retention.maxAge);
  const categories: readonly string[] = recording.log;
  return {
    maxFile: String(rotation.maxFileMB),
    maxFolder: String(inGB ? retention.maxFolderMB / MB_PER_GB : retention.maxFolderMB),
    maxFolderUnit: inGB ? 'GB' : 'MB',
    maxAge: String(maxAge),
    maxAgeUnit,
    keepPlain: String(rotation.keepPlain),
    logsAll: categories.includes('all'),
    categories: categories.filter((category) => category !== 'all'),
    exclude: recording.exclude.join('\n'),
    authPaths: recording.authPaths.join('\n'),
    deploymentPaths: recording.deploymentPaths.join('\n'),
    level: recording.level,
    maxBody: String(recording.maxBodyBytes),
    extraKeys: masking.extraKeys.join('\n'),
  };
}

function ageOf(age: Age): [number, 'days' | 'months'] {
  return 'days' in age ? [age.days, 'days'] : [age.months, 'months'];
}

/** The edits that make a policy say what the form says. A text that is no number stays one, for the schema to refuse. */
export function toEdits(form: PolicyForm): PolicyEdit[] {
  const maxFolder = toNumber(form.maxFolder);
  const inMB =
    form.maxFolderUnit === 'GB' && typeof maxFolder === 'number' ? maxFolder * MB_PER_GB : maxFolder;
  return [
    { key: keys.maxFile, value: toNumber(form.maxFile) },
    { key: keys.maxFolder, value: inMB },
    { key: keys.maxAge, value: { [form.maxAgeUnit]: toNumber(form.maxAge) } },
    { key: keys.keepPlain, value: toNumber(form.keepPlain) },
    { key: keys.categories, value: form.logsAll ? ['all'] : [...form.categories] },
    { key: keys.exclude, value: toLines(form.exclude) },
    { key: keys.authPaths, value: toLines(form.authPaths) },
    { key: keys.deploymentPaths, value: toLines(form.deploymentPaths) },
    { key: keys.level, value: form.level },
    { key: keys.maxBody, value: toNumber(form.maxBody) },
    { key: keys.extraKeys, value: toLines(form.extraKeys) },
  ];
}

function toLines(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

/** Digits with an optional sign, fraction and surrounding spaces; anything else stays a text. */
function toNumber(text: string): number | string {
  return /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : text;
}

const numbers = ['maxFile', 'maxFolder', 'maxAge', 'keepPlain', 'maxBody'] as const;
const lists = ['exclude', 'authPaths', 'deploymentPaths', 'extraKeys'] as const;
const strings = [...numbers, ...lists, 'level'] as const;

/** Whether something that came from the page is a form. */
export function isPolicyForm(value: unknown): value is PolicyForm {
  if (typeof value !== 'object' || value === null) return false;
  const form = value as Record<string, unknown>;
  return (
    strings.every((field) => typeof form[field] === 'string') &&
    (form.maxFolderUnit === 'MB' || form.maxFolderUnit === 'GB') &&
    (form.maxAgeUnit === 'days' || form.maxAgeUnit === 'months') &&
    typeof form.logsAll === 'boolean' &&
    Array.isArray(form.categories) &&
    form.categories.every((category) => typeof category === 'string')
  );
}
