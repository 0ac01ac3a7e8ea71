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
  readonly hold: boolean;
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
  | 'hold'
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
  hold: 'retention.hold',
  categories: 'recording.log',
  exclude: 'recording.exclude',
  authPaths: 'recording.authPaths',
  deploymentPaths: 'recording.deploymentPaths',
  level: 'recording.level',
  maxBody: 'recording.maxBodyBytes',
  extraKeys: 'masking.extraKeys',
};

/** In the order in which the form shows them. */
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

/** The edits that make a policy say what the form says. A text that is no number stays one, for the schema to refuse. */
export function toEdits(form: PolicyForm): PolicyEdit[] {
  return formFields.map((field) => ({ key: keys[field], value: valueOf(field, form) }));
}

/** The edits that lead from one form to another: what both say alike is left alone. */
export function changesOf(before: PolicyForm, after: PolicyForm): PolicyEdit[] {
  const changed = formFields.filter((field) => !saysTheSame(field, before, after));
  return changed.map((field) => ({ key: keys[field], value: valueOf(field, after) }));
}

/** Whether two forms mean the same by a field: 1 GB is 1024 MB. */
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

/** The cap in MB; a text that is no number stays one. */
function folderMB({ maxFolder, maxFolderUnit }: PolicyForm): number | string {
  const size = toNumber(maxFolder);
  return maxFolderUnit === 'GB' && typeof size === 'number' ? size * MB_PER_GB : size;
}

/** A cap that one full file exceeds: what rotates would be deleted at once. */
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

/** Whether something that came from the page is a form. */
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
