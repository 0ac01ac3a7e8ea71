import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import ignore from 'ignore';
import type { Environment } from '../base/job.ts';
import { Failure, fromSystemError, isFailure } from '../base/failure.ts';
import { randomToken, replaceFile, syncFolder } from '../files/durable.ts';
import { IGNORE_FILE } from '../files/places.ts';
import { gitAbout, repositoryRoot } from './git.ts';
import { filesOf, type IgnoreChange } from './ignoreChange.ts';
import { kindOf } from '../files/list.ts';

/** Whether a workspace needs an ignore rule, as found from its rules and Git. */
export type IgnoreState =
  /** There is no repository here, so there is nothing to do until one is created. */
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'covered' }
  /** These lines are missing. */
  | { readonly kind: 'uncovered'; readonly lines: readonly string[] };

/**
 * Whether Git ignores all possible files in the managed folders (relative to `root`), for everybody who clones the
 * repository: by a `.gitignore` of the workspace, nested in it, or above it. A rule of one person's own, in the global
 * file or in `info/exclude`, does not count, nor does a `.gitignore` that is never committed because it is ignored.
 */
export async function ignoreState(
  root: string,
  folders: readonly string[],
  environment: Environment,
): Promise<IgnoreState> {
  // A workspace may be opened through a link: its real path counts.
  const real = realpathSync(root);
  const repository = repositoryRoot(real, environment);
  if (repository === undefined) return { kind: 'no-repository' };
  const lines: string[] = [];
  for (const folder of folders)
    if (!(await isCovered({ root: real, repository, folder, environment }))) lines.push(ruleFor(folder));
  return lines.length === 0 ? { kind: 'covered' } : { kind: 'uncovered', lines };
}

/**
 * The same for a folder anywhere, which may lie in another repository.
 * @param folder its real path, as far as it exists
 * @returns the lines that are missing from the `.gitignore` at the repository's root: none can be named if the folder is
 *   that root; undefined if the folder is ignored or lies in no repository
 */
export async function ignoreStateElsewhere(
  folder: string,
  environment: Environment,
): Promise<{ readonly file: string; readonly lines: readonly string[] } | undefined> {
  const repository = repositoryRoot(existingAbove(folder), environment);
  if (repository === undefined) return undefined;
  const file = join(repository, IGNORE_FILE);
  const below = relative(repository, folder).replaceAll(sep, '/');
  if (below === '') return { file, lines: [] };
  const state = await ignoreState(repository, [below], environment);
  return state.kind === 'uncovered' ? { file, lines: state.lines } : undefined;
}

function existingAbove(folder: string): string {
  return kindOf(folder) === 'missing' ? existingAbove(dirname(folder)) : folder;
}

interface Place {
  /** The real path of the workspace. */
  readonly root: string;
  readonly repository: string;
  /** The managed folder, relative to `root`. */
  readonly folder: string;
  readonly environment: Environment;
}

/** Random names, which no rule can contain: if all of them are ignored, the folder is ignored. */
function probes(folder: string): string[] {
  const token = randomToken();
  return [`${token}.log`, `${token}.log.zip`, token, `.${token}`].map((name) => `./${folder}/${name}`);
}

async function isCovered(place: Place): Promise<boolean> {
  const { root, folder, environment } = place;
  const paths = probes(folder);
  const sources = await sourcesOf(root, paths, environment);
  const staying = await ignoreFilesThatStay(place);
  if (sources !== undefined) {
    // The best rule decides, and it is missing for some path.
    if (sources.length < paths.length) return false;
    if (sources.every((source) => basename(source) === IGNORE_FILE && !staying.has(source))) return true;
  }
  // Git names only the first rule that applies. Behind a rule that does not count there may be one that does.
  return isCoveredByFiles(place, paths, staying);
}

/**
 * The files whose rules ignore the paths, one for each path that is ignored. They are relative to the top of the working
 * tree, except files of a person's own.
 * @returns undefined if Git does not tell
 */
async function sourcesOf(
  root: string,
  paths: readonly string[],
  environment: Environment,
): Promise<string[] | undefined> {
  const answer = await gitAbout(root, environment, paths, [
    ...['-c', 'core.excludesFile=', 'check-ignore'],
    ...['--no-index', '--verbose', '-z', '--stdin'],
  ]);
  if (answer.status !== 0 && answer.status !== 1) return undefined;
  const fields = answer.stdout.split('\0');
  const sources: string[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [source = '', , pattern = ''] = fields.slice(at, at + 3);
    if (!pattern.startsWith('!')) sources.push(source);
  }
  return sources;
}

/**
 * The ignore files from the repository's root down to the folder that never leave this machine: untracked files that are
 * ignored themselves. They are relative to the repository's root. If the workspace's own file is one, a rule that is
 * added there is no better, so all of them count as ones that travel.
 */
async function ignoreFilesThatStay(place: Place): Promise<ReadonlySet<string>> {
  const { root, repository, folder, environment } = place;
  const own = relative(repository, join(root, IGNORE_FILE)).replaceAll(sep, '/');
  const files = ignoreFilesAbove(repository, join(root, folder));
  const answer = await gitAbout(repository, environment, [own, ...files], ['check-ignore', '-z', '--stdin']);
  const isTold = answer.status === 0 || answer.status === 1;
  const staying = isTold
    ? answer.stdout.split('\0').filter((path) => path !== '')
    : [own, ...files].filter((path) => isIgnored(repository, path.split('/'), nothing));
  return staying.includes(own) ? nothing : new Set(staying);
}

const nothing: ReadonlySet<string> = new Set();

/** The `.gitignore` files in the folder and above it, relative to the repository's root. */
function ignoreFilesAbove(repository: string, folder: string): string[] {
  const parts = relative(repository, folder).split(sep);
  return parts
    .map((_, depth) => [...parts.slice(0, depth), IGNORE_FILE].join('/'))
    .concat([...parts, IGNORE_FILE].join('/'))
    .filter((path) => kindOf(join(repository, path)) === 'file');
}

/** Checks the `.gitignore` files from the repository's root down to the folder, except those that stay here. */
function isCoveredByFiles(
  { root, repository }: Place,
  paths: readonly string[],
  staying: ReadonlySet<string>,
): boolean {
  return paths.every((path) =>
    isIgnored(repository, relative(repository, join(root, path)).split(sep), staying),
  );
}

/** A file in an ignored folder is ignored; deeper rules cannot change that. */
function isIgnored(repository: string, parts: readonly string[], staying: ReadonlySet<string>): boolean {
  return parts.some((_, depth) =>
    isMatched(repository, parts.slice(0, depth + 1), { isFolder: depth + 1 < parts.length, staying }),
  );
}

function isMatched(
  repository: string,
  parts: readonly string[],
  { isFolder, staying }: { readonly isFolder: boolean; readonly staying: ReadonlySet<string> },
): boolean {
  let ignored = false;
  for (let depth = 0; depth < parts.length; depth += 1) {
    const path = [...parts.slice(0, depth), IGNORE_FILE].join('/');
    const file = join(repository, path);
    // Git does not follow a link here, either.
    if (staying.has(path) || kindOf(file) !== 'file') continue;
    // A rule in other letters covers nothing on a file system that tells them apart.
    const rules = ignore({ ignorecase: false }).add(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
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

/** The folder of a rule. */
function folderOf(line: string): string {
  return line.replace(/\/$/, '').replace(/\\(.)/g, '$1');
}

/** The content with the lines added at its end, with the content's own line ends; all other bytes stay. */
export function addLines(content: string, lines: readonly string[]): string {
  const eol = /\r?\n/.exec(content)?.[0] ?? '\n';
  const start = content === '' || content === '\uFEFF' || content.endsWith('\n') ? '' : eol;
  return content + start + lines.map((line) => line + eol).join('');
}

/**
 * Adds lines to the workspace's `.gitignore`. Where that is a link, which Git does not follow, a folder, or another
 * person's, the folders of the lines get a `.gitignore` of their own. The caller holds the workspace's lock exclusively.
 * @param remember called before the change, so that the change can be undone even if this process is killed
 * @throws Failure `not-a-regular-file`, `no-permission`, `disk-full` …
 */
export function addIgnoreRule(
  root: string,
  lines: readonly string[],
  remember: (change: IgnoreChange) => void,
): IgnoreChange {
  try {
    return addToWorkspace(root, lines, remember);
  } catch (error) {
    const failure = fromSystemError(error, join(root, IGNORE_FILE));
    const isClosed = isFailure(failure, 'not-a-regular-file') || isFailure(failure, 'no-permission');
    const folders = lines.map(folderOf);
    if (!isClosed || !folders.every((folder) => isFree(join(root, folder)))) throw failure;
    return addToFolders(root, lines, folders, remember);
  }
}

/** Ignores everything in its folder but itself, so that it is committed. */
const OF_FOLDER = `*\n!${IGNORE_FILE}\n`;

/** Whether a folder can get a file of its own. */
function isFree(folder: string): boolean {
  const what = kindOf(folder);
  return what === 'missing' || (what === 'folder' && kindOf(join(folder, IGNORE_FILE)) === 'missing');
}

function addToFolders(
  root: string,
  lines: readonly string[],
  folders: readonly string[],
  remember: (change: IgnoreChange) => void,
): IgnoreChange {
  const change = { lines, added: OF_FOLDER, isNew: true, after: hashOf(OF_FOLDER), folders };
  remember(change);
  for (const file of filesOf(change)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    replaceFile(join(root, file), Buffer.from(OF_FOLDER));
  }
  return change;
}

function addToWorkspace(
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
  const made = changes.filter(({ folders }) => folders === undefined);
  const own = changes
    .filter(({ folders }) => folders !== undefined)
    .flatMap(filesOf)
    .map((file) => join(root, file))
    .filter((file) => kindOf(file) === 'file' && readFileSync(file, 'utf8') === OF_FOLDER);
  const now = kindOf(path) === 'file' ? readFileSync(path, 'latin1') : undefined;
  const before = now === undefined ? undefined : made.reduceRight(takeOut, now);
  if (before === now && own.length === 0) return false;
  remember();
  for (const file of own) removeFile(file);
  if (before === '' && made.some(({ isNew }) => isNew)) removeFile(path);
  else if (before !== undefined && before !== now) replaceFile(path, Buffer.from(before, 'latin1'));
  return true;
}

function removeFile(path: string): void {
  unlinkSync(path);
  syncFolder(dirname(path));
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
