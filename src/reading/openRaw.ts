import { pathInWorkspace, type LogFile } from '../files/logFile.ts';
import { recordFirst } from '../workspace/deeds.ts';
import type { LogPlace } from '../workspace/logPlaces.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { requireWorkspace, type AppContext, type WorkspaceInput } from '../workspace/workspace.ts';

/**
 * Allows an editor to open the file of a log itself: it is no link, and the opening is recorded.
 * @throws Failure as `requireLog`, `audit-unavailable`
 */
export async function openRaw(input: WorkspaceInput & LogPlace, context: AppContext): Promise<LogFile> {
  const root = requireWorkspace(input);
  const file = requireLog(root, input, context);
  await recordFirst(context, root, { action: 'log_opened_raw', entity: pathInWorkspace(file) });
  return file;
}

/**
 * Allows an application to hand out a log: the download is recorded.
 * @throws Failure as `requireLog`, `audit-unavailable`
 */
export async function beginDownload(input: WorkspaceInput & LogPlace, context: AppContext): Promise<LogFile> {
  const root = requireWorkspace(input);
  const file = requireLog(root, input, context);
  await recordFirst(context, root, { action: 'log_downloaded', entity: pathInWorkspace(file) });
  return file;
}
