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
  readonly limits: Readonly<Record<'maxFile' | 'maxFolder' | 'maxAge' | 'keepPlain', string>>;
}

/** What maintenance would do under the form's values, in words. */
export interface PreviewTexts {
  readonly summary: string;
  readonly steps: readonly PreviewRow[];
  /** How many further steps are not listed. */
  readonly more: number;
  readonly notes: readonly string[];
}

export interface PreviewRow {
  readonly kind: string;
  readonly file: string;
  readonly size: string;
  readonly reason: string;
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
