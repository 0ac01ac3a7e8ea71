import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hasCode, isFailure, toFailureMessage, type FailureMessage } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import type { Acceptance } from '../workspace/acceptance.ts';
import { belongsToManaged, matcherOf } from '../maintenance/family.ts';
import { kindOf, listStore } from '../files/list.ts';
import { nextSteps } from '../maintenance/nextStep.ts';
import { loadPolicy } from '../workspace/policyFile.ts';
import type { LogFile, Totals } from '../files/logFile.ts';
import type { Step } from '../workspace/maintenance.ts';
import { POLICY_FILE } from '../files/places.ts';
import type { Policy } from '../policy/policy.ts';
import {
  logsFolder,
  requireWorkspace,
  type Surroundings,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { decisionFor } from '../maintenance/decision.ts';
import { logsArea } from '../maintenance/logsArea.ts';
import { quickSnapshot, lastSnapshot, freshSnapshot, rememberSnapshot, type Snapshot } from './snapshot.ts';
import { indexRows, totalsOf, type RowFacts } from './fileRows.ts';
import { changedLately, lookForSessions, type SessionListing } from './sessionListing.ts';

const SECOND_MS = 1000;

/** A summary of a workspace, for the tree. A policy that cannot be used does not hide the files. */
export interface Overview {
  readonly hasLogs: boolean;
  readonly managed: boolean;
  /** All files of `logs/`. */
  readonly totals: Totals;
  /** The folder's limit in bytes, and the files that count towards it; absent without a policy that can be used. */
  readonly limit?: { readonly bytes: number; readonly counted: Totals };
  readonly sessions: SessionsOverview;
  /** `retention.hold` is on. */
  readonly held: boolean;
  /** What maintenance would do now, as a short text for comparison; empty if it would do nothing. */
  readonly due: string;
  readonly acceptance?: Acceptance;
  /** When session archives are cleaned up automatically; absent if they are not. */
  readonly cleanUp?: CleanUp;
  /** Why the policy or the folder cannot be used. */
  readonly failure?: FailureMessage;
}

interface CleanUp {
  readonly everyMs: number;
  /** Changes when other archives would be deleted. */
  readonly rules: string;
}

/** A summary of the session archives. */
interface SessionsOverview extends Totals {
  /** False if counting stopped early. Then there are more archives. */
  readonly isWhole: boolean;
  /** The folders of session archives, relative to the workspace. The policy's comes first; it may not exist. */
  readonly tops: readonly string[];
  /** Changes when `foldersWithArchives` would return another answer; empty if there are no such folders. */
  readonly foldersMark: string;
  /** True if there are folders whose changes only `missedFolders` reports for sure. */
  readonly hasLate: boolean;
}

export interface OverviewInput extends WorkspaceInput {
  /** The names in `logs/` that changed since the last look. If they are absent, every file is looked at. */
  readonly changed?: readonly string[] | undefined;
  /** The changed folders that may hold archives, relative to the workspace; ignored if `changed` is absent. */
  readonly changedFolders?: readonly string[] | undefined;
  /** Reads only names and sizes, for a first view of a large folder. No file is opened, and nothing is planned. */
  readonly quick?: boolean | undefined;
}

/** Looks at a workspace, and remembers its files for the rows of the view. */
export async function overview(input: OverviewInput, surroundings: Surroundings): Promise<Overview> {
  const root = requireWorkspace(input);
  const before = lastSnapshot(root);
  const changedFolders = input.changed && (input.changedFolders ?? []);
  const sessions = lookForSessions(root, before?.sessions, changedFolders, surroundings);
  const { look, rows, ...facts } = await lookAt({ ...input, root }, before, surroundings);
  const { files } = look.seen;
  const latest = lastSnapshot(root);
  // Another look ended meanwhile, and its results are missing in this one. The times are known now, so a second look is
  // quick.
  if (latest !== before && input.quick !== true) return overview({ root }, surroundings);
  if (latest === undefined || input.quick !== true) {
    const store = facts.hasLogs && facts.failure === undefined ? listStore(logsFolder(root)) : [];
    rememberSnapshot(root, { ...look, sessions, index: indexRows(files, rows, sessions.rows, store) });
  }
  return { ...facts, totals: totalsOf(files), sessions: sessionsOverview(sessions) };
}

/** The paths of the folders with archives, relative to the workspace. If there are very many, only the first ones. */
export function foldersWithArchives(input: WorkspaceInput): readonly string[] {
  return lastSnapshot(requireWorkspace(input))?.sessions.folders ?? [];
}

/** The folders with archives added or removed since the last look that watchers may not have reported. */
export function missedFolders(input: WorkspaceInput): readonly string[] {
  const root = requireWorkspace(input);
  const look = lastSnapshot(root);
  return look === undefined ? [] : changedLately(root, look.sessions);
}

function sessionsOverview({ rows, tops, foldersMark, late }: SessionListing): SessionsOverview {
  return { ...rows.totals, isWhole: rows.isWhole, tops, foldersMark, hasLate: late.size > 0 };
}

interface Facts extends Omit<Overview, 'totals' | 'sessions'> {
  readonly look: Snapshot;
  readonly rows: RowFacts;
}

async function lookAt(
  { root, changed, quick = false }: OverviewInput,
  before: Snapshot | undefined,
  surroundings: Surroundings,
): Promise<Facts> {
  let look: Snapshot = { seen: { files: [], notFiles: [] } };
  let facts = { hasLogs: true, managed: false, held: false, due: '' };
  try {
    const found = await snapshotIfThere(() =>
      quick ? quickSnapshot(root) : freshSnapshot(root, before, changed),
    );
    facts = { ...facts, hasLogs: found !== undefined };
    look = found ?? look;
    const policy = loadPolicy(root);
    if (policy === undefined) return { ...facts, look, rows: {} };
    facts = { ...facts, ...cleanUpOf(policy), managed: true, held: policy.retention.hold };
    const { counts, limit } = limitOf(policy, look.seen.files);
    if (!facts.hasLogs || quick) return { ...facts, limit, look, rows: { counts } };
    const { seen } = look;
    const { plan, now, acceptance } = await decisionFor(logsArea(root, policy), { seen }, surroundings);
    const rows = { counts, next: nextSteps(seen.files, policy, plan, now) };
    return { ...facts, limit, due: fingerprint(plan.steps), acceptance, look, rows };
  } catch (error) {
    const isPolicy = hasCode(error) && error.code.startsWith('policy-');
    // This also covers a folder that could not be read, because that fails before the policy is read.
    const managed = facts.managed || isPolicy || kindOf(join(root, POLICY_FILE)) !== 'missing';
    return { ...facts, managed, look, rows: {}, failure: toFailureMessage(error) };
  }
}

/** @returns undefined if `logs/` does not exist, or no longer exists */
async function snapshotIfThere(look: () => Snapshot | Promise<Snapshot>): Promise<Snapshot | undefined> {
  try {
    return await look();
  } catch (error) {
    // `file-missing` means that the folder was removed at the last moment.
    if (isFailure(error, 'logs-missing') || isFailure(error, 'file-missing')) return undefined;
    throw error;
  }
}

function limitOf(
  policy: Policy,
  files: readonly LogFile[],
): { counts: (file: LogFile) => boolean; limit: NonNullable<Overview['limit']> } {
  const alsoManaged = matcherOf(policy.retention.alsoFamilies);
  const counts = (file: LogFile): boolean => belongsToManaged(file, alsoManaged);
  const bytes = policy.retention.maxFolderMB * BYTES_PER_MB;
  return { counts, limit: { bytes, counted: totalsOf(files.filter(counts)) } };
}

function cleanUpOf({ sessions, retention }: Policy): Pick<Overview, 'cleanUp'> {
  const { enabled, dir, retentionDays, cleanupIntervalSeconds } = sessions;
  if (!enabled || retention.hold) return {};
  const rules = `${String(retentionDays)} ${dir}`;
  return { cleanUp: { everyMs: cleanupIntervalSeconds * SECOND_MS, rules } };
}

function fingerprint(steps: readonly Step[]): string {
  if (steps.length === 0) return '';
  const hash = createHash('sha256');
  for (const { kind, name } of steps) hash.update(`${kind} ${name}\n`);
  return hash.digest('base64url');
}
