import { createHash } from 'node:crypto';
import { hasCode, toFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import type { Acceptance } from '../files/acceptance.ts';
import { kindOf, listFiles } from '../files/list.ts';
import { outlook } from '../files/outlook.ts';
import { loadPolicy } from '../files/policyFile.ts';
import type { DatedLogFile, ListedKind } from '../model/logFile.ts';
import type { LogRowFile } from '../model/logRows.ts';
import type { Step } from '../model/maintenance.ts';
import type { Outlook } from '../model/outlook.ts';
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

export type OverviewFile = LogRowFile;

/** A workspace at a glance, for the tree. A policy that cannot be used does not hide the files. */
export interface Overview {
  readonly hasLogs: boolean;
  readonly managed: boolean;
  readonly files: readonly OverviewFile[];
  /** `retention.hold` is on. */
  readonly held: boolean;
  /** What maintenance would do now, as a short text to compare; empty where it is nothing. */
  readonly due: string;
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
    if (policy === undefined || !hasLogs) return { hasLogs, managed, files: seen.files, ...idle };
    const { plan, files, now, acceptance } = await decide({ root, policy, seen });
    const next = outlook(files, policy, plan, now);
    return {
      hasLogs,
      managed,
      held: policy.retention.hold,
      due: fingerprint(plan.steps),
      files: files.map((file) => withOutlook(file, next.get(file.name))),
      acceptance,
    };
  } catch (error) {
    const isPolicy = hasCode(error) && error.code.startsWith('policy-');
    return {
      hasLogs,
      managed: managed || isPolicy,
      files: seen.files,
      failure: toFailureMessage(error),
      ...idle,
    };
  }
}

const idle = { held: false, due: '' };

function fingerprint(steps: readonly Step[]): string {
  if (steps.length === 0) return '';
  const hash = createHash('sha256');
  for (const { kind, name } of steps) hash.update(`${kind} ${name}\n`);
  return hash.digest('base64url');
}

function withOutlook(file: DatedLogFile, next: Outlook | undefined): OverviewFile {
  return next === undefined ? file : { ...file, outlook: next };
}
