import * as l10n from '@vscode/l10n';
import type { PolicyState } from '../../setup/describePolicy.ts';
import type { Preview } from '../../maintenance/maintain.ts';
import {
  describe,
  describeKind,
  describeReason,
  describeRule,
  describeSkip,
  printable,
  summarise,
} from '../../words/failures.ts';
import type { PolicyIssue } from '../../base/failure.ts';
import { formatBytes, formatList, formatNumber, locale } from '../../base/locale.ts';
import type { FieldTexts, PreviewTexts } from '../../policy/pageMessages.ts';
import { fieldOf, isCapBelowFile, type FormField, type PolicyForm } from '../../policy/policyForm.ts';
import { titleOf, valueWords } from './formWords.ts';

/** Facts about the policy since the form was opened. */
export interface PolicyHistory {
  /** Whether there was a policy at any time. */
  readonly existed: boolean;
  /** Whether values of the form were changed outside of the form. */
  readonly changedElsewhere: boolean;
}

/** The notice above the fields about the policy's state; empty where the policy exists and is unchanged. */
export function describeState(
  { failure, managed }: Pick<PolicyState, 'failure' | 'managed'>,
  { existed, changedElsewhere }: PolicyHistory,
): string {
  if (failure !== undefined) return describe(failure);
  if (!managed && existed)
    return l10n.t('The policy file was deleted. Save makes it anew, with the values of this form.');
  if (!managed) return l10n.t('There is no policy yet: Save makes it, and keeps logs out of Git.');
  return changedElsewhere
    ? l10n.t(
        'The policy was changed elsewhere while this form was open. What you had not touched shows the new values; where you had, you are asked beside the field.',
      )
    : '';
}

/** One sentence for each wrong field. */
export function describeProblems(issues: readonly PolicyIssue[], form: PolicyForm): FieldTexts {
  const problems: FieldTexts = {};
  for (const issue of issues) {
    const field = fieldOf(issue.field);
    if (field !== undefined) problems[field] ??= describeProblem(field, issue, form);
  }
  return problems;
}

const MAX_FOLDER_GB = 1024;

function describeProblem(field: FormField, { rule }: PolicyIssue, form: PolicyForm): string {
  if (rule.kind !== 'integer') return capitalise(l10n.t('{0}.', describeRule(rule)));
  return field === 'maxFolder' && form.maxFolderUnit === 'GB'
    ? l10n.t('Must be from {0} MB to {1} GB.', formatNumber(1), formatNumber(MAX_FOLDER_GB))
    : l10n.t('Must be a whole number from {0} to {1}.', formatNumber(rule.min), formatNumber(rule.max));
}

function capitalise(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}

/** Warnings about values that are valid, but whose effect is hardly intended. */
export function describeRisks(form: PolicyForm): FieldTexts {
  if (!isCapBelowFile(form)) return {};
  return {
    maxFolder: l10n.t('No larger than one file: logs would be deleted as soon as they rotate.'),
  };
}

/** The question for each field that was changed elsewhere, with its new value. */
export function describeQuestions(fields: readonly FormField[], theirs: PolicyForm): FieldTexts {
  const texts = fields.map((field) => [
    field,
    l10n.t('Changed elsewhere to {0}.', valueWords(field, theirs)),
  ]);
  return Object.fromEntries(texts) as FieldTexts;
}

/** The fields that keep Save disabled, by their titles, since they may be out of sight; empty for none. */
export function describeWaiting(wrong: readonly FormField[], asked: readonly FormField[]): string {
  if (wrong.length > 0) return l10n.t('To be mended first: {0}.', formatList(wrong.map(titleOf)));
  return asked.length === 0 ? '' : l10n.t('To be chosen first: {0}.', formatList(asked.map(titleOf)));
}

const SHOWN_STEPS = 200;
const SHOWN_NOTES = 20;

export function describePreview(preview: Preview): PreviewTexts {
  const { steps, skipped, acceptance } = preview;
  const notes = skipped.slice(0, SHOWN_NOTES).map((skip) => l10n.t('{0}.', describeSkip(skip)));
  if (steps.some(({ kind }) => kind === 'zip')) notes.push(l10n.t('Sizes of new archives are estimates.'));
  if (acceptance.kind === 'pending') {
    notes.unshift(
      l10n.t(
        'Nothing is deleted until the policy is applied on this machine ({0}).',
        formatList(acceptance.keys),
      ),
    );
  }
  const more = steps.length - SHOWN_STEPS;
  return {
    summary: summarise(preview),
    columns: {
      kind: l10n.t('Step'),
      file: l10n.t('File'),
      size: l10n.t('Size'),
      reason: l10n.t('Why'),
    },
    nothing: l10n.t('Nothing: every file is as the policy wants it.'),
    steps: steps.slice(0, SHOWN_STEPS).map(({ kind, name, to, bytes, reason }) => ({
      kind: describeKind(kind),
      file: to === undefined ? printable(name) : `${printable(name)} → ${printable(to)}`,
      size: formatBytes(bytes),
      reason: describeReason(reason),
    })),
    more: more > 0 ? l10n.t('and {0} more', formatNumber(more)) : '',
    notes,
  };
}
