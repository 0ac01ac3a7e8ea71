import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../folders.ts';
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

/**
 * Copies what was built to a place where it stays as it is while the tests run, whatever is built in the checkout
 * meanwhile: one copy for all workers, so that none of them builds its own.
 * @param folder does not exist yet
 * @returns the environment variables that tell the tests (test/unit/builtProgram.ts)
 */
export function shareBuild(items: readonly Item[], folder: string): Readonly<Record<string, string>> {
  if (!items.some((item) => suiteOf(item).needsBuild)) return {};
  mkdirSync(folder);
  cpSync(join(checkout, 'dist'), join(folder, 'dist'), { recursive: true });
  // Programs beside the copy find packages, and this package by its own name.
  for (const name of ['package.json', 'node_modules']) symlinkSync(join(checkout, name), join(folder, name));
  return { BUILT_PROGRAM: join(folder, 'dist') };
}
