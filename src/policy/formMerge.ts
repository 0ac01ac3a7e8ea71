import { formFields, saysTheSame, type FormField, type PolicyForm } from './policyForm.ts';

/** The user's choice for a field that was changed here and elsewhere; `open` means that there is no answer yet. */
export type FieldAnswers = Partial<Record<FormField, (typeof ANSWERS)[number]>>;

export const ANSWERS = ['mine', 'theirs', 'open'] as const;

export interface MergedForm {
  readonly form: PolicyForm;
  /** The new starting values of `form`: the saved values, but the old ones where a question is open. */
  readonly base: PolicyForm;
  /** The fields that both sides changed differently and that have no answer. They keep the typed value. */
  readonly conflicts: readonly FormField[];
}

/**
 * Merges the typed values of a form with the values that were saved elsewhere meanwhile, field by field. A change on
 * one side wins. The same change on both sides is settled. Different changes on both sides become a question.
 */
export function mergeForms(
  base: PolicyForm,
  mine: PolicyForm,
  theirs: PolicyForm,
  answers: FieldAnswers = {},
): MergedForm {
  const taken: FormField[] = [];
  const conflicts: FormField[] = [];
  for (const field of formFields) {
    const same = (one: PolicyForm, other: PolicyForm): boolean => saysTheSame(field, one, other);
    if (same(theirs, base) || same(theirs, mine) || answers[field] === 'mine') continue;
    // The user may type the old value in passing: that does not answer a question.
    const isUntouched = same(mine, base) && answers[field] !== 'open';
    if (isUntouched || answers[field] === 'theirs') taken.push(field);
    else conflicts.push(field);
  }
  return { form: withFields(mine, taken, theirs), base: withFields(theirs, conflicts, base), conflicts };
}

/** The form with some fields taken from another form. */
function withFields(form: PolicyForm, fields: readonly FormField[], other: PolicyForm): PolicyForm {
  const parts = fields.flatMap((field) => partsOf(field));
  return { ...form, ...Object.fromEntries(parts.map((part) => [part, other[part]])) };
}

/** The form's values that make up a field. */
function partsOf(field: FormField): readonly (keyof PolicyForm)[] {
  if (field === 'maxFolder') return ['maxFolder', 'maxFolderUnit'];
  if (field === 'maxAge') return ['maxAge', 'maxAgeUnit'];
  return field === 'categories' ? ['logsAll', 'categories'] : [field];
}
