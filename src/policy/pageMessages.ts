import { ANSWERS, type FieldAnswers } from './formMerge.ts';
import { formFields, isPolicyForm, type FormField, type PolicyForm } from './policyForm.ts';

/** What the Configure Logging page holds: what is typed in, and the saved values that this goes out from. */
export interface Draft {
  readonly form: PolicyForm;
  readonly base: PolicyForm;
}

/** What the Configure Logging page tells the extension. `seq` counts the page's changes: an answer carries it back. */
export type PageMessage =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'changed'; readonly seq: number; readonly answers: FieldAnswers } & Draft)
  | ({ readonly kind: 'save' } & Draft)
  | { readonly kind: 'cancel' }
  | { readonly kind: 'open-policy' };

/** What the extension tells the page. */
export type HostMessage =
  | ({ readonly kind: 'load'; readonly defaults: PolicyForm } & Draft)
  /** The policy on disk is another one: the page asks for a check of what it holds. */
  | { readonly kind: 'policy-changed' }
  | Checked
  | { readonly kind: 'failed'; readonly text: string };

/** What became of a form: merged with what is on disk by now, and judged. */
export interface Checked extends Draft {
  readonly kind: 'checked';
  readonly seq: number;
  /** A sentence about the state of the policy; empty when there is nothing to say. */
  readonly notice: string;
  readonly hasPolicy: boolean;
  /** Nothing can be saved, whatever the form says; `notice` tells why. */
  readonly isBlocked: boolean;
  /** What has to be done before Save; empty for nothing. */
  readonly waiting: string;
  /** A sentence for each field that is wrong. */
  readonly problems: FieldTexts;
  /** What a field leads to that hardly anybody wants. */
  readonly warnings: FieldTexts;
  /** The value that a field was given elsewhere, where another one is typed in. */
  readonly questions: FieldTexts;
  readonly preview?: PreviewTexts | undefined;
  readonly recording?: RecordingTexts | undefined;
}

export type FieldTexts = Partial<Record<FormField, string>>;

/** What maintenance would do under the form's values, in words. */
export interface PreviewTexts {
  readonly summary: string;
  /** The headings of the steps; a sentence in place of the table where there are none. */
  readonly columns: PreviewRow;
  readonly nothing: string;
  readonly steps: readonly PreviewRow[];
  /** How many further steps are not listed; empty where all are. */
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
  /** How many of them belong to each category; empty where there are none. */
  readonly counts: string;
  /** The headings of the requests; that of the times tells their zone. */
  readonly columns: RequestRow;
  /** The newest requests. */
  readonly rows: readonly RequestRow[];
}

export interface RequestRow {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly status: string;
  /** Whether it would be recorded, or why not. */
  readonly verdict: string;
}

/** Parses what arrived from the page; undefined for anything else. */
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
