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
  /** One path glob a line. */
  readonly exclude: string;
  readonly level: string;
}

export type FormField = 'maxFile' | 'maxFolder' | 'maxAge' | 'keepPlain' | 'categories' | 'exclude' | 'level';

const MB_PER_GB = 1024;

/** The policy's keys behind the form's fields. */
const keys: Readonly<Record<FormField, string>> = {
  maxFile: 'rotation.maxFileMB',
  maxFolder: 'retention.maxFolderMB',
  maxAge: 'retention.maxAge',
  keepPlain: 'rotation.keepPlain',
  categories: 'recording.log',
  exclude: 'recording.exclude',
  level: 'recording.level',
};

/** The field that shows a dotted key, if the form has one. */
export function fieldOf(key: string): FormField | undefined {
  const entries = Object.entries(keys) as [FormField, string][];
  return entries.find(([, name]) => key === name || key.startsWith(`${name}.`))?.[0];
}

export function toForm({ rotation, retention, recording }: Policy): PolicyForm {
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
    level: recording.level,
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
  const excluded = form.exclude.split(/\r?\n/).map((line) => line.trim());
  return [
    { key: keys.maxFile, value: toNumber(form.maxFile) },
    { key: keys.maxFolder, value: inMB },
    { key: keys.maxAge, value: { [form.maxAgeUnit]: toNumber(form.maxAge) } },
    { key: keys.keepPlain, value: toNumber(form.keepPlain) },
    { key: keys.categories, value: form.logsAll ? ['all'] : [...form.categories] },
    { key: keys.exclude, value: excluded.filter((line) => line !== '') },
    { key: keys.level, value: form.level },
  ];
}

/** Digits with an optional sign, fraction and surrounding spaces; anything else stays a text. */
function toNumber(text: string): number | string {
  return /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : text;
}

const strings = ['maxFile', 'maxFolder', 'maxAge', 'keepPlain', 'exclude', 'level'] as const;

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
