import type { PolicyState } from '../app/describePolicy.ts';
import type { Preview } from '../app/maintain.ts';
import {
  describe,
  describeIssue,
  describeRule,
  describeSkip,
  printable,
  stepWords,
  summarise,
} from '../app/words.ts';
import type { PolicyIssue } from '../base/failure.ts';
import { formatBytes } from '../base/locale.ts';
import type { FormTexts, PreviewTexts } from '../model/pageMessages.ts';
import { fieldOf } from '../model/policyForm.ts';
import type { FormField, PolicyForm } from '../model/policyForm.ts';

/** What the form says beside its fields. */
export function formTexts(folder: string, { failure, managed, limits }: PolicyState): FormTexts {
  const unmanaged = 'There is no policy yet: Save makes it, and keeps logs out of Git.';
  return {
    folder,
    hasPolicy: managed,
    limits,
    notice: failure === undefined ? (managed ? '' : unmanaged) : describe(failure),
  };
}

interface Problems {
  readonly problems: Partial<Record<FormField, string>>;
  /** What is wrong in the file beside the form's fields; undefined when nothing is. */
  readonly others: string | undefined;
}

/** A sentence for each wrong field, and one for what the form cannot mend. */
export function describeProblems(issues: readonly PolicyIssue[], form: PolicyForm): Problems {
  const problems: Partial<Record<FormField, string>> = {};
  const others: string[] = [];
  for (const issue of issues) {
    const field = fieldOf(issue.field);
    if (field === undefined) others.push(describeIssue(issue));
    else problems[field] ??= sentence(field, issue, form);
  }
  const rest = others.length === 0 ? undefined : `The policy file needs mending first: ${others.join('; ')}.`;
  return { problems, others: rest };
}

function sentence(field: FormField, { rule }: PolicyIssue, form: PolicyForm): string {
  const isWhole = field === 'maxFolder' && form.maxFolderUnit === 'GB' && rule.kind === 'integer';
  return isWhole ? 'Must be from 1 MB to 1,024 GB.' : `${capitalise(describeRule(rule))}.`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SHOWN_STEPS = 200;
const SHOWN_NOTES = 20;

export function describePreview(preview: Preview): PreviewTexts {
  const { steps, skipped, acceptance } = preview;
  const notes = skipped.slice(0, SHOWN_NOTES).map((skip) => `${describeSkip(skip)}.`);
  if (steps.some(({ kind }) => kind === 'zip')) notes.push('Sizes of new archives are estimates.');
  if (acceptance.kind === 'pending') {
    notes.unshift(
      `Nothing is deleted until the policy is applied on this machine (${acceptance.keys.join(', ')}).`,
    );
  }
  return {
    summary: summarise(preview),
    steps: steps.slice(0, SHOWN_STEPS).map(({ kind, name, to, bytes, reason }) => ({
      kind,
      file: to === undefined ? printable(name) : `${printable(name)} → ${printable(to)}`,
      size: formatBytes(bytes),
      reason: stepWords[reason],
    })),
    more: Math.max(0, steps.length - SHOWN_STEPS),
    notes,
  };
}
