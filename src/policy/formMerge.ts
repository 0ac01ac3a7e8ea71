import { formFields, saysTheSame, type FormField, type PolicyForm } from './policyForm.ts';

/** What a person chose where a field was changed here and elsewhere; `open`: asked, and not answered yet. */
export type FieldAnswers = Partial<Record<FormField, (typeof ANSWERS)[number]>>;

export const ANSWERS = ['mine', 'theirs', 'open'] as const;

export interface MergedForm {
  readonly form: PolicyForm;
  /** What `form` goes out from now: the saved values, but the old ones where a question is open. */
  readonly base: PolicyForm;
  /** The fields that have another value on both sides, and no answer. They keep what is typed in. */
  readonly conflicts: readonly FormField[];
}

/**
 * Merges what is typed into a form with what was saved elsewhere since it was filled, field by field: what only one side
 * changed wins; what both changed to the same is settled; what both changed differently is asked about.
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
    // Typing may pass by the old value: that answers no question.
    const isUntouched = same(mine, base) && answers[field] !== 'open';
    if (isUntouched || answers[field] === 'theirs') taken.push(field);
    else conflicts.push(field);
  }
  return { form: withFields(mine, taken, theirs), base: withFields(theirs, conflicts, base), conflicts };
}

/** The form with some fields as another one has them. */
function withFields(form: PolicyForm, fields: readonly FormField[], other: PolicyForm): PolicyForm {
  const parts = fields.flatMap((field) => partsOf(field));
  return { ...form, ...Object.fromEntries(parts.map((part) => [part, other[part]])) };
}

/** The values of the form that a field consists of. */
function partsOf(field: FormField): readonly (keyof PolicyForm)[] {
  if (field === 'maxFolder') return ['maxFolder', 'maxFolderUnit'];
  if (field === 'maxAge') return ['maxAge', 'maxAgeUnit'];
  return field === 'categories' ? ['logsAll', 'categories'] : [field];
}
