import { ensureVscodeServer } from '../installVscodeServer.ts';
import { buildExtension, packExtension } from '../packExtension.ts';
import { ensureSystemCommands } from '../systemPackages.ts';
import { suiteOf, type Item } from './suites.ts';

/**
 * Makes sure that everything the items need is there: commands of the system, VS Code's server, and the built and
 * packed extension.
 * @throws Error that says in a sentence what is missing
 */
export async function prepare(items: readonly Item[]): Promise<void> {
  const wanted = [...new Set(items.map(suiteOf))];
  await ensureSystemCommands([...new Set(wanted.flatMap(({ needs }) => needs))]);
  if (wanted.some(({ needsServer }) => needsServer)) await ensureVscodeServer();
  if (wanted.some(({ needsBuild }) => needsBuild)) {
    await buildExtension();
    await packExtension();
  }
}
