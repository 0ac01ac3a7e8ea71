/**
 * `npm run house`: prints the rooms of `src/`, floor by floor, with their files, lines and what they import. `--check` prints
 * only what is wrong, and fails by it: a folder that holds too many files, a name that stands in two rooms, a broken floor.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { checkout } from './folders.ts';

/** What a newcomer still reads as one list. */
const MOST_FILES = 20;
/** These may bear the name of what they open: a verb, a page, the sentences of something. */
const namesakes = new Set(['cli', 'library', 'vscode', 'webview', 'words']);

const floors = JSON.parse(readFileSync(join(checkout, 'scripts/floors.json'), 'utf8')) as string[][];

const options = await extractDepcruiseOptions(join(checkout, '.dependency-cruiser.mjs'));
const { output } = await cruise(['src'], { ...options, baseDir: checkout, validate: true });
const { modules, summary } = output as ICruiseResult;
const files = globSync('src/**/*.ts', { cwd: checkout }).map((path) => path.replaceAll('\\', '/'));

const problems = [
  ...crowdedFolders(files),
  ...sharedNames(files),
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`),
];
if (!process.argv.includes('--check')) printRooms();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function crowdedFolders(paths: readonly string[]): string[] {
  return [...Map.groupBy(paths, (path) => dirname(path))]
    .filter(([, own]) => own.length > MOST_FILES)
    .map(
      ([folder, own]) =>
        `${folder} holds ${String(own.length)} files, more than ${String(MOST_FILES)}. Give it rooms of its own.`,
    );
}

function sharedNames(paths: readonly string[]): string[] {
  const below = paths.filter((path) => dirname(path) !== 'src' && !namesakes.has(roomOf(path)));
  return [...Map.groupBy(below, (path) => basename(path))]
    .filter(([, own]) => new Set(own.map(roomOf)).size > 1)
    .map(([, own]) => `${own.join(' and ')} have the same name. Name each after what it alone does.`);
}

function printRooms(): void {
  for (const [floor, rooms] of [...floors, ['webview']].entries())
    for (const room of rooms) {
      const own = files.filter((path) => roomOf(path) === room);
      if (own.length === 0) continue;
      const lines = own.reduce((sum, path) => sum + linesOf(path), 0);
      const imported = new Set(
        modules
          .filter(({ source }) => roomOf(source) === room)
          .flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved))
          .filter((path) => path.startsWith('src/') && roomOf(path) !== room)
          .map(roomOf),
      );
      const number = floor < floors.length ? String(floor) : '–';
      const counts = `${String(own.length).padStart(4)} files ${String(lines).padStart(6)} lines`;
      console.log(`${number.padStart(3)}  ${room.padEnd(12)}${counts}  ${[...imported].sort().join(', ')}`);
    }
}

/** The first folder below `src/`; `src/extension.ts` belongs to VS Code's room. */
function roomOf(path: string): string {
  const [, room = ''] = path.split('/');
  return room === 'extension.ts' ? 'vscode' : room;
}

function linesOf(path: string): number {
  return readFileSync(join(checkout, path), 'utf8').split('\n').length - 1;
}
