import type { Step } from './maintenance.ts';
import type { Progress } from './maintenance.ts';

/** Something that was done to a workspace. Goes to the output channel; later also to the audit trail. */
export type Action =
  | { readonly kind: Step['kind']; readonly step: Step }
  | { readonly kind: 'initialised'; readonly created: readonly string[] }
  | { readonly kind: 'policy-saved'; readonly keys: readonly string[] }
  | { readonly kind: 'policy-accepted'; readonly hash: string }
  | { readonly kind: 'ignore-rule-added' | 'ignore-rule-undone'; readonly lines: readonly string[] }
  /** Moved to the system's trash, by a person. */
  | { readonly kind: 'trashed'; readonly name: string; readonly bytes: number }
  /** A copy was saved outside of the logs. */
  | { readonly kind: 'copied'; readonly name: string; readonly target: string }
  /** So many session archives have another password now. */
  | { readonly kind: 'rekeyed'; readonly archives: number }
  | { readonly kind: 'untracked'; readonly paths: readonly string[] }
  | { readonly kind: 'commit-check-installed' | 'commit-check-removed'; readonly path: string };

export interface ActionEvent {
  /** ms since 1970 */
  readonly at: number;
  readonly root: string;
  readonly action: Action;
}

/** What a use case tells while it runs. */
export type AppReport =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'action'; readonly event: ActionEvent };
