import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/folders.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly name: string }[]>>;
  };
}

const { contributes } = read('package.json') as Manifest;
const words = read('package.nls.json') as Readonly<Record<string, string>>;

/** Keys of the words, `%command.refresh%`, by the ids of commands and views. */
const keys = new Map([
  ...contributes.commands.map(({ command, title: key }) => [command, key] as const),
  ...Object.values(contributes.views).flatMap((views) => views.map(({ id, name }) => [id, name] as const)),
]);

/**
 * The title of a command or a view as menus show it, so that a test names it by its id and not by words that may
 * change.
 * @param id such as `workspaceLogs.refresh`
 * @throws Error where the manifest has no such id
 */
export function title(id: string): string {
  const text = words[keys.get(id)?.replaceAll('%', '') ?? ''];
  if (text === undefined) throw new Error(`package.json has no title for ${id}.`);
  return text;
}

/** All commands of the extension, by their ids. */
export function commandIds(): string[] {
  return contributes.commands.map(({ command }) => command);
}

/** The title of a command as the palette lists it: `Workspace Logs: Refresh`. @throws Error where there is no such id */
export function paletteTitle(id: string): string {
  return `${words.category ?? ''}: ${title(id)}`;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(checkout, name), 'utf8'));
}
