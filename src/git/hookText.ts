import { logPathspecs } from './trackedLogs.ts';

/**
 * The text of a pre-commit hook, with one block of ours for each workspace of the repository. The text of a hook has
 * one character per byte (latin1), for any encoding.
 */

/** The beginning of a hook that we created. */
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

/** Whether a shell that can run the block runs this hook. */
export function isShellScript(hook: string): boolean {
  return /^#![^\n]*?[ \t/](?:sh|ash|bash|dash|ksh|mksh|zsh)(?:[ \t][^\n]*)?\r?(?:\n|$)/.test(hook);
}

/**
 * The hook with this workspace's block: in place of an old one, else right after the first line, so that it runs first.
 */
export function withBlock(hook: string | undefined, checked: Checked): string {
  const block = blockOf(checked);
  if (hook === undefined) return OWN_START + block;
  const [first, ...others] = blocksIn(hook, checked.workspace);
  if (first !== undefined)
    return hook.slice(0, first.start) + block + cut(hook.slice(first.end), first.end, others);
  const firstLine = /^[^\n]*\n?/.exec(hook)?.[0] ?? '';
  const lineEnd = firstLine.endsWith('\n') ? '' : '\n';
  return firstLine + lineEnd + block + hook.slice(firstLine.length);
}

/** The hook without this workspace's block. */
export function withoutBlock(hook: string, workspace: string): string {
  return cut(hook, 0, blocksIn(hook, workspace));
}

export function hasBlock(hook: string, workspace: string): boolean {
  return blocksIn(hook, workspace).length > 0;
}

/** Whether the hook has only lines of ours. */
export function isOurs(hook: string): boolean {
  return cut(hook, 0, blocksIn(hook)) === OWN_START;
}

/** Whether a hook that we created is empty now. */
export function isEmptyHook(hook: string): boolean {
  return hook === OWN_START;
}

interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * The places of the blocks of one workspace, or of all. A beginning without an end, or an end without a beginning, is
 * no block.
 */
function blocksIn(hook: string, workspace?: string): Piece[] {
  const wanted = workspace === undefined ? undefined : toLatin1(titleOf(workspace));
  const pieces: Piece[] = [];
  let open: { title: string; start: number } | undefined;
  let at = 0;
  for (const row of hook.split(/(?<=\n)/)) {
    const start = at;
    at += row.length;
    const line = row.replace(/\r?\n$/, '');
    if (line.startsWith(BEGIN)) open = { title: line.slice(BEGIN.length), start };
    if (!line.startsWith(END) || line.slice(END.length) !== open?.title) continue;
    if (wanted === undefined || wanted === open.title) pieces.push({ start: open.start, end: at });
    open = undefined;
  }
  return pieces;
}

/** A text without some of its pieces; their places count from `offset` characters before its beginning. */
function cut(text: string, offset: number, pieces: readonly Piece[]): string {
  let rest = '';
  let at = 0;
  for (const { start, end } of pieces) {
    rest += text.slice(at, start - offset);
    at = end - offset;
  }
  return rest + text.slice(at);
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
