import { isFailure } from '../base/failure.ts';
import { uselessRules, type UselessRule } from '../entries/uselessRules.ts';
import { compileCategories, compileExclusion, compileFilter, type Category } from '../entries/filter.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyEdit } from '../policy/policyText.ts';
import { editedText } from '../workspace/editPolicy.ts';
import { logsFolder, requireWorkspace, type WorkspaceInput } from '../workspace/workspace.ts';
import { recentRequests, type RecentRequest } from './recentEntries.ts';

/** Which of the last requests the policy would record. */
export interface RecordingPreview {
  /** The number of requests that were judged: 1,000 at most. */
  readonly considered: number;
  readonly kept: number;
  /** For each category, chosen or not, the number of these requests that belong to it. */
  readonly byCategory: Readonly<Record<Category, number>>;
  readonly dead: readonly UselessRule[];
  /** The newest requests, newest first. */
  readonly rows: readonly PreviewedRequest[];
}

export interface PreviewedRequest extends RecentRequest {
  readonly verdict: Verdict;
}

/** `recorded`, or the reason against it: the level is NONE, the path is excluded, or no chosen category matches. */
export type Verdict = 'recorded' | 'level' | 'excluded' | 'not-chosen';

const CONSIDERED = 1000;
const SHOWN_ROWS = 15;
/** Longer paths are cut. Otherwise JSON would carry the part that is not shown between the threads for nothing. */
const SHOWN_CHARACTERS = 500;

/**
 * Judges the last requests of the API log by the policy that the form would save. Requests that the policy in force
 * does not record are not in the log, so they are missing here.
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
