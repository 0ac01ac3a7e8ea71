import { hasCode, toFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import type { Acceptance } from '../files/acceptance.ts';
import { kindOf, listFiles } from '../files/list.ts';
import { outlook } from '../files/outlook.ts';
import type { Outlook } from '../files/outlook.ts';
import { loadPolicy } from '../files/policyFile.ts';
import type { DatedLogFile, ListedKind } from '../model/logFile.ts';
import { times, logsFolder, requireWorkspace } from './context.ts';
import type { WorkspaceInput } from './context.ts';
import { decide, look } from './decide.ts';
import type { Seen } from './decide.ts';

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

/** A file with what happens to it next. */
export interface OverviewFile extends DatedLogFile {
  readonly outlook?: Outlook;
}

/** A workspace at a glance, for the tree. A policy that cannot be used does not hide the files. */
export interface Overview {
  readonly hasLogs: boolean;
  readonly managed: boolean;
  readonly files: readonly OverviewFile[];
  readonly acceptance?: Acceptance;
  /** Why the policy or the folder cannot be used. */
  readonly failure?: FailureMessage;
}

export async function overview(input: WorkspaceInput): Promise<Overview> {
  const root = requireWorkspace(input);
  let managed = false;
  let seen: Seen = { files: [], notFiles: [] };
  const hasLogs = kindOf(logsFolder(root)) !== 'missing';
  try {
    if (hasLogs) seen = await look(root);
    const policy = loadPolicy(root);
    managed = policy !== undefined;
    if (policy === undefined || !hasLogs) return { hasLogs, managed, files: seen.files };
    const { plan, files, now, acceptance } = await decide({ root, policy, seen });
    const next = outlook(files, policy, plan, now);
    return {
      hasLogs,
      managed,
      files: files.map((file) => withOutlook(file, next.get(file.name))),
      acceptance,
    };
  } catch (error) {
    const isPolicy = hasCode(error) && error.code.startsWith('policy-');
    return { hasLogs, managed: managed || isPolicy, files: seen.files, failure: toFailureMessage(error) };
  }
}

function withOutlook(file: DatedLogFile, next: Outlook | undefined): OverviewFile {
  return next === undefined ? file : { ...file, outlook: next };
}
