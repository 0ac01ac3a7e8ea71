/**
 * What can go wrong, as codes with data. The edge (command line, VS Code) turns a code into a sentence with
 * `describe` of `src/words/failures.ts`; nothing below it holds words for people.
 */
export interface FailureData {
  /** The folder has no policy file, so nothing may change in it. */
  'not-managed': { path: string };
  /** The policy file cannot be used; nothing changes on disk until it is mended. */
  'policy-damaged': { path: string; issues: readonly PolicyIssue[] };
  /** `version` is above the one this program knows. */
  'policy-newer': { path: string; version: number };
  /** The policy's place is taken by something that is not a regular file. */
  'policy-not-a-file': { path: string; what: FileKind };
  'policy-too-large': { path: string; bytes: number; limit: number };
  /** What a person wants to change would make the policy unusable; nothing was saved. */
  'policy-edit-refused': { issues: readonly PolicyIssue[] };
  'workspace-not-a-folder': { path: string; what: FileKind };
  /** VS Code's Restricted Mode. */
  'workspace-not-trusted': { path: string };
  'logs-missing': { path: string };
  'logs-not-a-folder': { path: string; what: FileKind };
  'lock-busy': { path: string };
  'lock-damaged': { path: string; detail: string };
  'maintenance-busy': { path: string };
  'sqlite-missing': { version: string };
  'file-missing': { path: string };
  'not-a-regular-file': { path: string; what: FileKind };
  'not-a-log-name': { name: string };
  'no-such-member': { name: string; members: readonly string[] };
  'member-needed': { name: string; members: readonly string[] };
  'no-such-part': { name: string; part: number; parts: number };
  /** A zip that breaks its own format; `check` names what did not hold: one of ours (`longer`, `crc-32` …) or the reader's. */
  'archive-damaged': { name: string; member?: string; check: string };
  'archive-unsupported': { name: string; member?: string; what: string };
  /** The archive is encrypted, and no password is known. */
  'password-needed': { name: string };
  /** None of the known passwords opens the archive. */
  'password-wrong': { name: string; tried: number };
  /** Only zips in `logs/` and in the folder of the session archives, and in folders below them, are opened. */
  'not-an-archive-place': { path: string; folders: readonly string[] };
  /** What was to be deleted, or to get another password, lacks what makes a session archive: encrypted members, and a `meta.json` among them. */
  'not-a-session-archive': { name: string };
  /** A session log was not kept; `detail` is the id that is missing, the folder, or the method, where the reason has one. */
  'session-skipped': { reason: SessionSkipReason; detail: string };
  /** More completed session logs wait for the disk than the queue holds. */
  'session-queue-full': { limit: number };
  /** The process ended before these completed session logs were written. */
  'sessions-lost': { count: number };
  /** An environment variable that sets something of the session archives holds what it cannot. */
  'environment-invalid': { name: string; expected: string };
  /** 7-Zip's program for bzip2 and LZMA cannot be started. */
  'codec-missing': { method: string };
  /** The password that new archives get is easily guessed. */
  'password-weak': Record<string, never>;
  /** The password that new archives get is longer than 7-Zip takes one. */
  'password-long': Record<string, never>;
  /** The file changed under our hands more often than we try again. */
  'source-changing': { name: string };
  /** The recorder was closed before this entry was written. */
  'recorder-closed': Record<string, never>;
  /** More entries wait for the disk than the recorder's queue holds. */
  'queue-full': Record<string, never>;
  /** What was to be recorded has no method, path or status. */
  'entry-invalid': Record<string, never>;
  /** A copy of a log was to be saved among the logs themselves. */
  'target-among-logs': { path: string };
  /** A copy of a log was to be saved where there is something that nobody agreed to replace. */
  'target-exists': { path: string };
  /** The policy's `retention.hold` is on: nothing is deleted, whoever asks. */
  'deletions-held': { path: string };
  /** There is nothing in the active log to rotate. */
  'nothing-to-rotate': { name: string };
  /** A program that does not take our lock has the log open for writing. */
  'log-held-open': { name: string };
  /** The ignore rule that was added is not there any more, or never was added from here. */
  'ignore-rule-gone': { path: string };
  'no-repository': { path: string };
  /** Git is missing, or refused a command; `detail` is its first line. */
  'git-refused': { command: string; detail: string };
  /** A pre-commit hook that our check cannot stand beside; `line` is what a person can add to it. */
  'hook-foreign': { path: string; what: 'not-a-script' | 'not-a-file' | 'shared-folder'; line: string };
  'disk-full': { path: string };
  'no-permission': { path: string; call: string };
  'state-unwritable': { path: string; detail: string };
  'machine-error': { path: string; call: string; errno: string };
  'worker-lost': { detail: string };
  unexpected: { detail: string };
  usage: { detail: string };
  cancelled: Record<string, never>;
}

export type FailureCode = keyof FailureData;

/** Why a session log became no archive. */
export type SessionSkipReason =
  /** The workspace has no policy. */
  | 'not-managed'
  /** `sessions.enabled` is off. */
  | 'disabled'
  /** The user's, chat's or message's id is missing; or the session's, where that one is needed. */
  | 'missing-id'
  /** The folder of the archives is not named, or is no folder. */
  | 'no-directory'
  /** The policy's folder leads out of the workspace. */
  | 'outside-workspace'
  /** The folder lies in a `.git`, where a clean-up would take away what Git needs. */
  | 'git-folder'
  | 'no-password'
  /** What compresses cannot be loaded. */
  | 'codec-missing'
  /** Nothing was logged. */
  | 'no-lines';

export type FileKind = 'file' | 'folder' | 'link' | 'other' | 'missing';

/** One thing wrong in a policy file. `line` counts from 1 and is 0 where the whole file is meant. */
export interface PolicyIssue {
  /** Dotted path of the field, empty for the whole file. */
  readonly field: string;
  readonly line: number;
  readonly rule: PolicyRule;
}

/** The rule that a policy value breaks, with the limits the sentence needs. */
export type PolicyRule =
  | { readonly kind: 'syntax'; readonly detail: string }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'duplicate-key' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'type'; readonly expected: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'shape'; readonly shape: PolicyShape }
  | { readonly kind: 'other'; readonly detail: string };

/** Shapes that no single limit describes. */
export type PolicyShape = 'id' | 'age' | 'age-or-null' | 'categories' | 'level-or-null';

/** A failure with a code that callers can branch on. `message` is the code: it is never shown to a person. */
export class Failure<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'Failure';
  readonly code: C;
  readonly data: FailureData[C];

  constructor(code: C, data: FailureData[C], cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
  }
}

/** True for any failure with a code. (A bare `instanceof` would narrow to a failure of any data.) */
export function hasCode(error: unknown): error is Failure {
  // Not by its class alone: another bundle's copy of this module has a class of its own.
  return error instanceof Error && error.name === 'Failure' && 'code' in error && 'data' in error;
}

/** True for a failure with this code; narrows its data. */
export function isFailure<C extends FailureCode>(error: unknown, code: C): error is Failure<C> {
  return hasCode(error) && error.code === code;
}

/** Linux's number for a full quota, for which Node has no name. */
const EDQUOT = -122;
const permissionErrors = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * The failure behind an error of a file system call on `path`. A Failure is returned as it is.
 * @param purpose what the call was for, where its name alone does not tell: one opens to read and to write
 */
export function fromSystemError(error: unknown, path: string, purpose?: 'write'): Failure {
  if (hasCode(error)) return error;
  if (!(error instanceof Error)) return new Failure('unexpected', { detail: String(error) });
  const { code, syscall, errno } = error as { code?: string; syscall?: string; errno?: number };
  const call = syscall ?? 'call';
  if (code === undefined) return new Failure('unexpected', { detail: error.message }, error);
  if (code === 'ENOENT') return new Failure('file-missing', { path }, error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || errno === EDQUOT)
    return new Failure('disk-full', { path }, error);
  if (permissionErrors.has(code)) {
    // Nobody is refused to read a read-only file system.
    const refused = code === 'EROFS' ? 'write' : (purpose ?? call);
    return new Failure('no-permission', { path, call: refused }, error);
  }
  return new Failure('machine-error', { path, call, errno: code }, error);
}

/** A failure as plain data, for a message between threads. */
export interface FailureMessage {
  readonly code: FailureCode;
  readonly data: FailureData[FailureCode];
}

export function toFailureMessage(error: unknown): FailureMessage {
  const failure = fromUnknown(error);
  return { code: failure.code, data: failure.data };
}

export function fromFailureMessage(message: FailureMessage): Failure {
  return new Failure(message.code, message.data);
}

/** Any error as a failure; what has no code is `unexpected`. */
export function fromUnknown(error: unknown): Failure {
  if (hasCode(error)) return error;
  return new Failure('unexpected', { detail: error instanceof Error ? error.message : String(error) }, error);
}
