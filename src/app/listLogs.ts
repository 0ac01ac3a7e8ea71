import { createHash } from 'node:crypto';
import { hasCode, isFailure, toFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import type { Acceptance } from '../files/acceptance.ts';
import { belongsToManaged, matcherOf } from '../files/family.ts';
import { folderSize } from '../files/folderSize.ts';
import type { FolderSize } from '../files/folderSize.ts';
import { kindOf, listFiles } from '../files/list.ts';
import { outlook } from '../files/outlook.ts';
import { loadPolicy } from '../files/policyFile.ts';
import type { DatedLogFile, ListedKind, LogFile, Totals } from '../model/logFile.ts';
import type { LogRowFile } from '../model/logRows.ts';
import type { Step } from '../model/maintenance.ts';
import type { Outlook } from '../model/outlook.ts';
import type { Policy } from '../model/policy.ts';
import { times, logsFolder, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';
import { decide, look } from './decide.ts';
import type { Seen } from './decide.ts';
import { rememberListing } from './lastListing.ts';
import { indexRows, totalsOf } from './rowIndex.ts';

/** One file as `ls` prints it; times are ISO 8601 in UTC. */
export interface ListedFile {
  readonly name: string;
  readonly family: string;
  readonly kind: ListedKind;
  readonly bytes: number;
  readonly modified: string;
  readonly firstEntry?: string;
  readonly lastEntry?: string;
}

/**
 * The files of `logs/`, sorted by name.
 * @throws Failure `logs-missing`, `logs-not-a-folder`, `no-permission`
 */
export async function listLogs(input: WorkspaceInput & { readonly times: boolean }): Promise<ListedFile[]> {
  const folder = logsFolder(requireWorkspace(input));
  const { files } = listFiles(folder);
  const dated: readonly DatedLogFile[] = input.times ? await times.date(folder, files) : files;
  return dated.map(toListed).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function toListed({ name, parts, bytes, modified, first, last }: DatedLogFile): ListedFile {
  return {
    name,
    family: parts.family,
    kind: parts.kind,
    bytes,
    modified: new Date(modified).toISOString(),
    ...(first !== undefined && { firstEntry: new Date(first).toISOString() }),
    ...(last !== undefined && { lastEntry: new Date(last).toISOString() }),
  };
}

/** A workspace at a glance, for the tree. A policy that cannot be used does not hide the files. */
export interface Overview {
  readonly hasLogs: boolean;
  readonly managed: boolean;
  /** All files of `logs/`. */
  readonly totals: Totals;
  /** The folder's limit in bytes, and what of the files counts towards it; absent without a policy that can be used. */
  readonly limit?: { readonly bytes: number; readonly counted: Totals };
  /** What is in the folder of the session archives, where there is one. */
  readonly sessions?: FolderSize;
  /** `retention.hold` is on. */
  readonly held: boolean;
  /** What maintenance would do now, as a short text to compare; empty where it is nothing. */
  readonly due: string;
  readonly acceptance?: Acceptance;
  /** Why the policy or the folder cannot be used. */
  readonly failure?: FailureMessage;
}

/** Looks at a workspace, and remembers its files for the rows of the view. */
export async function overview(input: WorkspaceInput): Promise<Overview> {
  const root = requireWorkspace(input);
  const { files, counts, ...facts } = await lookAt(root);
  rememberListing(root, indexRows(files, counts));
  return { ...facts, totals: totalsOf(files) };
}

interface Sight extends Omit<Overview, 'totals'> {
  readonly files: readonly LogRowFile[];
  /** Whether a file counts towards the folder's limit. */
  readonly counts?: (file: LogFile) => boolean;
}

async function lookAt(root: string): Promise<Sight> {
  const nothing: Seen = { files: [], notFiles: [] };
  let seen = nothing;
  let facts = { hasLogs: false, managed: false, held: false, due: '' };
  try {
    facts = { ...facts, hasLogs: kindOf(logsFolder(root)) !== 'missing' };
    if (facts.hasLogs) seen = await look(root);
    const policy = loadPolicy(root);
    if (policy === undefined) return { ...facts, files: seen.files };
    facts = { ...facts, managed: true, held: policy.retention.hold };
    const sessions = folderSize(root, policy.sessions.dir);
    const more = { ...limitOf(policy, seen.files), ...(sessions !== undefined && { sessions }) };
    if (!facts.hasLogs) return { ...facts, ...more, files: [] };
    const { plan, files, now, acceptance } = await decide({ root, policy, seen });
    const next = outlook(files, policy, plan, now);
    return {
      ...facts,
      ...more,
      due: fingerprint(plan.steps),
      files: files.map((file) => withOutlook(file, next.get(file.name))),
      acceptance,
    };
  } catch (error) {
    // It went away while it was looked at.
    if (isFailure(error, 'logs-missing')) return { ...facts, hasLogs: false, files: [] };
    const isPolicy = hasCode(error) && error.code.startsWith('policy-');
    return {
      ...facts,
      managed: facts.managed || isPolicy,
      files: seen.files,
      failure: toFailureMessage(error),
    };
  }
}

function limitOf(policy: Policy, files: readonly LogFile[]): Pick<Sight, 'limit' | 'counts'> {
  const alsoManaged = matcherOf(policy.retention.alsoFamilies);
  const counts = (file: LogFile): boolean => belongsToManaged(file, alsoManaged);
  const bytes = policy.retention.maxFolderMB * BYTES_PER_MB;
  return { counts, limit: { bytes, counted: totalsOf(files.filter(counts)) } };
}

function fingerprint(steps: readonly Step[]): string {
  if (steps.length === 0) return '';
  const hash = createHash('sha256');
  for (const { kind, name } of steps) hash.update(`${kind} ${name}\n`);
  return hash.digest('base64url');
}

function withOutlook(file: DatedLogFile, next: Outlook | undefined): LogRowFile {
  return next === undefined ? file : { ...file, outlook: next };
}
