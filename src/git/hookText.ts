import { POLICY_FILE } from '../files/places.ts';
import { logPathspecs, pathspecOf } from './trackedLogs.ts';

/**
 * The text of a pre-commit hook, with one block of ours for each workspace of the repository. The text of a hook has
 * one character per byte (latin1), for any encoding.
 */

/** The first line of a hook that we create. */
const OWN_START = '#!/bin/sh\n';

const BEGIN = '# >>> workspace-logs: ';
const END = '# <<< workspace-logs: ';

/** The folders that the check covers, with `/` between their parts, relative to the repository's root. */
export interface Checked {
  /** The workspace's folder; empty if it is the repository's root. */
  readonly workspace: string;
  /** The managed folders. */
  readonly folders: readonly string[];
}

/** The check as lines of a POSIX shell script. Git runs hooks in the root of the working tree. */
function blockOf({ workspace, folders }: Checked): string {
  const title = titleOf(workspace);
  const specs = logPathspecs(folders).map(shellWord).join(' ');
  const ours = folders.map((folder) => shellWord(`:(top,literal)${folder}/`)).join(' ');
  const policy = shellWord(workspace === '' ? POLICY_FILE : `${workspace}/${POLICY_FILE}`);
  // A hook belongs to all working trees of a repository, whatever they have checked out.
  const reason = shellWord(
    `This working tree has no ${POLICY_FILE}: Workspace Logs put the check there from another one, and Git runs it in all.`,
  );
  return toLatin1(`${BEGIN}${title}
# Stops a commit that would add or change log files. Workspace Logs made these lines and can remove them again.
(
  unset GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS
  files=$(git -c core.quotePath=false diff --cached --name-only --no-renames --diff-filter=d -- ${specs}) || exit 1
  [ -n "$files" ] || exit 0
  if git rev-parse --quiet --verify HEAD >/dev/null; then undo='git restore --staged --'; else undo='git rm -r --cached --'; fi
  {
    echo 'workspace-logs: this commit would add or change log files:'
    count=0
    printf '%s\\n' "$files" | while IFS= read -r file; do
      count=$((count + 1))
      if [ "$count" -le 10 ]; then printf '  %s\\n' "$file"; elif [ "$count" -eq 11 ]; then echo '  and more'; fi
    done
    printf 'To take them out of it:  %s %s\\n' "$undo" ${shellWord(ours)}
    echo 'To commit them all the same:  git commit --no-verify'
    [ -f ${policy} ] || printf '%s\\n' ${reason}
    printf 'The check is in %s.\\n' "$0"
  } >&2
  exit 1
) || exit 1
${END}${title}
`);
}

/** The check as one line that the user can add to a hook of another kind. */
export function lineOf({ folders }: Checked): string {
  const specs = logPathspecs(folders).map(shellWord).join(' ');
  return `git diff --cached --quiet --no-renames --diff-filter=d -- ${specs} || { echo 'This commit would add or change log files.' >&2; exit 1; }`;
}

/**
 * Whether the line stands in a hook of others, or in the file from which a program makes the hook. There it may stand in
 * quotes of that file, so its parts are searched for. A comment does not count.
 */
export function hasLine(text: string | undefined, checked: Checked): boolean {
  const specs = checked.folders.map((folder) => toLatin1(pathspecOf(folder)));
  return (text ?? '').split('\n').some((each) => {
    const line = each.trim();
    if (/^(?:#|\/\/)/.test(line)) return false;
    if (line === toLatin1(lineOf(checked))) return true;
    return line.includes('git diff --cached --quiet') && specs.every((spec) => line.includes(spec));
  });
}

/** The hook with this workspace's block. It replaces an older block, or stands in front of the blocks of others. */
export function withBlock(hook: string | undefined, checked: Checked): string {
  const block = blockOf(checked);
  if (hook === undefined) return OWN_START + block;
  if (!hasBlock(hook, checked.workspace)) return OWN_START + block + hook.slice(OWN_START.length);
  return replaceBlocks(hook, checked.workspace, block);
}

/** The hook without this workspace's block. The hook may be a foreign one. */
export function withoutBlock(hook: string, workspace: string): string {
  return replaceBlocks(hook, workspace, '');
}

export function hasBlock(hook: string, workspace: string): boolean {
  return withoutBlock(hook, workspace) !== hook;
}

/** Whether we made the hook: it holds no line of anyone else. */
export function isOurs(hook: string): boolean {
  return isEmptyHook(hook.replace(blocks, ''));
}

/** Whether a hook that we created is empty now. */
export function isEmptyHook(hook: string): boolean {
  return hook.startsWith(OWN_START) && hook.trim() === OWN_START.trim();
}

/** A block needs both its first and its last line. */
const blocks = new RegExp(
  `(?<![^\\n])${BEGIN}([^\\n]*?)\\r?\\n(?:(?!${BEGIN})[^\\n]*\\n)*?${END}\\1\\r?(?:\\n|$)`,
  'g',
);

function replaceBlocks(hook: string, workspace: string, replacement: string): string {
  const wanted = toLatin1(titleOf(workspace));
  return hook.replace(blocks, (block, title: string) => (title === wanted ? replacement : block));
}

/** A workspace's folder as a title on one line. */
function titleOf(workspace: string): string {
  const oneLine = workspace.replace(
    /[\u0000-\u001f\u007f%]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return oneLine === '' ? '.' : oneLine;
}

/**
 * A word that the shell takes literally. One with a line end is made by printf, because a block is read line by line.
 */
function shellWord(text: string): string {
  if (!/[\u0000-\u001f\u007f]/.test(text)) return inQuotes(text);
  const format = text
    .replace(/[\\%]/g, '$&$&')
    .replace(
      /[\u0000-\u001f\u007f]/g,
      (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
    );
  return `"$(printf ${inQuotes(format)})"`;
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
