import type { Age } from '../base/units.ts';
import type { Policy } from './policy.ts';
import type { PolicyEdit } from './policyText.ts';

/** The values of the Configure Logging form, as typed. They are unchecked until the policy's schema accepts them. */
export interface PolicyForm {
  readonly maxFile: string;
  readonly maxFolder: string;
  readonly maxFolderUnit: 'MB' | 'GB';
  readonly maxAge: string;
  readonly maxAgeUnit: 'days' | 'months';
  readonly keepPlain: string;
  readonly hold: boolean;
  readonly logsAll: boolean;
  readonly categories: readonly string[];
  /** One path glob per line, as in the other lists of paths. */
  readonly exclude: string;
  readonly authPaths: string;
  readonly deploymentPaths: string;
  readonly level: string;
  /** The longest recorded part of each body, in bytes. */
  readonly maxBody: string;
  /** One key per line. */
  readonly extraKeys: string;
}

export type FormField =
  | 'maxFile'
  | 'maxFolder'
  | 'maxAge'
  | 'keepPlain'
  | 'hold'
  | 'categories'
  | 'exclude'
  | 'authPaths'
  | 'deploymentPaths'
  | 'level'
  | 'maxBody'
  | 'extraKeys';

const MB_PER_GB = 1024;

/** The policy's key for each field of the form. */
const keys: Readonly<Record<FormField, string>> = {
  maxFile: 'rotation.maxFileMB',
  maxFolder: 'retention.maxFolderMB',
  maxAge: 'retention.maxAge',
  keepPlain: 'rotation.keepPlain',
  hold: 'retention.hold',
  categories: 'recording.log',
  exclude: 'recording.exclude',
  authPaths: 'recording.authPaths',
  deploymentPaths: 'recording.deploymentPaths',
  level: 'recording.level',
  maxBody: 'recording.maxBodyBytes',
  extraKeys: 'masking.extraKeys',
};

/** The fields in the order of the form. */
export const formFields = Object.keys(keys) as readonly FormField[];

/** The field that shows a dotted key, if the form has one. */
export function fieldOf(key: string): FormField | undefined {
  return formFields.find((field) => key === keys[field] || key.startsWith(`${keys[field]}.`));
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
    hold: retention.hold,
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

/**
 * The edits that write the form's values to a policy. A text that is no number stays a text, and the schema refuses it.
 */
export function toEdits(form: PolicyForm): PolicyEdit[] {
  return formFields.map((field) => ({ key: keys[field], value: valueOf(field, form) }));
}

/** The edits for the fields that differ between two forms. */
export function changesOf(before: PolicyForm, after: PolicyForm): PolicyEdit[] {
  const changed = formFields.filter((field) => !saysTheSame(field, before, after));
  return changed.map((field) => ({ key: keys[field], value: valueOf(field, after) }));
}

/** Whether a field has the same meaning in two forms: 1 GB is 1024 MB. */
export function saysTheSame(field: FormField, one: PolicyForm, other: PolicyForm): boolean {
  return JSON.stringify(valueOf(field, one)) === JSON.stringify(valueOf(field, other));
}

function valueOf(field: FormField, form: PolicyForm): unknown {
  switch (field) {
    case 'maxFile':
    case 'keepPlain':
    case 'maxBody':
      return toNumber(form[field]);
    case 'maxFolder':
      return folderMB(form);
    case 'maxAge':
      return { [form.maxAgeUnit]: toNumber(form.maxAge) };
    case 'categories':
      return form.logsAll ? ['all'] : [...form.categories];
    case 'hold':
    case 'level':
      return form[field];
    case 'exclude':
    case 'authPaths':
    case 'deploymentPaths':
    case 'extraKeys':
      return toLines(form[field]);
  }
}

/** The cap in MB; a text that is no number stays a text. */
function folderMB({ maxFolder, maxFolderUnit }: PolicyForm): number | string {
  const size = toNumber(maxFolder);
  return maxFolderUnit === 'GB' && typeof size === 'number' ? size * MB_PER_GB : size;
}

/** Whether one full file reaches the cap: then a rotated file would be deleted at once. */
export function isCapBelowFile(form: PolicyForm): boolean {
  const [cap, file] = [folderMB(form), toNumber(form.maxFile)];
  return !form.hold && typeof cap === 'number' && typeof file === 'number' && cap <= file;
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

/** Whether a value from the page is a form. */
export function isPolicyForm(value: unknown): value is PolicyForm {
  if (typeof value !== 'object' || value === null) return false;
  const form = value as Record<string, unknown>;
  return (
    strings.every((field) => typeof form[field] === 'string') &&
    (form.maxFolderUnit === 'MB' || form.maxFolderUnit === 'GB') &&
    (form.maxAgeUnit === 'days' || form.maxAgeUnit === 'months') &&
    typeof form.hold === 'boolean' &&
    typeof form.logsAll === 'boolean' &&
    Array.isArray(form.categories) &&
    form.categories.every((category) => typeof category === 'string')
  );
}
