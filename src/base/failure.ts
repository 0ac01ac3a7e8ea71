/**
 * What can go wrong, as codes with data. The edge (command line, VS Code) turns a code into a sentence with `describe`
 * of `src/words/failures.ts`; no code below the edge holds words for people.
 */
export interface FailureData {
  /** The folder has no policy file, so nothing may change in it. */
  'not-managed': { path: string };
  /** The policy file is invalid; nothing changes on disk until the user fixes it. */
  'policy-damaged': { path: string; issues: readonly PolicyIssue[] };
  /** `version` is above the version that this program knows. */
  'policy-newer': { path: string; version: number };
  /** The policy's path holds something that is not a regular file. */
  'policy-not-a-file': { path: string; what: FileKind };
  'policy-too-large': { path: string; bytes: number; limit: number };
  /** The user's changes would make the policy invalid; nothing was saved. */
  'policy-edit-refused': { issues: readonly PolicyIssue[] };
  'workspace-not-a-folder': { path: string; what: FileKind };
  /** Two workspaces have the same id, so it is not clear to which one a request belongs. */
  'workspace-id-twice': { id: string; paths: readonly [string, string] };
  /** VS Code's Restricted Mode. */
  'workspace-not-trusted': { path: string };
  'logs-missing': { path: string };
  'logs-not-a-folder': { path: string; what: FileKind };
  'lock-busy': { path: string };
  'lock-damaged': { path: string; detail: string };
  'maintenance-busy': { path: string };
  'sqlite-missing': { version: string };
  /** The audit trail's database is damaged, or another program's. */
  'audit-damaged': { path: string; detail: string };
  /** A newer version of this program made the audit trail's database. */
  'audit-newer': { path: string; version: number };
  /**
   * The database that keeps the audit trail cannot be used. `name` says where its address stands, `code` is the SQLSTATE
   * or the system's code, empty without one.
   */
  'audit-database': { name: string; why: DatabaseOutage; code: string };
  /** The file of this person's key for checkpoints cannot be used. */
  'audit-key-unusable': { path: string; detail: string };
  /** The trail does not begin as a checkpoint of its first `sealed` records says. */
  'audit-tampered': { trail: string; sealed: number };
  /** A text that should be a checkpoint of this trail is none. */
  'audit-note-invalid': { trail: string };
  /** The last of the `size` records under a checkpoint were pruned, so nothing can be compared with it any longer. */
  'audit-note-pruned': { size: number };
  /** A text that should be a verifier key is none. */
  'audit-verifier-invalid': Record<string, never>;
  /** The record lacks a required field, or its JSON is longer than 1 MB. */
  'audit-invalid': { why: InvalidRecord };
  /** The trail has another record with this id. */
  'audit-conflict': { id: string };
  'audit-no-record': { id: string };
  /** What was asked for cannot be recorded in the audit trail, so it was not done. */
  'audit-unavailable': { path: string; why: FailureMessage };
  /** The query, or the name of a field, has an error; offsets are in UTF-16 code units, `to` exclusive. */
  'query-invalid': {
    query: string;
    problems: readonly { readonly from: number; readonly to: number; readonly code: string }[];
  };
  /** The cursor belongs to another query, or is none. */
  'cursor-invalid': Record<string, never>;
  /** The role does not allow this. */
  'audit-denied': { user: string; deed: string };
  /** The file of the API's tokens may be read by others, or holds something else. */
  'tokens-unusable': { path: string; why: 'readable' | 'content' };
  /**
   * Usage events are not written: the log is another program's, the policy waits for acceptance, the queue is full, or
   * the process ended.
   */
  'usage-not-written': { path: string; why: 'foreign' | 'unaccepted' | 'queue-full' | 'ended' };
  /** The key of the pseudonyms: others may read its file, it is none, or it comes from the variable `path`. */
  'privacy-key-unusable': { path: string; why: 'readable' | 'content' | 'environment' };
  /**
   * The settings of the targets: `at` is the place in them, as `name.key`. A file of credentials that others may read
   * counts, too.
   */
  'targets-unusable': {
    path: string;
    why: 'readable' | 'no-json' | 'invalid' | 'password-in-url' | 'not-encrypted' | 'missing';
    at: string;
  };
  'file-missing': { path: string };
  'not-a-regular-file': { path: string; what: FileKind };
  'not-a-log-name': { name: string };
  'no-such-member': { name: string; members: readonly string[] };
  'member-needed': { name: string; members: readonly string[] };
  'no-such-part': { name: string; part: number; parts: number };
  /** The zip breaks its format; `check` names the failed check: one of ours (`longer`, `crc-32` …) or the reader's. */
  'archive-damaged': { name: string; member?: string; check: string };
  'archive-unsupported': { name: string; member?: string; what: string };
  /** The log is written in UTF-16, which is not read line by line. */
  'log-utf16': { name: string };
  /** The archive is encrypted, and no password is known. */
  'password-needed': { name: string };
  /** None of the known passwords opens the archive. */
  'password-wrong': { name: string; tried: number };
  /** Only zips in `logs/` and in the folder of the session archives, and in folders below them, are opened. */
  'not-an-archive-place': { path: string; folders: readonly string[] };
  /**
   * The file to delete, or to give another password, is no session archive: it lacks encrypted members with a
   * `meta.json` among them.
   */
  'not-a-session-archive': { name: string };
  /** A session log was not kept; `detail` is the missing id, the folder or the method, if the reason has one. */
  'session-skipped': { reason: SessionSkipReason; detail: string };
  /** More completed session logs wait for the disk than the queue holds. */
  'session-queue-full': { limit: number };
  /** The queue has room again. So many session logs were dropped. */
  'session-queue-room': { dropped: number };
  /** The process ended before these completed session logs were written. */
  'sessions-lost': { count: number };
  /** An environment variable for the session archives has an invalid value. */
  'environment-invalid': { name: string; expected: string };
  /** 7-Zip's program for bzip2 and LZMA cannot be started. */
  'codec-missing': { method: string };
  /** The password for new archives is easy to guess. */
  'password-weak': Record<string, never>;
  /** The password for new archives is longer than 7-Zip accepts. */
  'password-long': Record<string, never>;
  /** The file kept changing while we read it, and all retries failed. */
  'source-changing': { name: string };
  /** The recorder was closed before this entry was written. */
  'recorder-closed': Record<string, never>;
  /** More entries wait for the disk than the recorder's queue holds. */
  'queue-full': Record<string, never>;
  /** The entry to record has no method, path or status. */
  'entry-invalid': Record<string, never>;
  /** The target of a copy of a log lies among the logs themselves. */
  'target-among-logs': { path: string };
  /** The target of a copy of a log exists already, and the user did not agree to replace it. */
  'target-exists': { path: string };
  /** The policy's `retention.hold` is on: every deletion is refused. */
  'deletions-held': { path: string };
  /** The active log is empty, so there is nothing to rotate. */
  'nothing-to-rotate': { name: string };
  /** A program that does not use our lock has the log open for writing. */
  'log-held-open': { name: string };
  /** The ignore rule that was added is gone, or it was never added from here. */
  'ignore-rule-gone': { path: string };
  'no-repository': { path: string };
  /** Git is missing, or it refused a command; `detail` is the first line of its message. */
  'git-refused': { command: string; detail: string };
  /** Our check cannot be added to this pre-commit hook; `line` is the line that the user can add by hand. */
  /** `place`: where the line lasts if a program makes the hook anew from another file. */
  'hook-foreign': {
    path: string;
    what: 'of-others' | 'not-a-file' | 'shared-folder';
    place?: string;
    line: string;
  };
  /** Without `loss`, it depends on the caller whether something is lost. */
  'disk-full': { path: string; loss?: DiskFullLoss };
  'no-permission': { path: string; call: string };
  'state-unwritable': { path: string; detail: string };
  'machine-error': { path: string; call: string; errno: string };
  'worker-lost': { detail: string };
  unexpected: { detail: string };
  usage: { detail: string };
  cancelled: Record<string, never>;
}

export type FailureCode = keyof FailureData;

/** Why no archive was written for a session log. */
export type SessionSkipReason =
  /** The workspace has no policy. */
  | 'not-managed'
  /** `sessions.enabled` is off. */
  | 'disabled'
  /** The user's, chat's or message's id is missing, or the session's id, if it is required. */
  | 'missing-id'
  /** The policy names no folder for the archives, or the path is no folder. */
  | 'no-directory'
  /** The folder that the policy names lies outside the workspace. */
  | 'outside-workspace'
  /** The folder lies in a `.git`, where a clean-up would delete files that Git needs. */
  | 'git-folder'
  | 'no-password'
  /** The compression codec cannot be loaded. */
  | 'codec-missing'
  /** Nothing was logged. */
  | 'no-lines';

/** Why the database that keeps the audit trail cannot be used. */
export type DatabaseOutage =
  /** No connection string, or a wrong one. */
  | 'address'
  /** Other people may read the file with the connection string. */
  | 'open-to-others'
  /** The package `pg` is not installed. */
  | 'package'
  /** No server answers, or the connection broke. */
  | 'unreachable'
  /** The server does not answer in time. */
  | 'timeout'
  /** The server refused the user, the password or the database. */
  | 'login'
  /** The user lacks a grant, or the server only reads. */
  | 'rights'
  /** Other transactions were in the way each time. */
  | 'conflicts'
  /** The database cannot hold all characters. */
  | 'encoding'
  /** It has tables of another program. */
  | 'foreign'
  /** The server refused a statement. */
  | 'refused';

/** Why a record of the audit trail is refused. */
export type InvalidRecord =
  /** It is no object in JSON. */
  | 'no-object'
  /** A required field is missing, or it is no text. */
  | 'incomplete'
  /** `changes` is something else than an object or null. */
  | 'changes'
  | 'too-long'
  /** Objects and lists are nested more than 200 times. */
  | 'too-deep';

/** What a full disk means for what was to be written. */
export type DiskFullLoss =
  /** The old content, or the source, is still there. */
  | 'none'
  /** Entries wait in the recorder's queue, and are lost once it is full or closed. */
  | 'entries'
  /** The lines came from a pipe and are lost. */
  | 'lines';

export type FileKind = 'file' | 'folder' | 'link' | 'other' | 'missing';

/** One thing wrong in a policy file. `line` counts from 1; 0 means the whole file. */
export interface PolicyIssue {
  /** Dotted path of the field, empty for the whole file. */
  readonly field: string;
  readonly line: number;
  readonly rule: PolicyRule;
}

/** The rule that a policy value breaks, with the limits that the message needs. */
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

/** A failure with a code for the caller to branch on. `message` is the code: it is never shown to the user. */
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
  // `instanceof Failure` is not enough: another bundle's copy of this module has its own class.
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
 * The failure for an error of a file system call on `path`. A Failure is returned as it is.
 * @param purpose what the call was for, if its name does not show it: `open` is used to read and to write
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
    // A read-only file system refuses writes only.
    const refused = code === 'EROFS' ? 'write' : (purpose ?? call);
    return new Failure('no-permission', { path, call: refused }, error);
  }
  return new Failure('machine-error', { path, call, errno: code }, error);
}

/** Adds to the failure of a full disk what is lost by it. Other errors stay as they are. */
export function withLoss<E>(error: E, loss: DiskFullLoss): E | Failure {
  if (!isFailure(error, 'disk-full')) return error;
  return new Failure('disk-full', { ...error.data, loss }, error.cause);
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

/** Turns any error into a failure; an error without a code becomes `unexpected`. */
export function fromUnknown(error: unknown): Failure {
  if (hasCode(error)) return error;
  return new Failure('unexpected', { detail: error instanceof Error ? error.message : String(error) }, error);
}
