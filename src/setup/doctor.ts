import { realpathSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { hasCode, isFailure, toFailureMessage } from '../base/failure.ts';
import { commitCheckState, locateHook } from '../git/commitCheck.ts';
import { replacementsLeft } from '../files/durable.ts';
import { APPEND_LOCK, MAINTENANCE_LOCK } from '../files/folderLock.ts';
import { repositoryRoot } from '../git/git.ts';
import { ignoreState, ignoreStateElsewhere } from '../git/ignoreRule.ts';
import { kindOf, listFiles, partsIn } from '../files/list.ts';
import { isShared, mountOfFile } from './mounts.ts';
import { loadPolicy } from '../workspace/policyFile.ts';
import type { StateFolder } from '../workspace/stateFolder.ts';
import { commitOfLogs, trackedFiles, type Told } from '../git/trackedLogs.ts';
import { matcherOf } from '../maintenance/family.ts';
import { linksOf } from './links.ts';
import { unwritable } from './writable.ts';
import { formatFileName, MANAGED_FAMILIES } from '../files/fileName.ts';
import { IGNORE_FILE, LOGS_FOLDER, POLICY_FILE } from '../files/places.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
import { logsFolder, requireWorkspace, stateOf, type Surroundings } from '../workspace/workspace.ts';
import type { CheckId, Facts, Finding, FixId, Some } from './findings.ts';
import { wasInstalled } from '../git/installCheck.ts';
import { isIgnoreDeclined, type GitInput } from '../git/keepIgnored.ts';
import { managedFolders, sessionsElsewhere } from '../workspace/managedFolders.ts';

/** What the checks look at. */
interface Subject extends Surroundings {
  readonly root: string;
  /** The policy in force; undefined if there is none that can be used. */
  readonly policy: Policy | undefined;
  /** The managed folders; without a policy, those of the default policy. */
  readonly folders: readonly string[];
  /** A further folder of session archives, as `sessionsElsewhere` finds it. */
  readonly elsewhere: string | undefined;
  readonly state: StateFolder;
}

/** Checks whether a workspace's logs are as they should be. Returns the outcome of every check. Changes nothing. */
export async function checkWorkspace(input: GitInput, surroundings: Surroundings): Promise<Finding[]> {
  const root = requireWorkspace(input);
  const { policy, facts } = readPolicy(root);
  const state = stateOf(root, policy, surroundings);
  const folders = await managedFolders(root, policy ?? defaultPolicy, input.fromEnvironment, surroundings);
  const elsewhere = sessionsElsewhere(root, policy ?? defaultPolicy, input.fromEnvironment);
  const subject = { root, policy, folders, elsewhere, state, environment: surroundings.environment };
  return Promise.all([
    find('policy', subject, () => unmatchedIn(root, policy) ?? facts),
    find('ignored', subject, lookAtIgnored),
    find('untracked', subject, lookAtTracked),
    find('writable', subject, lookAtRights),
    find('unlinked', subject, lookAtLinks),
    find('history', subject, lookAtHistory),
    find('leftovers', subject, lookAtLeftovers),
    find('mount', subject, lookAtMount),
    find('commit-check', subject, lookAtCommitCheck),
  ]);
}

type Look<C extends CheckId> = (subject: Subject) => Facts[C] | Promise<Facts[C]>;

async function find<C extends CheckId>(check: C, subject: Subject, look: Look<C>): Promise<Finding> {
  const facts = await lookOrFail(look, subject);
  const finding = { check, facts, ok: isSound(facts) } as Finding;
  const fix = fixOf(finding, subject.policy !== undefined);
  return fix === undefined ? finding : { ...finding, fix };
}

/** A failure of one check becomes its finding and does not stop the other checks. */
async function lookOrFail<C extends CheckId>(look: Look<C>, subject: Subject): Promise<Finding['facts']> {
  try {
    return await look(subject);
  } catch (error) {
    return { state: 'failed', failure: toFailureMessage(error) };
  }
}

const sound: ReadonlySet<Finding['facts']['state']> = new Set([
  'sound',
  'unmatched',
  'covered',
  'no-repository',
  'none',
  'writable',
  'root-read-only',
  'no-logs',
  'plain',
  'clean',
  'local',
  'unknown',
  'absent',
  'installed',
] as const);

function isSound(facts: Finding['facts']): boolean {
  if (facts.state === 'silent') return facts.silence.kind !== 'refused';
  if (facts.state === 'left') return facts.held;
  if (facts.state === 'add-line') return facts.isFleeting !== true;
  return sound.has(facts.state);
}

function fixOf({ check, ok, facts }: Finding, isManaged: boolean): FixId | undefined {
  if (facts.state === 'missing') return 'policy';
  if (!isManaged) return undefined;
  switch (facts.state) {
    case 'uncovered':
    case 'declined':
    case 'tracked':
    case 'left':
      return ok ? undefined : (check as FixId);
    case 'absent':
      return 'commit-check';
    case 'gone':
      return facts.added === undefined ? 'commit-check' : undefined;
    case 'outdated':
    case 'not-executable':
      return facts.isOurs ? 'commit-check' : undefined;
    default:
      return undefined;
  }
}

function readPolicy(root: string): { policy: Policy | undefined; facts: Facts['policy'] } {
  try {
    const policy = loadPolicy(root);
    return { policy, facts: { state: policy === undefined ? 'missing' : 'sound' } };
  } catch (error) {
    if (!hasCode(error)) throw error;
    return { policy: undefined, facts: { state: 'unusable', failure: toFailureMessage(error) } };
  }
}

/** The globs of `retention.alsoFamilies` that match no log: one with a spelling mistake would never expire anything. */
function unmatchedIn(root: string, policy: Policy | undefined): Facts['policy'] | undefined {
  const logs = logsFolder(root);
  const globs = policy?.retention.alsoFamilies ?? [];
  if (globs.length === 0 || kindOf(logs) !== 'folder') return undefined;
  const foreign = listFiles(logs).files.filter(({ parts }) => parts.kind === 'foreign');
  const families = [...new Set(foreign.map(({ parts }) => parts.family))];
  const unmatched = globs.filter((glob) => !families.some(matcherOf([glob])));
  return unmatched.length === 0 ? undefined : { state: 'unmatched', globs: some(unmatched) };
}

async function lookAtIgnored(subject: Subject): Promise<Facts['ignored']> {
  const { root, folders, elsewhere, state, environment } = subject;
  const now = await ignoreState(root, folders, environment);
  if (now.kind === 'uncovered')
    return { state: isIgnoreDeclined(state) ? 'declined' : 'uncovered', lines: now.lines };
  const missing = elsewhere === undefined ? undefined : await ignoreStateElsewhere(elsewhere, environment);
  if (elsewhere === undefined || missing === undefined) return { state: now.kind };
  return { state: 'uncovered-elsewhere', folder: elsewhere, ...missing };
}

async function lookAtTracked({ root, folders, environment }: Subject): Promise<Facts['untracked']> {
  const told = await trackedFiles(root, folders, environment);
  if (told.kind !== 'told') return unasked(told);
  return told.value.length === 0 ? { state: 'none' } : { state: 'tracked', files: some(told.value) };
}

async function lookAtHistory({ root, folders, environment }: Subject): Promise<Facts['history']> {
  const told = await commitOfLogs(root, folders, environment);
  if (told.kind !== 'told') return unasked(told);
  if (told.value === undefined) return { state: 'clean' };
  const real = realpathSync(root);
  const inRepository = relative(repositoryRoot(real, environment) ?? real, real);
  const paths = folders.map((folder) => join(inRepository, folder).replaceAll(sep, '/'));
  return { state: 'committed', commit: told.value, paths };
}

function unasked(told: Exclude<Told<never>, { kind: 'told' }>): Facts['history'] & Facts['untracked'] {
  return told.kind === 'no-repository' ? { state: told.kind } : { state: 'silent', silence: told };
}

/**
 * Checks the paths that are written to: the logs and their locks, the other managed folders, and this machine's state.
 * The workspace itself may be read-only, as in an image whose `logs/` is a volume, once all of them are there.
 */
function lookAtRights({ root, policy, folders, state }: Subject): Facts['writable'] {
  const logs = logsFolder(root);
  // A usage.log may be another program's.
  const active = MANAGED_FAMILIES.map((family) => formatFileName({ kind: 'active', family })).filter(
    (name) => !name.startsWith('usage.') || partsIn(logs + sep, name).kind === 'active',
  );
  const inLogs = [...active, APPEND_LOCK, MAINTENANCE_LOCK].map((name) => join(logs, name));
  const hasLogs = kindOf(logs) === 'folder';
  const managed = folders.map((folder) => join(root, folder));
  const needed = [state.path, ...managed, ...(hasLogs ? inLogs : [root])];
  const paths = unwritable(policy === undefined ? [root, ...needed] : needed);
  if (paths.length > 0) return { state: 'unwritable', paths };
  if (!hasLogs) return { state: 'no-logs' };
  return { state: unwritable([root]).length === 0 ? 'writable' : 'root-read-only' };
}

function lookAtLinks({ root }: Subject): Facts['unlinked'] {
  const found = linksOf(root, POLICY_FILE, LOGS_FOLDER);
  return found.length === 0 ? { state: 'plain' } : { state: 'odd', names: some(found) };
}

function lookAtLeftovers({ root, policy }: Subject): Facts['leftovers'] {
  const hasLogs = kindOf(logsFolder(root)) === 'folder';
  const files = hasLogs ? listFiles(logsFolder(root)).files : [];
  const names = files
    .filter(({ parts }) => parts.kind === 'leftover')
    .map(({ name }) => `${LOGS_FOLDER}/${name}`);
  for (const file of [POLICY_FILE, IGNORE_FILE])
    names.push(...replacementsLeft(join(root, file)).map((path) => basename(path)));
  if (names.length === 0) return { state: 'none' };
  return { state: 'left', names: some(names), held: policy?.retention.hold === true };
}

function lookAtMount({ root }: Subject): Facts['mount'] {
  const logs = logsFolder(root);
  const mount = mountOfFile(kindOf(logs) === 'folder' ? logs : realpathSync(root));
  if (mount === undefined) return { state: 'unknown' };
  return { state: isShared(mount.type) ? 'shared' : 'local', mount };
}

function isMissed(state: StateFolder): boolean {
  try {
    return wasInstalled(state);
  } catch (error) {
    // The check of what is writable reports such a state folder.
    if (isFailure(error, 'state-unwritable')) return false;
    throw error;
  }
}

async function lookAtCommitCheck({
  root,
  folders,
  state,
  environment,
}: Subject): Promise<Facts['commit-check']> {
  try {
    const now = commitCheckState(await locateHook(root, folders, environment));
    if (!isMissed(state)) return now;
    if (now.state === 'absent') return { state: 'gone', path: now.path };
    if (now.state !== 'add-line' || now.isFleeting === true) return now;
    const { path, place = path, line } = now;
    return { state: 'gone', path, added: { place, line } };
  } catch (error) {
    if (isFailure(error, 'no-repository')) return { state: 'no-repository' };
    const told = isFailure(error, 'git-refused') ? await trackedFiles(root, folders, environment) : undefined;
    if (told === undefined || told.kind === 'told') throw error;
    return unasked(told);
  }
}

const FIRST = 10;

function some<T>(all: readonly T[]): Some<T> {
  return { first: all.slice(0, FIRST), count: all.length };
}
