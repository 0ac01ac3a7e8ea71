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

/** What the ignore rule of a workspace needs, decided from its rules and Git. */
export type IgnoreState =
  /** No repository here: there is nothing to do until one appears. */
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'covered' }
  /** These lines are missing. */
  | { readonly kind: 'uncovered'; readonly lines: readonly string[] };

/**
 * Whether Git ignores all that may ever stand in the managed folders (relative to `root`), whichever rule says so: the
 * workspace's, a nested one, a parent's, the global one.
 */
export async function ignoreState(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<IgnoreState> {
  // A workspace may be opened by a link to it: what counts is where it really lies.
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

/** Names that no rule can mean one by one: where all are ignored, the folder is. */
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

/** Without Git on the machine: the `.gitignore` files from the repository's root down to the folder, read here. */
function isCoveredByFiles(root: string, repository: string, paths: readonly string[]): boolean {
  return paths.every((path) => {
    const parts = relative(repository, join(root, path)).split(sep);
    // What lies in an ignored folder is ignored, whatever the rules below say.
    return parts.some((_, depth) =>
      isIgnored(repository, parts.slice(0, depth + 1), depth + 1 < parts.length),
    );
  });
}

function isIgnored(repository: string, parts: readonly string[], isFolder: boolean): boolean {
  let ignored = false;
  for (let depth = 0; depth < parts.length; depth += 1) {
    const file = join(repository, ...parts.slice(0, depth), IGNORE_FILE);
    // Git follows no link here either.
    if (kindOf(file) !== 'file') continue;
    const rules = ignore().add(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    const verdict = rules.test(parts.slice(depth).join('/') + (isFolder ? '/' : ''));
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

/** A rule that means this very folder, whatever its name. */
function ruleFor(folder: string): string {
  return `${folder.replace(/[\\*?[\]]|^[#!]/g, '\\$&')}/`;
}

/** The content with the lines added at its end, in its own line ends; the rest stays byte for byte. */
export function addLines(content: string, lines: readonly string[]): string {
  const eol = /\r?\n/.exec(content)?.[0] ?? '\n';
  const start = content === '' || content === '\uFEFF' || content.endsWith('\n') ? '' : eol;
  return content + start + lines.map((line) => line + eol).join('');
}

/** What was added to the ignore file: enough to take it out again later, also where others changed the file since. */
export interface IgnoreChange {
  readonly lines: readonly string[];
  /** The bytes that were added at the end, one character each. */
  readonly added: string;
  /** There was no file before. */
  readonly isNew: boolean;
  /** SHA-256 of the content with them. */
  readonly after: string;
}

/**
 * Adds lines to the workspace's `.gitignore`. Whoever calls holds the workspace's lock exclusively.
 * @param remember called before anything is changed: what is there can then be undone, whenever this is killed
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
  // latin1 keeps every byte as it is, whatever the encoding.
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
 * Takes changes back, given in the order in which they were made. Where the file was changed since, only the added lines
 * go that still stand; every other byte stays. Whoever calls holds the workspace's lock exclusively.
 * @param remember called before anything is changed
 * @returns false when none of them stands any more, so nothing was done
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

/** The line stood at the end once; of several, the last is the one that was added. */
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
