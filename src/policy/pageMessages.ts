import { ANSWERS, type FieldAnswers } from './formMerge.ts';
import { formFields, isPolicyForm, type FormField, type PolicyForm } from './policyForm.ts';

/** The state of the Configure Logging page: the typed values, and the saved values that the user started from. */
export interface Draft {
  readonly form: PolicyForm;
  readonly base: PolicyForm;
}

/** The messages from the Configure Logging page to the extension. `seq` counts its changes; the answer repeats it. */
export type PageMessage =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'changed'; readonly seq: number; readonly answers: FieldAnswers } & Draft)
  | ({ readonly kind: 'save' } & Draft)
  | { readonly kind: 'cancel' }
  | { readonly kind: 'open-policy' };

/** The messages from the extension to the page. */
export type HostMessage =
  | ({ readonly kind: 'load'; readonly defaults: PolicyForm } & Draft)
  /** The policy on disk has changed: the page asks for a check of its form. */
  | { readonly kind: 'policy-changed' }
  | Checked
  | { readonly kind: 'failed'; readonly text: string };

/** A form that was merged with the current policy on disk and checked. */
export interface Checked extends Draft {
  readonly kind: 'checked';
  readonly seq: number;
  /** A sentence about the state of the policy; empty when there is nothing to say. */
  readonly notice: string;
  readonly hasPolicy: boolean;
  /** No form can be saved; `notice` gives the reason. */
  readonly isBlocked: boolean;
  /** What the user must do before Save; empty if there is nothing to do. */
  readonly waiting: string;
  /** A sentence for each field that is wrong. */
  readonly problems: FieldTexts;
  /** A sentence for each field whose value has an effect that hardly any user wants. */
  readonly warnings: FieldTexts;
  /** For each field that was changed elsewhere and has another typed value: the value from elsewhere. */
  readonly questions: FieldTexts;
  readonly preview?: PreviewTexts | undefined;
  readonly recording?: RecordingTexts | undefined;
}

export type FieldTexts = Partial<Record<FormField, string>>;

/** What maintenance would do under the form's values, in words. */
export interface PreviewTexts {
  readonly summary: string;
  /** The headings of the steps. If there are no steps, the page shows the sentence `nothing` instead of the table. */
  readonly columns: PreviewRow;
  readonly nothing: string;
  readonly steps: readonly PreviewRow[];
  /** How many further steps are not listed; empty if all are listed. */
  readonly more: string;
  readonly notes: readonly string[];
}

interface PreviewRow {
  readonly kind: string;
  readonly file: string;
  readonly size: string;
  readonly reason: string;
}

/** What would be recorded of the last requests under the form's values, in words. */
export interface RecordingTexts {
  readonly summary: string;
  /** How many requests belong to each category; empty if there are no requests. */
  readonly counts: string;
  /** The headings of the requests; the heading of the times names their time zone. */
  readonly columns: RequestRow;
  /** The newest requests. */
  readonly rows: readonly RequestRow[];
}

export interface RequestRow {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly status: string;
  /** Whether the request would be recorded, or why not. */
  readonly verdict: string;
}

/** Parses a message from the page; undefined for anything else. */
export function parsePageMessage(value: unknown): PageMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, seq, form, base, answers } = value as Partial<Record<string, unknown>>;
  if (kind === 'ready' || kind === 'cancel' || kind === 'open-policy') return { kind };
  if (!isPolicyForm(form) || !isPolicyForm(base)) return undefined;
  if (kind === 'save') return { kind, form, base };
  const isChange = kind === 'changed' && typeof seq === 'number' && areAnswers(answers);
  return isChange ? { kind, seq, form, base, answers } : undefined;
}

function areAnswers(value: unknown): value is FieldAnswers {
  if (typeof value !== 'object' || value === null) return false;
  const [fields, known]: [readonly string[], readonly unknown[]] = [formFields, ANSWERS];
  return Object.entries(value).every(([field, answer]) => fields.includes(field) && known.includes(answer));
}
