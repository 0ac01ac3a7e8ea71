import { join, resolve } from 'node:path';
import { withZip } from '../archive/zip/readZip.ts';
import { realOf } from '../files/safeOpen.ts';
import { LOGS_FOLDER } from '../files/places.ts';
import { walkSessions, type TreeFile } from '../files/sessionTree.ts';
import type { EnvironmentSettings } from '../policy/environment.ts';
import type { Policy } from '../policy/policy.ts';
import { sessionSettings } from './sessionsFolder.ts';
import { folderInside, usedFolders } from './usedSessionFolders.ts';
import { logsFolder, type Surroundings } from './workspace.ts';

/** How far a folder is searched for a session archive. */
const MOST_ENTRIES = 20_000;
const MOST_OPENED = 100;

/**
 * The folders of a workspace that Git must not see, relative to the workspace with `/` between their parts: `logs/`, and
 * each folder of session archives that is written to, by the policy or by a variable, that was written to from this
 * machine, or that holds archives already. A folder outside the workspace is none of its own, and neither is the workspace itself.
 * @param fromEnvironment absent in VS Code, where no environment counts
 */
export async function managedFolders(
  root: string,
  policy: Policy,
  fromEnvironment: EnvironmentSettings = {},
  surroundings: Surroundings,
): Promise<readonly string[]> {
  const { enabled, dir } = sessionSettings(policy, fromEnvironment);
  const written = new Set(enabled ? [dir] : []);
  if (policy.sessions.enabled) written.add(policy.sessions.dir);
  const folders = [LOGS_FOLDER];
  for (const named of new Set([policy.sessions.dir, dir])) {
    const folder = folderInside(root, named);
    if (folder === undefined || folders.includes(folder)) continue;
    if (written.has(named) || (await holdsArchives(root, folder))) folders.push(folder);
  }
  const used = usedFolders(root, surroundings).map(({ folder }) => folder);
  return [...folders, ...used.filter((folder) => !folders.includes(folder))];
}

/**
 * The folder of session archives that are written to a place that is no folder of the workspace: outside of it, or the
 * workspace itself. Only a variable can name one.
 * @returns its real path, as far as it exists; undefined if there is none
 */
export function sessionsElsewhere(
  root: string,
  policy: Policy,
  fromEnvironment: EnvironmentSettings = {},
): string | undefined {
  const { enabled, dir } = sessionSettings(policy, fromEnvironment);
  if (!enabled || dir === '' || folderInside(root, dir) !== undefined) return undefined;
  return realOf(resolve(root, dir));
}

async function holdsArchives(root: string, folder: string): Promise<boolean> {
  let entries = 0;
  let opened = 0;
  for (const entry of walkSessions(join(root, folder), logsFolder(root))) {
    entries += 1;
    if (entry.kind === 'archive') {
      opened += 1;
      if (await isSessionArchive(entry.file)) return true;
    }
    if (entries > MOST_ENTRIES || opened > MOST_OPENED) break;
  }
  return false;
}

/** Other programs' zips may lie in a folder of that name, and may be meant to be committed. */
async function isSessionArchive({ folder, name }: TreeFile): Promise<boolean> {
  try {
    return await withZip(join(folder, name), ({ members }) =>
      Promise.resolve(members.some((member) => member.name === 'meta.json' && member.encrypted)),
    );
  } catch {
    // A damaged or foreign file is no sign that archives are written here.
    return false;
  }
}
