import * as l10n from '@vscode/l10n';
import type { FormLimits } from '../../setup/describePolicy.ts';
import { listed } from '../../base/printable.ts';
import { describeRange, printable } from '../../words/failures.ts';
import { formatLength, formatList, formatNumber } from '../../base/locale.ts';
import type { FormField, PolicyForm } from '../../policy/policyForm.ts';

/** Titles of the form's fields, and texts of their values. */
const titles: Readonly<Record<FormField, () => string>> = {
  maxFile: () => l10n.t('Maximum file size'),
  keepPlain: () => l10n.t('Files kept plain'),
  maxAge: () => l10n.t('Keep logs for'),
  maxFolder: () => l10n.t('Maximum folder size'),
  hold: () => l10n.t('Hold'),
  categories: () => l10n.t('Requests'),
  authPaths: () => l10n.t('Authentication paths'),
  deploymentPaths: () => l10n.t('Deployment paths'),
  exclude: () => l10n.t('Excluded endpoints'),
  level: () => l10n.t('Level'),
  maxBody: () => l10n.t('Longest recorded body'),
  extraKeys: () => l10n.t('Further keys to mask'),
};

export function titleOf(field: FormField): string {
  return titles[field]();
}

type Words = Readonly<Record<string, () => string>>;

const categoryWords: Words = {
  writes: () => l10n.t('Writes (POST, PUT, PATCH, DELETE)'),
  auth: () => l10n.t('Authentication'),
  deployments: () => l10n.t('Deployments'),
  errors: () => l10n.t('Errors (status 400 and above)'),
};

const levelWords: Words = {
  NONE: () => l10n.t('Nothing'),
  METADATA: () => l10n.t('Metadata'),
  REQUEST: () => l10n.t('Metadata and request body'),
  REQUEST_RESPONSE: () => l10n.t('Metadata, request and response body'),
};

/** The choices, each with its name in the policy and its label. */
export function categoryChoices(): [name: string, label: string][] {
  return Object.entries(categoryWords).map(([name, words]) => [name, words()]);
}

export function levelChoices(): [name: string, label: string][] {
  return Object.entries(levelWords).map(([name, words]) => [name, words()]);
}

/** The limits of a number field, such as `1 to 10,240 MB`. */
export function limitsOf(field: FormField, limits: FormLimits): string {
  switch (field) {
    case 'maxFile':
      return l10n.t('{0} MB', describeRange(limits.maxFileMB));
    case 'maxFolder':
      return l10n.t('{0} MB', describeRange(limits.maxFolderMB));
    case 'maxAge':
      return l10n.t('{0} days or {1} months', describeRange(limits.days), describeRange(limits.months));
    case 'keepPlain':
      return describeRange(limits.keepPlain);
    case 'maxBody':
      return l10n.t('{0} bytes', describeRange(limits.maxBodyBytes));
    default:
      return '';
  }
}

/** The text of a field's value, for a form that was filled from a valid policy. */
export function valueWords(field: FormField, form: PolicyForm): string {
  switch (field) {
    case 'maxFile':
      return l10n.t('{0} MB', formatNumber(Number(form.maxFile)));
    case 'maxFolder':
      return form.maxFolderUnit === 'GB'
        ? l10n.t('{0} GB', formatNumber(Number(form.maxFolder)))
        : l10n.t('{0} MB', formatNumber(Number(form.maxFolder)));
    case 'maxAge':
      return formatLength(Number(form.maxAge), form.maxAgeUnit === 'days' ? 'day' : 'month');
    case 'keepPlain':
      return formatNumber(Number(form.keepPlain));
    case 'maxBody':
      return l10n.t('{0} bytes', formatNumber(Number(form.maxBody)));
    case 'hold':
      return form.hold ? l10n.t('on') : l10n.t('off');
    case 'level':
      return levelWords[form.level]?.() ?? printable(form.level);
    case 'categories':
      return form.logsAll ? l10n.t('all requests') : chosen(form.categories);
    case 'exclude':
    case 'authPaths':
    case 'deploymentPaths':
    case 'extraKeys':
      return listed(form[field].split('\n').filter((line) => line !== ''));
  }
}

function chosen(categories: readonly string[]): string {
  const words = categories.map((name) => categoryWords[name]?.() ?? printable(name));
  return words.length === 0 ? l10n.t('nothing') : formatList(words);
}
