import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, unlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ignore from 'ignore';
import type { Environment } from '../base/job.ts';
import { Failure } from '../base/failure.ts';
import { randomToken, replaceFile, syncFolder } from '../files/durable.ts';
import { git, repositoryRoot, type GitAnswer } from './git.ts';
import { kindOf } from '../files/list.ts';

export const IGNORE_FILE = '.gitignore';

/** Whether a workspace needs an ignore rule, as found from its rules and Git. */
export type IgnoreState =
  /** There is no repository here, so there is nothing to do until one is created. */
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'covered' }
  /** These lines are missing. */
  | { readonly kind: 'uncovered'; readonly lines: readonly string[] };

/**
 * Whether Git ignores all possible files in the managed folders (relative to `root`), by any rule: the workspace's, a
 * nested one, a parent's or the global one.
 */
export async function ignoreState(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<IgnoreState> {
  // A workspace may be opened through a link: its real path counts.
  const real = realpathSync(root);
  const repository = repositoryRoot(real);
  if (repository === undefined) return { kind: 'no-repository' };
  const lines: string[] = [];
  for (const folder of folders) {
    const paths = probes(folder);
    const answer = await git(real, environment, 'check-ignore', '--no-index', '--', ...paths);
    if (!isCovered(answer, { real, repository, paths })) lines.push(ruleFor(folder));
  }
  return lines.length === 0 ? { kind: 'covered' } : { kind: 'uncovered', lines };
}

/** Random names, which no rule can contain: if all of them are ignored, the folder is ignored. */
function probes(folder: string): string[] {
  const token = randomToken();
  return [`${token}.log`, `${token}.log.zip`, token, `.${token}`].map((name) => `./${folder}/${name}`);
}

function isCovered(
  answer: GitAnswer,
  { real, repository, paths }: { real: string; repository: string; paths: readonly string[] },
): boolean {
  if (answer.status === 0) return answer.stdout.split('\n').filter(Boolean).length === paths.length;
  if (answer.status === 1) return false;
  return isCoveredByFiles(real, repository, paths);
}

/** For a machine without Git: checks the `.gitignore` files from the repository's root down to the folder. */
function isCoveredByFiles(root: string, repository: string, paths: readonly string[]): boolean {
  return paths.every((path) => {
    const parts = relative(repository, join(root, path)).split(sep);
    // A file in an ignored folder is ignored; deeper rules cannot change that.
    return parts.some((_, depth) =>
      isIgnored(repository, parts.slice(0, depth + 1), depth + 1 < parts.length),
    );
  });
}

function isIgnored(repository: string, parts: readonly string[], isFolder: boolean): boolean {
  let ignored = false;
  for (let depth = 0; depth < parts.length; depth += 1) {
    const file = join(repository, ...parts.slice(0, depth), IGNORE_FILE);
    // Git does not follow a link here, either.
    if (kindOf(file) !== 'file') continue;
    const rules = ignore().add(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    const verdict = rules.test(parts.slice(depth).join('/') + (isFolder ? '/' : ''));
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

/** The rule for exactly this folder, with special characters of its name escaped. */
function ruleFor(folder: string): string {
  return `${folder.replace(/[\\*?[\]]|^[#!]/g, '\\$&')}/`;
}

/** The content with the lines added at its end, with the content's own line ends; all other bytes stay. */
export function addLines(content: string, lines: readonly string[]): string {
  const eol = /\r?\n/.exec(content)?.[0] ?? '\n';
  const start = content === '' || content === '\uFEFF' || content.endsWith('\n') ? '' : eol;
  return content + start + lines.map((line) => line + eol).join('');
}

/** The change of the ignore file, with all data to undo it later, even if other programs changed the file since. */
export interface IgnoreChange {
  readonly lines: readonly string[];
  /** The bytes that were added at the end, one character each. */
  readonly added: string;
  /** There was no file before. */
  readonly isNew: boolean;
  /** The SHA-256 of the content after the change. */
  readonly after: string;
}

/**
 * Adds lines to the workspace's `.gitignore`. The caller holds the workspace's lock exclusively.
 * @param remember called before the change, so that the change can be undone even if this process is killed
 * @throws Failure `not-a-regular-file` (a link, a folder), `no-permission`, `disk-full` …
 */
export function addIgnoreRule(
  root: string,
  lines: readonly string[],
  remember: (change: IgnoreChange) => void,
): IgnoreChange {
  const path = join(root, IGNORE_FILE);
  const what = kindOf(path);
  if (what !== 'file' && what !== 'missing') throw new Failure('not-a-regular-file', { path, what });
  // latin1 keeps every byte, for any encoding.
  const before = what === 'missing' ? '' : readFileSync(path, 'latin1');
  const after = addLines(before, lines.map(toLatin1));
  const change = {
    lines,
    added: after.slice(before.length),
    isNew: what === 'missing',
    after: hashOf(after),
  };
  remember(change);
  replaceFile(path, Buffer.from(after, 'latin1'));
  return change;
}

/**
 * Undoes changes, which are given in the order in which they were made. If the file was changed since, only those added
 * lines that still exist are removed; every other byte stays. The caller holds the workspace's lock exclusively.
 * @param remember called before the change
 * @returns false if none of the lines exists any more, so that the file was not changed
 */
export function undoIgnoreRule(
  root: string,
  changes: readonly IgnoreChange[],
  remember: () => void,
): boolean {
  const path = join(root, IGNORE_FILE);
  if (kindOf(path) !== 'file') return false;
  const now = readFileSync(path, 'latin1');
  const before = changes.reduceRight(takeOut, now);
  if (before === now) return false;
  remember();
  if (before === '' && changes.some(({ isNew }) => isNew)) {
    unlinkSync(path);
    syncFolder(root);
  } else replaceFile(path, Buffer.from(before, 'latin1'));
  return true;
}

function takeOut(content: string, { lines, added, after }: IgnoreChange): string {
  if (hashOf(content) === after && content.endsWith(added))
    return content.slice(0, content.length - added.length);
  return lines.map(toLatin1).reduce(withoutLastOf, content);
}

/** The line was added at the end, so of several equal lines the last one is removed. */
function withoutLastOf(content: string, line: string): string {
  const rows = content.split(/(?<=\n)/);
  const index = rows.findLastIndex((row) => row.replace(/\r?\n$/, '') === line);
  return rows.filter((_, other) => other !== index).join('');
}

function hashOf(content: string): string {
  return createHash('sha256').update(content, 'latin1').digest('hex');
}

function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
