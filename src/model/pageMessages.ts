import type { FormField, PolicyForm } from './policyForm.ts';
import { isPolicyForm } from './policyForm.ts';

/** What the Configure Logging page tells the extension. `seq` counts the page's changes: an answer carries it back. */
export type PageMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'changed'; readonly seq: number; readonly form: PolicyForm }
  | { readonly kind: 'save'; readonly form: PolicyForm }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'open-policy' };

/** What the extension tells the page. */
export type HostMessage =
  | { readonly kind: 'load'; readonly form: PolicyForm; readonly texts: FormTexts }
  | {
      readonly kind: 'checked';
      readonly seq: number;
      /** A sentence for each field that is wrong. */
      readonly problems: Partial<Record<FormField, string>>;
      readonly preview?: PreviewTexts | undefined;
      readonly recording?: RecordingTexts | undefined;
      /** Why there is no preview, where the fields are right. */
      readonly failure?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly text: string };

export interface FormTexts {
  readonly folder: string;
  readonly hasPolicy: boolean;
  /** A sentence about the state of the policy; empty when there is nothing to say. */
  readonly notice: string;
  /** The limits of each number, such as `1 to 10,240`. */
  readonly limits: Readonly<Record<LimitedField, string>>;
}

/** The fields that hold a number. */
type LimitedField = 'maxFile' | 'maxFolder' | 'maxAge' | 'keepPlain' | 'maxBody';

/** What maintenance would do under the form's values, in words. */
export interface PreviewTexts {
  readonly summary: string;
  readonly steps: readonly PreviewRow[];
  /** How many further steps are not listed. */
  readonly more: number;
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
  /** Heading of the times, with their zone. */
  readonly timeTitle: string;
  /** The newest requests. */
  readonly rows: readonly RequestRow[];
  /** Why a rule keeps nothing, beside the field that says so. */
  readonly warnings: Partial<Record<FormField, string>>;
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
  const { kind, seq, form } = value as { kind?: unknown; seq?: unknown; form?: unknown };
  if (kind === 'ready' || kind === 'cancel' || kind === 'open-policy') return { kind };
  if (!isPolicyForm(form)) return undefined;
  if (kind === 'save') return { kind, form };
  return kind === 'changed' && typeof seq === 'number' ? { kind, seq, form } : undefined;
}
