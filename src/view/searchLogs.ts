import type { Surroundings, WorkspaceInput } from '../workspace/workspace.ts';
import { logFiles } from './pages.ts';
import type { LogFilesPage } from './pages.ts';

/** The logs whose names hold `text`, whatever its case, the latest first: at most `count`, and how many there are in all. */
export async function searchLogs(
  input: WorkspaceInput & { readonly text: string; readonly count: number },
  surroundings: Surroundings,
): Promise<LogFilesPage> {
  const { files } = await logFiles(
    { root: input.root, from: 0, count: Number.POSITIVE_INFINITY },
    surroundings,
  );
  const wanted = input.text.toLowerCase();
  const found = files.filter(({ name }) => name.toLowerCase().includes(wanted));
  return { files: found.slice(0, input.count), total: found.length };
}
