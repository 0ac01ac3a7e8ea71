import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { fromSystemError } from '../base/failure.ts';
import { parseFileName } from '../files/fileName.ts';
import { kindOf } from '../files/list.ts';

/** A name that is not the plain file or folder that it must be. A hard link is a file with another name elsewhere. */
export interface Link {
  /** Relative to the workspace. */
  readonly name: string;
  readonly what: 'link' | 'folder' | 'file' | 'other' | 'hard-link';
}

/**
 * Finds links and wrong kinds of files among the policy file of a workspace, its `logs/` and the managed names in it. A
 * file behind a link would be written or deleted outside the workspace, so no link is followed here.
 */
export function linksOf(root: string, policyFile: string, logs: string): Link[] {
  const found: Link[] = [];
  const policy = lstatSync(join(root, policyFile), { throwIfNoEntry: false });
  if (policy !== undefined && kindOfLink(policy) !== undefined)
    found.push({ name: policyFile, what: kindOfLink(policy) ?? 'other' });
  const what = kindOf(join(root, logs));
  if (what === 'missing') return found;
  if (what !== 'folder') return [...found, { name: logs, what }];
  return [
    ...found,
    ...linksIn(join(root, logs)).map(({ name, what }) => ({ name: `${logs}/${name}`, what })),
  ];
}

function linksIn(folder: string): Link[] {
  const found: Link[] = [];
  /** The names of each file. An interrupted run leaves an archive under its final name and its temporary one. */
  const linked = new Map<number, { readonly names: string[]; readonly links: number; temporary: number }>();
  for (const [name, stats] of statsIn(folder)) {
    const what = kindOfLink(stats);
    if (what === undefined) continue;
    if (what !== 'hard-link') {
      found.push({ name, what });
      continue;
    }
    const group = linked.get(stats.ino) ?? { names: [], links: stats.nlink, temporary: 0 };
    linked.set(stats.ino, group);
    if (parseFileName(name).kind === 'leftover') group.temporary += 1;
    else group.names.push(name);
  }
  for (const { names, links, temporary } of linked.values())
    if (names.length !== 1 || names.length + temporary !== links)
      found.push(...names.map((name) => ({ name, what: 'hard-link' as const })));
  return found;
}

/** The managed names of a folder. A file that is removed meanwhile is left out. */
function statsIn(folder: string): [name: string, Stats][] {
  try {
    return readdirSync(folder).flatMap((name): [string, Stats][] => {
      if (parseFileName(name).kind === 'foreign') return [];
      const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [[name, stats]];
    });
  } catch (error) {
    throw fromSystemError(error, folder);
  }
}

function kindOfLink(stats: Stats): Link['what'] | undefined {
  if (stats.isFile()) return stats.nlink > 1 ? 'hard-link' : undefined;
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}
