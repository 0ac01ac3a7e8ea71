import { isFailure } from '../base/failure.ts';
import { uselessRules, type UselessRule } from '../entries/uselessRules.ts';
import { compileCategories, compileExclusion, compileFilter, type Category } from '../entries/filter.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyEdit } from '../policy/policyText.ts';
import { editedText } from '../workspace/editPolicy.ts';
import { logsFolder, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';
import { recentRequests, type RecentRequest } from './recentEntries.ts';

/** Which of the last requests a policy would record. */
export interface RecordingPreview {
  /** How many requests were looked at: 1,000 at most. */
  readonly considered: number;
  readonly kept: number;
  /** How many of those looked at belong to each category, chosen or not. */
  readonly byCategory: Readonly<Record<Category, number>>;
  readonly dead: readonly UselessRule[];
  /** The newest requests, newest first. */
  readonly rows: readonly PreviewedRequest[];
}

export interface PreviewedRequest extends RecentRequest {
  readonly verdict: Verdict;
}

/** Recorded, or why not: the level is NONE, its path is excluded, it is of no chosen kind. */
export type Verdict = 'recorded' | 'level' | 'excluded' | 'not-chosen';

const CONSIDERED = 1000;
const SHOWN_ROWS = 15;
/** A path is shown up to here; JSON carries the others whole between the threads for nothing. */
const SHOWN_CHARACTERS = 500;

/**
 * Judges the last requests of the API log by the policy that the form would save. They were recorded under the policy in
 * force: what that one leaves out is not among them.
 */
export function previewRecording(
  input: WorkspaceInput & { readonly edits: readonly PolicyEdit[] },
): RecordingPreview {
  const root = requireWorkspace(input);
  const { recording } = editedText(root, input.edits).policy;
  const requests = requestsOf(root);
  const verdictOf = verdictFor(recording);
  const categoriesOf = compileCategories(recording);
  const byCategory = { writes: 0, auth: 0, deployments: 0, errors: 0 };
  const withVerdicts = requests.map((request): PreviewedRequest => {
    for (const category of categoriesOf(request)) byCategory[category] += 1;
    return { ...request, path: request.path.slice(0, SHOWN_CHARACTERS), verdict: verdictOf(request) };
  });
  return {
    considered: withVerdicts.length,
    kept: withVerdicts.filter(({ verdict }) => verdict === 'recorded').length,
    byCategory,
    dead: uselessRules(recording),
    rows: withVerdicts.slice(0, SHOWN_ROWS),
  };
}

function requestsOf(root: string): RecentRequest[] {
  try {
    return recentRequests(logsFolder(root), CONSIDERED);
  } catch (error) {
    if (isFailure(error, 'logs-missing')) return [];
    throw error;
  }
}

function verdictFor(recording: Policy['recording']): (request: RecentRequest) => Verdict {
  const keeps = compileFilter(recording);
  const isExcluded = compileExclusion(recording.exclude);
  return (request) => {
    if (recording.level === 'NONE') return 'level';
    if (keeps(request)) return 'recorded';
    return isExcluded(request.path) ? 'excluded' : 'not-chosen';
  };
}
