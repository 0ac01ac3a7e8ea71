import type {
  Failure,
  FailureData,
  FailureMessage,
  FileKind,
  PolicyIssue,
  PolicyRule,
} from '../base/failure.ts';
import { formatBytes } from '../base/locale.ts';
import type { DeadRule } from '../intake/deadRules.ts';
import { defaultMasker } from '../intake/masker.ts';
import type { Plan, SkipReason, Step } from '../model/maintenance.ts';

/**
 * The words for people, shared by the doors. Each sentence says what happened and what to do. A file's name may hold
 * anything: `printable` makes it harmless in a terminal and in a message.
 */
type Sentences = { readonly [C in keyof FailureData]: (data: FailureData[C]) => string };

const sentences: Sentences = {
  'not-managed': ({ path }) =>
    `${q(path)} has no policy, so nothing in it is changed. Run “init” or Configure Logging first.`,
  'policy-damaged': ({ path, issues }) =>
    `${q(path)} cannot be used: ${issues.map(describeIssue).join('; ')}. Nothing is changed until it is mended.`,
  'policy-newer': ({ path, version }) =>
    `${q(path)} was made by a newer version (policy version ${String(version)}). Update Workspace Logs; until then nothing is changed.`,
  'policy-not-a-file': ({ path, what }) =>
    `${q(path)} is ${kind(what)}, not a file. Replace it by a file; until then nothing is changed.`,
  'policy-too-large': ({ path, bytes, limit }) =>
    `${q(path)} is ${formatBytes(bytes)} long; a policy has at most ${formatBytes(limit)}. Nothing is changed until it is mended.`,
  'policy-edit-refused': ({ issues }) => `Nothing was saved: ${issues.map(describeIssue).join('; ')}.`,
  'workspace-not-a-folder': ({ path, what }) =>
    what === 'missing'
      ? `There is no folder ${q(path)}. Name a folder that is there.`
      : `${q(path)} is ${kind(what)}, not a folder. Name a folder.`,
  'workspace-not-trusted': ({ path }) =>
    `${q(path)} is in Restricted Mode, so nothing is recorded in it. Trust the workspace first.`,
  'logs-missing': ({ path }) => `There is no folder ${q(path)}. Run “init” or Configure Logging to make it.`,
  'logs-not-a-folder': ({ path, what }) =>
    `${q(path)} is ${kind(what)}, not a folder. Only a real folder is managed: replace it by one.`,
  'lock-busy': ({ path }) =>
    `${q(path)} has been locked by another program for too long. Try again when it has finished.`,
  'lock-damaged': ({ path, detail }) =>
    `The lock ${q(path)} cannot be used (${printable(detail)}). Delete it while nothing writes logs, then try again.`,
  'maintenance-busy': ({ path }) =>
    `Maintenance of ${q(path)} is already running elsewhere. Try again when it has finished.`,
  'sqlite-missing': ({ version }) =>
    `This Node.js (${version}) has no SQLite, which the lock needs; Node.js 22.13 or later has. Logs can be read, nothing is changed.`,
  'file-missing': ({ path }) => `There is no file ${q(path)}.`,
  'not-a-regular-file': ({ path, what }) =>
    `${q(path)} is ${kind(what)}, not a regular file, and is left alone.`,
  'not-a-log-name': ({ name }) =>
    `${q(name)} is not the name of a file in logs. Give a name as “ls” prints it.`,
  'no-such-member': ({ name, members }) => `The archive holds no ${q(name)}. It holds ${list(members)}.`,
  'member-needed': ({ name, members }) =>
    members.length === 0
      ? `${q(name)} is an empty archive.`
      : `${q(name)} holds several files: name one of ${list(members)} with --member.`,
  'no-such-part': ({ name, part, parts }) =>
    `${q(name)} has ${String(parts)} parts; there is no part ${String(part + 1)}.`,
  'archive-damaged': ({ name, check }) =>
    `The archive ${q(name)} is damaged: ${printable(check)}. Restore it from a copy if there is one.`,
  'archive-unsupported': ({ name, what }) =>
    `The archive ${q(name)} uses ${printable(what)}, which is not supported here. Open it with 7-Zip.`,
  'archive-encrypted': ({ name }) =>
    `The archive ${q(name)} is encrypted with a password and cannot be shown here yet.`,
  'source-changing': ({ name }) =>
    `${q(name)} was changed meanwhile by another program, so it was left as it is. Try again.`,
  'recorder-closed': () => 'The recorder is closed, so the entry was not recorded. Make a new recorder.',
  'queue-full': () =>
    'The entry was not recorded: too many wait for the disk. Record less, or give the recorder a larger queue.',
  'entry-invalid': () => 'The entry was not recorded: it has no method, path or status.',
  'target-among-logs': ({ path }) =>
    `${q(path)} lies among the logs, where it would be taken for one. Choose another folder.`,
  'nothing-to-rotate': ({ name }) => `${q(name)} is empty or missing, so there is nothing to rotate.`,
  'log-held-open': ({ name }) =>
    `${q(name)} was left as it is: another program has it open for writing. Stop that program, or let it rotate its log itself.`,
  'ignore-rule-gone': ({ path }) =>
    `${q(path)} holds no rule that was added from here, so there is nothing to undo.`,
  'no-repository': ({ path }) => `${q(path)} is in no Git repository.`,
  'git-refused': ({ command, detail }) =>
    `Git did not do ${q(command)}${detail === '' ? '' : `: ${printable(detail)}`}. Run it in a terminal to see why.`,
  'hook-foreign': ({ path, what, line }) =>
    `${q(path)} ${hookWords[what]}, so the check was not installed. To have it all the same, add this line there: ${printable(line)}`,
  'disk-full': ({ path }) =>
    `The disk is full, so ${q(path)} was not written. Make room and try again; nothing is lost.`,
  'no-permission': ({ path, call }) =>
    `${q(path)} may not be ${callWord(call)} by this user. Check its permissions.`,
  'state-unwritable': ({ path, detail }) =>
    `The folder ${q(path)} for what this machine remembers cannot be used (${printable(detail)}). Set XDG_STATE_HOME to one that can.`,
  'machine-error': ({ path, call, errno }) => `${q(path)}: the system refused “${call}” (${errno}).`,
  'worker-lost': ({ detail }) =>
    `The background worker ended (${printable(detail)}). Try again; if it happens again, please report it.`,
  unexpected: ({ detail }) => `Something unexpected happened: ${printable(detail)}. Please report it.`,
  usage: ({ detail }) => printable(detail),
  cancelled: () => 'Cancelled.',
};

const hookWords = {
  'not-a-script': 'is no shell script',
  'not-a-file': 'is no regular file',
  'shared-folder':
    'lies in a folder that Git was told to take hooks from, and that other repositories may share',
} as const;

/** One sentence for a failure. Paths and details come from outside, so secrets in them are masked as they are in logs. */
export function describe(failure: Failure | FailureMessage): string {
  const sentence = sentences[failure.code] as (data: FailureMessage['data']) => string;
  return defaultMasker.text(sentence(failure.data));
}

/** The failure, its message now a sentence: for callers of the library, who read it as it is. */
export function inWords(failure: Failure): Failure {
  failure.message = describe(failure);
  return failure;
}

export function describeIssue({ field, line, rule }: PolicyIssue): string {
  const place = line > 0 ? `line ${String(line)}` : '';
  const where = [place, field === '' ? '' : printable(field)].filter(Boolean).join(', ');
  return `${where}${where === '' ? '' : ': '}${describeRule(rule)}`;
}

/** What a rule asks for, to follow a field's name. */
export function describeRule(rule: PolicyRule): string {
  switch (rule.kind) {
    case 'syntax':
      return `this is not valid JSON (${rule.detail.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()})`;
    case 'unknown-key':
      return 'there is no such key';
    case 'duplicate-key':
      return 'this key stands twice';
    case 'missing':
      return 'this key is missing';
    case 'integer':
      return `must be a whole number from ${number(rule.min)} to ${number(rule.max)}`;
    case 'choice':
      return rule.choices.length === 1
        ? `must be ${rule.choices.join('')}`
        : `must be one of ${rule.choices.join(', ')}`;
    case 'type':
      return `must be ${/^[aeio]/.test(rule.expected) ? 'an' : 'a'} ${rule.expected}`;
    case 'outside':
      return 'must be a relative path that stays inside the workspace';
    case 'other':
      return printable(rule.detail);
  }
}

/** Why a step is done. */
export const stepWords: Readonly<Record<Step['reason'], string>> = {
  size: 'over the size limit',
  plain: 'older than the files kept plain',
  age: 'expired',
  cap: 'folder over its limit',
  leftover: 'left by an interrupted run',
  asked: 'asked for',
};

const skipWords: Readonly<Record<SkipReason, string>> = {
  hold: 'kept: the policy is on hold',
  unaccepted: 'kept: the policy deletes more than was accepted on this machine',
  clock: 'kept: the clock jumped since the last run, so nothing expires for an hour',
  'held-open': 'left alone: another program has it open for writing',
  'not-a-file': 'left alone: it is a link or a folder',
  changed: 'left alone: it changed meanwhile',
  failed: 'failed and left as it was',
};

/** `zip api.1.log → api.2026-01-01.log.zip (20 MB, older than the files kept plain)` */
export function describeStep({ kind, name, to, bytes, reason }: Step): string {
  const target = to === undefined ? '' : ` → ${printable(to)}`;
  return `${kind} ${printable(name)}${target} (${formatBytes(bytes)}, ${stepWords[reason]})`;
}

export function describeSkip({ name, reason }: { name: string; reason: SkipReason }): string {
  return `${printable(name)}: ${skipWords[reason]}`;
}

/** `12 files zipped, 3 deleted, 1.2 GB → 310 MB`; what a plan would do, or a run did. */
export function summarise({ steps, before, after }: Pick<Plan, 'steps' | 'before' | 'after'>): string {
  const count = (kind: Step['kind']): number => steps.filter((step) => step.kind === kind).length;
  const kinds = [
    [count('rotate'), 'rotated'],
    [count('zip'), 'zipped'],
    [count('delete'), 'deleted'],
    [count('sweep'), 'swept'],
  ] as const;
  const parts = kinds.filter(([total]) => total > 0).map(([total, word]) => ({ total, word }));
  if (parts.length === 0) return `Nothing to do: ${formatBytes(before.bytes)} in ${fileCount(before.files)}`;
  const words = parts.map(({ total, word }, index) =>
    index === 0 ? `${fileCount(total)} ${word}` : `${number(total)} ${word}`,
  );
  return `${words.join(', ')}, ${formatBytes(before.bytes)} → ${formatBytes(after.bytes)}`;
}

/** How to stop tracking log files. */
export function describeTracked(tracked: readonly string[]): string {
  const folders = foldersOf(tracked);
  const [first = ''] = tracked;
  const which =
    tracked.length === 1 ? `${q(first)} is` : `${fileCount(tracked.length)} in ${list(folders)} are`;
  return `${which} tracked by Git in spite of the ignore rule. Untrack with: ${untrackCommand(tracked)}`;
}

/** The command that stops Git from tracking these files, and keeps them on disk. */
export function untrackCommand(tracked: readonly string[]): string {
  return `git rm -r --cached -- ${foldersOf(tracked).map(forShell).join(' ')}`;
}

/** The deepest folders that hold all of the paths, one for each first folder of them. */
function foldersOf(paths: readonly string[]): string[] {
  const common = new Map<string, string[]>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    const [first = ''] = parts;
    const known = common.get(first) ?? parts;
    const differs = known.findIndex((part, index) => part !== parts[index]);
    common.set(first, differs === -1 ? known : known.slice(0, differs));
  }
  return [...common.values()].map((parts) => parts.join('/'));
}

function forShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", String.raw`'\''`)}'`;
}

/** Text with control and bidirectional characters made visible, so that a name can forge neither line nor colour. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function kind(what: FileKind): string {
  return what === 'other' ? 'a special file' : `a ${what}`;
}

function q(text: string): string {
  return `“${printable(text)}”`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(q).join(', ');
  return names.length > 10
    ? `${shown} and ${String(names.length - 10)} more`
    : shown === ''
      ? 'nothing'
      : shown;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function fileCount(count: number): string {
  return `${number(count)} ${count === 1 ? 'file' : 'files'}`;
}

function callWord(call: string): string {
  return /^(open|read|scandir|lstat|stat)/.test(call) ? 'read' : 'changed';
}

const categoryWords = { auth: 'authentication', deployments: 'deployments' } as const;

/** One sentence for a rule of the policy's recording part that has no effect. */
export function describeDeadRule(rule: DeadRule): string {
  switch (rule.code) {
    case 'level-none':
      return 'Nothing is recorded: the level is NONE.';
    case 'no-category':
      return 'Nothing is recorded: no kind of request is chosen.';
    case 'all-excluded':
      return `Nothing is recorded: the exclusions leave no path (${list(rule.globs.map(short))}).`;
    case 'no-paths':
      return `No request counts as ${categoryWords[rule.category]}: no paths are named for that.`;
    case 'category-excluded':
      return `Nothing is recorded as ${categoryWords[rule.category]}: all its paths are excluded.`;
    case 'glob-without-slash':
      return `${q(short(rule.glob))} matches no path, since paths begin with a slash. Write ${q(`/${short(rule.glob)}`)} or ${q(`**/${short(rule.glob)}`)}.`;
    case 'glob-refused':
      if (rule.surplus !== undefined)
        return `${number(rule.surplus)} ${rule.surplus === 1 ? 'pattern is' : 'patterns are'} not looked at, from ${q(short(rule.glob))} on: a list may have 100 such patterns. Use fewer, or simpler ones like ${q('/static/**')}.`;
      return `${q(short(rule.glob))} is no pattern that is understood, so it matches no path.`;
  }
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
