import type { FailureMessage } from '../base/failure.ts';
import type { CommitCheckState } from '../git/commitCheck.ts';
import type { GitSilence } from '../git/git.ts';
import type { Mount } from './mounts.ts';
import type { Link } from './links.ts';
import { initialise } from './changePolicy.ts';
import { installCommitCheck } from '../git/installCheck.ts';
import type { AppContext } from '../workspace/workspace.ts';
import { restoreIgnore, untrack, type GitInput } from '../git/keepIgnored.ts';
import { runMaintenance } from '../maintenance/maintain.ts';

/** The findings that can be fixed at once. */
export const fixes = ['policy', 'ignored', 'untracked', 'leftovers', 'commit-check'] as const;
export type FixId = (typeof fixes)[number];

/** The first items of a list, and the number of all. */
export interface Some<T> {
  readonly first: readonly T[];
  readonly count: number;
}

/** Git gave no answer, so nothing was found. */
type Unasked =
  { readonly state: 'no-repository' } | ({ readonly state: 'silent' } & { readonly silence: GitSilence });

/** What each check of a workspace found. */
export interface Facts {
  readonly policy:
    | { readonly state: 'sound' | 'missing' }
    /** The policy can be used, but no log is of these families. */
    | { readonly state: 'unmatched'; readonly globs: Some<string> }
    | { readonly state: 'unusable'; readonly failure: FailureMessage };
  readonly ignored:
    | { readonly state: 'covered' | 'no-repository' }
    | { readonly state: 'uncovered' | 'declined'; readonly lines: readonly string[] }
    /** Session archives go to a folder outside the workspace. `file` is the one for the lines; without lines, the
     *  folder is the root of a repository. */
    | {
        readonly state: 'uncovered-elsewhere';
        readonly folder: string;
        readonly file: string;
        readonly lines: readonly string[];
      };
  readonly untracked:
    { readonly state: 'none' } | { readonly state: 'tracked'; readonly files: Some<string> } | Unasked;
  readonly writable:
    /** `root-read-only`: the logs can be written, but not the policy and `.gitignore`. */
    | { readonly state: 'writable' | 'no-logs' | 'root-read-only' }
    | { readonly state: 'unwritable'; readonly paths: readonly string[] };
  readonly unlinked: { readonly state: 'plain' } | { readonly state: 'odd'; readonly names: Some<Link> };
  readonly history:
    | { readonly state: 'clean' }
    /** `paths`: the managed folders, relative to the repository's root. */
    | { readonly state: 'committed'; readonly commit: string; readonly paths: readonly string[] }
    | Unasked;
  readonly leftovers:
    | { readonly state: 'none' }
    | { readonly state: 'left'; readonly names: Some<string>; readonly held: boolean };
  readonly mount:
    { readonly state: 'unknown' } | { readonly state: 'local' | 'shared'; readonly mount: Mount };
  readonly 'commit-check':
    | CommitCheckState
    /** It was installed on this machine. `added`: what a person can do where the hook is not ours to write now. */
    | {
        readonly state: 'gone';
        readonly path: string;
        readonly added?: { readonly place: string; readonly line: string };
      }
    | Unasked;
}

export type CheckId = keyof Facts;

/** The outcome of one check. The words for it are in `words/findings.ts`. */
export type Finding = {
  [C in CheckId]: {
    readonly check: C;
    readonly ok: boolean;
    readonly facts: Facts[C] | { readonly state: 'failed'; readonly failure: FailureMessage };
    /** The fix or setup that the job `fixFinding` can do. */
    readonly fix?: FixId;
  };
}[CheckId];

/** How long to wait for another run of maintenance. */
const PATIENCE_MS = 60_000;

const work: Readonly<Record<FixId, (input: GitInput, context: AppContext) => Promise<unknown>>> = {
  policy: initialise,
  ignored: restoreIgnore,
  untracked: untrack,
  leftovers: (input, context) => runMaintenance({ ...input, patience: PATIENCE_MS }, context),
  'commit-check': installCommitCheck,
};

/** Fixes what `checkWorkspace` found. What is right already stays as it is. @throws Failure those of the fix */
export async function fixFinding(
  input: GitInput & { readonly check: FixId },
  context: AppContext,
): Promise<void> {
  await work[input.check](input, context);
}
