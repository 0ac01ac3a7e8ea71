import * as l10n from '@vscode/l10n';
import type {
  DatabaseOutage,
  DiskFullLoss,
  Failure,
  FailureData,
  FailureMessage,
  FileKind,
  InvalidRecord,
  SessionSkipReason,
} from '../base/failure.ts';
import { formatBytes, formatNumber, plural } from '../base/locale.ts';
import { defaultMasker } from '../masking/masker.ts';
import type { Problem } from '../query/language/queryTree.ts';
import { describeIssue } from './policy.ts';
import { describeProblem } from './query.ts';
import { listed as list, printable, quoted as q } from '../base/printable.ts';

const skipSentences: Readonly<Record<SessionSkipReason, (detail: string) => string>> = {
  'not-managed': (path) =>
    l10n.t(
      'No session archive is written: {0} has no policy. Run “init” or Configure Logging first.',
      q(path),
    ),
  disabled: () =>
    l10n.t(
      'No session archive is written: they are switched off. Set sessions.enabled in the policy, or SESSION_LOG_STORE_ENABLED, to true.',
    ),
  'missing-id': (name) =>
    name === 'sessionId'
      ? l10n.t(
          'No session archive is written: the {0} is missing. Give it, or set sessions.requireSessionId in the policy to false.',
          q(name),
        )
      : l10n.t(
          'No session archive is written: the {0} is missing. Give it when the session is opened.',
          q(name),
        ),
  // A clean-up and a change of the password use the following sentences, too.
  'no-directory': (path) =>
    path === ''
      ? l10n.t(
          'No session archive is written or changed: no folder is named for them. Set SESSION_LOG_DIR to one, or remove it.',
        )
      : l10n.t(
          'No session archive is written or changed: {0} is no folder. Replace it by one, or name another.',
          q(path),
        ),
  'git-folder': (path) =>
    l10n.t(
      'No session archive is written or changed: {0} lies in a folder of Git. Name another folder.',
      q(path),
    ),
  'outside-workspace': (path) =>
    l10n.t(
      'No session archive is written or changed: {0} leads out of the workspace. Let sessions.dir name a folder inside it.',
      q(path),
    ),
  'no-password': () =>
    l10n.t(
      'No session archive is written: there is no password. Set SESSION_LOG_ZIP_PASSWORD, or in VS Code run “Add Password…”.',
    ),
  'codec-missing': (method) =>
    l10n.t(
      'No session archive is written: 7-Zip’s program for {0} cannot be started. Install Workspace Logs again, or set sessions.compression to “deflated”.',
      q(method),
    ),
  'no-lines': () => l10n.t('No session archive is written: nothing was logged.'),
};

/** Why a session log did not become an archive, and what to do. */
function describeSessionSkip(reason: SessionSkipReason, detail: string): string {
  return skipSentences[reason](detail);
}

export { describeTracked, untrackCommand } from './plan.ts';
export { countFiles, describeKind, describeReason, describeSkip, describeStep, summarise } from './plan.ts';
export { describeUselessRule, describeIssue, describeRange, describeRule } from './policy.ts';
export { printable } from '../base/printable.ts';

/**
 * The sentences for users, shared by the doors. Each sentence says what happened and what to do. A file name may
 * contain any character: `printable` makes it harmless in a terminal and in a message.
 */
type Sentences = { readonly [C in keyof FailureData]: (data: FailureData[C]) => string };

const sentences: Sentences = {
  'not-managed': ({ path }) =>
    l10n.t('{0} has no policy, so nothing in it is changed. Run “init” or Configure Logging first.', q(path)),
  'policy-damaged': ({ path, issues }) =>
    l10n.t(
      '{0} cannot be used: {1}. Nothing is changed until it is mended.',
      q(path),
      issues.map(describeIssue).join('; '),
    ),
  'policy-newer': ({ path, version }) =>
    l10n.t(
      '{0} was made by a newer version (policy version {1}). Update Workspace Logs; until then nothing is changed.',
      q(path),
      version,
    ),
  'policy-not-a-file': ({ path, what }) =>
    l10n.t(
      '{0} is {1}, not a file. Replace it by a file; until then nothing is changed.',
      q(path),
      kind(what),
    ),
  'policy-too-large': ({ path, bytes, limit }) =>
    l10n.t(
      '{0} is {1} long; a policy has at most {2}. Nothing is changed until it is mended.',
      q(path),
      formatBytes(bytes),
      formatBytes(limit),
    ),
  'policy-edit-refused': ({ issues }) =>
    l10n.t('Nothing was saved: {0}.', issues.map(describeIssue).join('; ')),
  'workspace-not-a-folder': ({ path, what }) =>
    what === 'missing'
      ? l10n.t('There is no folder {0}. Name a folder that is there.', q(path))
      : l10n.t('{0} is {1}, not a folder. Name a folder.', q(path), kind(what)),
  'workspace-id-twice': ({ id, paths: [first, second] }) =>
    l10n.t(
      '{0} and {1} have the same id {2}. Name each workspace once, and give each policy its own workspaceId.',
      q(first),
      q(second),
      q(id),
    ),
  'workspace-not-trusted': ({ path }) =>
    l10n.t('{0} is in Restricted Mode, so nothing is recorded in it. Trust the workspace first.', q(path)),
  'logs-missing': ({ path }) =>
    l10n.t('There is no folder {0}. Run “init” or Configure Logging to make it.', q(path)),
  'logs-not-a-folder': ({ path, what }) =>
    l10n.t(
      '{0} is {1}, not a folder. Only a real folder is managed: replace it by one.',
      q(path),
      kind(what),
    ),
  'lock-busy': ({ path }) =>
    l10n.t('{0} has been locked by another program for too long. Try again when it has finished.', q(path)),
  'lock-damaged': ({ path, detail }) =>
    l10n.t(
      'The lock {0} cannot be used ({1}). Delete it while nothing writes logs, then try again.',
      q(path),
      printable(detail),
    ),
  'maintenance-busy': ({ path }) =>
    l10n.t('Maintenance of {0} is already running elsewhere. Try again when it has finished.', q(path)),
  'sqlite-missing': ({ version }) =>
    l10n.t(
      'This Node.js ({0}) has no SQLite, which the lock needs; Node.js 22.13 or later has. Logs can be read, nothing is changed.',
      version,
    ),
  'audit-damaged': ({ path, detail }) =>
    l10n.t(
      'The audit trail {0} cannot be read ({1}), and is left as it is. Restore it from a copy, or move it away to begin a new one.',
      q(path),
      printable(detail),
    ),
  'audit-newer': ({ path, version }) =>
    l10n.t(
      'The audit trail {0} was made by a newer version (version {1}), and is left as it is. Update Workspace Logs.',
      q(path),
      version,
    ),
  'audit-database': ({ name, why, code }) => outages[why](q(name), printable(code)),
  'audit-key-unusable': ({ path, detail }) =>
    l10n.t(
      'The key for checkpoints {0} cannot be used ({1}). Restore it from a copy, or delete it to get a new one.',
      q(path),
      printable(detail),
    ),
  'tokens-unusable': ({ path, why }) =>
    why === 'readable'
      ? l10n.t(
          'The tokens in {0} can be read by other people of this machine. Run “chmod 600” on the file, or delete it to get new tokens.',
          q(path),
        )
      : l10n.t(
          'The file {0} holds no tokens for the API: one of 32 characters or more for “administrator”, “auditor” and “user” is needed. Delete it to get new tokens.',
          q(path),
        ),
  'audit-tampered': ({ trail, sealed }) =>
    l10n.t(
      'The audit trail {0} does not fit the checkpoint of its first {1} records, so it is neither signed nor pruned. Run “audit verify” to see what was changed.',
      q(trail),
      formatNumber(sealed),
    ),
  'audit-note-invalid': ({ trail }) =>
    l10n.t(
      'This is no checkpoint of the audit trail {0}. Give a note as “audit checkpoint” printed it.',
      q(trail),
    ),
  'audit-note-pruned': ({ size }) =>
    l10n.t(
      'Some of the {0} records under this checkpoint were pruned, so the audit trail can no longer be compared with it. Give a newer one.',
      formatNumber(size),
    ),
  'audit-verifier-invalid': () => l10n.t('This is no verifier key. Give one as “audit key” printed it.'),
  'audit-invalid': ({ why }) => invalidRecords[why](),
  'audit-conflict': ({ id }) =>
    l10n.t('The audit trail has another record with the id {0}. Give each record an id of its own.', q(id)),
  'audit-no-record': ({ id }) => l10n.t('The audit trail has no record with the id {0}.', q(id)),
  'audit-unavailable': ({ path, why }) =>
    l10n.t(
      'Nothing was done, because it cannot be recorded in the audit trail of {0}: {1}',
      q(path),
      describe(why),
    ),
  'query-invalid': ({ query, problems: [problem] }) =>
    problem === undefined
      ? l10n.t('The query has an error.')
      : l10n.t('The query has an error at {0}', describeProblem(problem as Problem, query)),
  'cursor-invalid': () =>
    l10n.t('The cursor belongs to another query. Use it with the filters that it came from.'),
  'audit-denied': ({ user, deed }) =>
    l10n.t('{0} may not do this with the audit trail: {1}. Ask an administrator.', q(user), printable(deed)),
  'file-missing': ({ path }) => l10n.t('There is no file {0}.', q(path)),
  'not-a-regular-file': ({ path, what }) =>
    l10n.t('{0} is {1}, not a regular file, and is left alone.', q(path), kind(what)),
  'not-a-log-name': ({ name }) =>
    l10n.t('{0} is not the name of a file in logs. Give a name as “ls” prints it.', q(name)),
  'no-such-member': ({ name, members }) =>
    l10n.t('The archive holds no {0}. It holds {1}.', q(name), list(members)),
  'member-needed': ({ name, members }) =>
    members.length === 0
      ? l10n.t('{0} is an empty archive.', q(name))
      : l10n.t('{0} holds several files: name one of {1} with --member.', q(name), list(members)),
  'no-such-part': ({ name, part, parts }) => {
    const words = [q(name), formatNumber(parts), formatNumber(part + 1)] as const;
    return plural(parts, {
      one: l10n.t('{0} has {1} part; there is no part {2}.', ...words),
      other: l10n.t('{0} has {1} parts; there is no part {2}.', ...words),
    });
  },
  'archive-damaged': ({ name, member, check }) => {
    const why = archiveChecks[check]?.() ?? printable(check).replace(/\.$/, '');
    return member === undefined
      ? l10n.t('The archive {0} is damaged: {1}. Restore it from a copy if there is one.', q(name), why)
      : l10n.t(
          'In the archive {0}, {2} is damaged: {1}. Restore the archive from a copy if there is one.',
          q(name),
          why,
          q(member),
        );
  },
  'archive-unsupported': ({ name, member, what }) => {
    const feature = archiveFeatures[what]?.() ?? printable(what);
    return member === undefined
      ? l10n.t('The archive {0} uses {1}, which is not supported here. Open it with 7-Zip.', q(name), feature)
      : l10n.t(
          'In the archive {0}, {2} uses {1}, which is not supported here. Open it with 7-Zip.',
          q(name),
          feature,
          q(member),
        );
  },
  'log-utf16': ({ name }) =>
    l10n.t('{0} is written in UTF-16, which is not read here. Save it in UTF-8.', q(name)),
  'password-needed': ({ name }) => l10n.t('The archive {0} is encrypted. Its password is needed.', q(name)),
  'password-wrong': ({ name, tried }) => {
    const words = [q(name), formatNumber(tried)] as const;
    return plural(tried, {
      one: l10n.t('The password does not open the archive {0}. Try another one.', words[0]),
      other: l10n.t('None of {1} passwords opens the archive {0}. Try another one.', ...words),
    });
  },
  'not-an-archive-place': ({ path, folders }) =>
    l10n.t('{0} is no zip in one of the folders {1}. Move it there to open it.', q(path), list(folders)),
  'not-a-session-archive': ({ name }) =>
    l10n.t(
      '{0} is no session archive: it holds no encrypted meta.json, or something that is not encrypted. It was left as it is.',
      q(name),
    ),
  'session-skipped': ({ reason, detail }) => describeSessionSkip(reason, detail),
  'session-queue-full': ({ limit }) =>
    l10n.t(
      'A session log was dropped: {0} already wait to be written. Complete fewer at once, or find out why the disk is slow.',
      formatNumber(limit),
    ),
  'session-queue-room': ({ dropped }) => {
    const number = formatNumber(dropped);
    return plural(dropped, {
      one: l10n.t(
        'Session logs can wait to be written again. {0} session log was dropped meanwhile.',
        number,
      ),
      other: l10n.t(
        'Session logs can wait to be written again. {0} session logs were dropped meanwhile.',
        number,
      ),
    });
  },
  'sessions-lost': ({ count }) => {
    const number = formatNumber(count);
    return plural(count, {
      one: l10n.t(
        'The process ended before {0} session log was written. Await flushSessions() before it ends.',
        number,
      ),
      other: l10n.t(
        'The process ended before {0} session logs were written. Await flushSessions() before it ends.',
        number,
      ),
    });
  },
  'environment-invalid': ({ name, expected }) =>
    l10n.t(
      'The environment variable {0} must be {1}. Set it right, or remove it.',
      printable(name),
      printable(expected),
    ),
  'codec-missing': ({ method }) =>
    l10n.t(
      'The program of 7-Zip for {0} cannot be started. Install Workspace Logs again, or set sessions.compression to “deflated”.',
      printable(method),
    ),
  'password-weak': () =>
    l10n.t(
      'The password is weak: it has fewer than 16 characters, or fewer than 8 different ones, and archives of this format are guessed at quickly. Take four long random words, or 16 random characters.',
    ),
  'password-long': () =>
    l10n.t('The password is longer than 99 bytes, so 7-Zip will not open the archives. Take a shorter one.'),
  'source-changing': ({ name }) =>
    l10n.t('{0} was changed meanwhile by another program, so it was left as it is. Try again.', q(name)),
  'recorder-closed': () =>
    l10n.t('The recorder is closed, so the entry was not recorded. Make a new recorder.'),
  'queue-full': () =>
    l10n.t(
      'The entry was not recorded: too many wait for the disk. Record less, or give the recorder a larger queue.',
    ),
  'entry-invalid': () => l10n.t('The entry was not recorded: it has no method, path or status.'),
  'target-exists': ({ path }) =>
    l10n.t('There is a {0} already, and nobody agreed to replace it. Choose another name.', q(path)),
  'deletions-held': ({ path }) =>
    l10n.t('The policy of {0} is on hold, so nothing is deleted. Release the hold first.', q(path)),
  'target-among-logs': ({ path }) =>
    l10n.t('{0} lies among the logs, where it would be taken for one. Choose another folder.', q(path)),
  'nothing-to-rotate': ({ name }) =>
    l10n.t('{0} is empty or missing, so there is nothing to rotate.', q(name)),
  'log-held-open': ({ name }) =>
    l10n.t(
      '{0} was left as it was: another program has it open for writing. Stop that program, or let it rotate its log itself.',
      q(name),
    ),
  'ignore-rule-gone': ({ path }) =>
    l10n.t('{0} holds no rule that was added from here, so there is nothing to undo.', q(path)),
  'no-repository': ({ path }) => l10n.t('{0} is in no Git repository.', q(path)),
  'git-refused': ({ command, detail }) =>
    detail === ''
      ? l10n.t('Git did not do {0}. Run it in a terminal to see why.', q(command))
      : l10n.t('Git did not do {0}: {1}. Run it in a terminal to see why.', q(command), printable(detail)),
  'hook-foreign': ({ path, what, place, line }) =>
    place === undefined
      ? hookSentences[what](q(path), printable(line))
      : l10n.t(
          '{0} is written anew by another program, so the check was not installed. To have it all the same, add this command to {1}: {2}',
          q(path),
          q(place),
          printable(line),
        ),
  'disk-full': ({ path, loss }) => diskFullSentences[loss ?? 'unknown'](q(path)),
  'no-permission': ({ path, call }) =>
    /^(open|read|scandir|lstat|stat)/.test(call)
      ? l10n.t('{0} may not be read by this user. Check its permissions.', q(path))
      : l10n.t('{0} may not be changed by this user. Check its permissions.', q(path)),
  'state-unwritable': ({ path, detail }) =>
    l10n.t(
      'The folder {0} for what this machine remembers cannot be used ({1}). Set XDG_STATE_HOME to one that can.',
      q(path),
      printable(detail),
    ),
  'machine-error': ({ path, call, errno }) =>
    l10n.t('{0}: the system refused “{1}” ({2}).', q(path), call, errno),
  'worker-lost': ({ detail }) =>
    l10n.t(
      'The background worker ended ({0}). Try again; if it happens again, please report it.',
      printable(detail),
    ),
  unexpected: ({ detail }) =>
    l10n.t('Something unexpected happened: {0}. Please report it.', printable(detail)),
  usage: ({ detail }) => printable(detail),
  cancelled: () => l10n.t('Cancelled.'),
};

const outages: Readonly<Record<DatabaseOutage, (name: string, code: string) => string>> = {
  address: (name) =>
    l10n.t(
      '{0} holds no usable connection string for the audit trail. Let it begin with postgresql://.',
      name,
    ),
  'open-to-others': (name) =>
    l10n.t(
      'The file {0} with the address of the audit trail may be read by others. Let only its owner read it (mode 0600).',
      name,
    ),
  package: () =>
    l10n.t(
      'The audit trail is kept in PostgreSQL, and the package pg is missing. Install it (npm install pg).',
    ),
  unreachable: (name, code) =>
    code === ''
      ? l10n.t(
          'The connection to the audit trail’s database ({0}) was lost. Check that the server runs.',
          name,
        )
      : l10n.t(
          'The audit trail’s database ({0}) cannot be reached ({1}). Check that the server runs and that its address is right.',
          name,
          code,
        ),
  timeout: (name) =>
    l10n.t(
      'The audit trail’s database ({0}) does not answer in time. What was to be written may be there; the same record counts once.',
      name,
    ),
  login: (name) =>
    l10n.t(
      'The audit trail’s database ({0}) refused the user, the password or the name of the database. Correct the connection string.',
      name,
    ),
  rights: (name, code) =>
    l10n.t(
      'The user of the audit trail’s database ({0}) may not do this (SQLSTATE {1}). Give the grants that the documentation lists.',
      name,
      code,
    ),
  conflicts: (name, code) =>
    l10n.t(
      'Other programs were in the way in the audit trail’s database ({0}) at each attempt (SQLSTATE {1}). Try again.',
      name,
      code,
    ),
  encoding: (name) =>
    l10n.t(
      'The audit trail’s database ({0}) cannot hold every character. Create one with the encoding UTF8.',
      name,
    ),
  foreign: (name, code) =>
    l10n.t(
      'The audit trail’s database ({0}) has tables of another program (SQLSTATE {1}), and is left as it is. Give the trail a database or a schema of its own.',
      name,
      code,
    ),
  refused: (name, code) =>
    l10n.t(
      'The audit trail’s database ({0}) refused a statement (SQLSTATE {1}). The server’s log says why.',
      name,
      code,
    ),
};

const invalidRecords: Readonly<Record<InvalidRecord, () => string>> = {
  'no-object': () => l10n.t('A record is no JSON object, and is not recorded.'),
  incomplete: () =>
    l10n.t(
      'A record has no id, user_id, action, entity_type, entity_id or created_at that can be used, and is not recorded.',
    ),
  changes: () => l10n.t('The changes of a record are no object, and the record is not recorded.'),
  'too-long': () => l10n.t('A record is longer than 1 MB, and is not recorded.'),
};

const diskFullSentences: Readonly<Record<DiskFullLoss | 'unknown', (path: string) => string>> = {
  unknown: (path) => l10n.t('The disk is full, so {0} was not written. Make room and try again.', path),
  none: (path) =>
    l10n.t('The disk is full, so {0} was not written. Make room and try again; nothing is lost.', path),
  entries: (path) =>
    l10n.t(
      'The disk is full, so entries for {0} wait. Make room soon: they are lost once too many wait or the recorder ends.',
      path,
    ),
  lines: (path) =>
    l10n.t(
      'The disk is full, so {0} was not written and the lines are lost. Make room and write them again.',
      path,
    ),
};

const hookSentences: Readonly<
  Record<FailureData['hook-foreign']['what'], (path: string, line: string) => string>
> = {
  'of-others': (path, line) =>
    l10n.t(
      '{0} was written by others, so the check was not installed. To have the check all the same, add this shell line to that script: {1}',
      path,
      line,
    ),
  'not-a-file': (path, line) =>
    l10n.t(
      '{0} is no regular file, so the check was not installed. To have it all the same, add this line there: {1}',
      path,
      line,
    ),
  'shared-folder': (path, line) =>
    l10n.t(
      '{0} lies in a folder that Git was told to take hooks from, and that other repositories may share, so the check was not installed. To have it all the same, add this line there: {1}',
      path,
      line,
    ),
};

/** The words for our own checks, by their names. The archive readers give words of their own instead of a name. */
const archiveChecks: Readonly<Record<string, () => string>> = {
  longer: () => l10n.t('it holds more than it says'),
  shorter: () => l10n.t('it holds less than it says'),
  'crc-32': () => l10n.t('its CRC-32 does not match'),
  compression: () => l10n.t('its compressed data is invalid'),
  content: () => l10n.t('it does not hold what was read'),
  empty: () => l10n.t('it is empty'),
  cut: () => l10n.t('it ends too early'),
  beginning: () => l10n.t('it is not compressed as its name says'),
  header: () => l10n.t('its header is invalid'),
  checksum: () => l10n.t('its checksum does not match'),
  trailing: () => l10n.t('what follows its text is no part of it'),
  hmac: () =>
    l10n.t(
      'it was changed after it was encrypted, or the password is wrong (one wrong password in 65,536 gets this far)',
    ),
  digest: () => l10n.t('it is not the file that meta.json tells of'),
  'encryption-header': () => l10n.t('what it says of its encryption is invalid'),
  'local-header': () => l10n.t('its header does not agree with the list of files'),
  overlap: () => l10n.t('its data overlaps other data'),
  duplicate: () => l10n.t('there are several files of this name'),
  path: () => l10n.t('its name is not allowed in an archive'),
  directory: () => l10n.t('its list of files is invalid'),
  end: () => l10n.t('it does not end as a zip does'),
};

/** The words for what we cannot read, by our own names. */
const archiveFeatures: Readonly<Record<string, () => string>> = {
  format: () => l10n.t('another kind of compression'),
  zstd: () => l10n.t('Zstandard, for which Node.js 22.15 or later is needed'),
  method: () => l10n.t('an unknown compression method'),
  zipcrypto: () => l10n.t('the old encryption of zips (ZipCrypto)'),
  'strong-encryption': () => l10n.t('the “strong encryption” of PKZIP'),
  'multi-disk': () => l10n.t('several disks'),
  'compressed-size': () => l10n.t('more than 1 GB of encrypted data'),
  members: () => l10n.t('more than 65,535 files'),
  'meta-size': () => l10n.t('more than 1 MB for what it tells of the session'),
  'shown-size': () => l10n.t('more text than the 256 MB that are shown at once'),
  filter: () => l10n.t('an unknown method or filter'),
  dictionary: () => l10n.t('a dictionary of its own'),
  growth: () =>
    l10n.t('compression of more than 1,000 to 1, or more than 4 GB of text, which is not searched'),
  window: () => l10n.t('a window of more than 128 MB'),
  memory: () => l10n.t('a dictionary that takes too much memory'),
  'text-size': () => l10n.t('more than 16 GB of text'),
  'large-text': () => l10n.t('more than 4 GB of text'),
};

/** One sentence for a failure. Paths and details come from outside, so secrets in them are masked as in logs. */
export function describe(failure: Failure | FailureMessage): string {
  const sentence = sentences[failure.code] as (data: FailureMessage['data']) => string;
  return defaultMasker.text(sentence(failure.data));
}

/** Makes the sentence the message of the failure, for callers of the library, who read the message directly. */
export function inWords(failure: Failure): Failure {
  failure.message = describe(failure);
  return failure;
}

function kind(what: FileKind): string {
  switch (what) {
    case 'file':
      return l10n.t('a file');
    case 'folder':
      return l10n.t('a folder');
    case 'link':
      return l10n.t('a link');
    case 'other':
      return l10n.t('a special file');
    case 'missing':
      return l10n.t('missing');
  }
}
