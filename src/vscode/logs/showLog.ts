import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import { toLogUri } from './logDocuments.ts';
import { placeOf, type LogTarget } from '../window/logWorkspace.ts';
import type { LogAddress } from './logUri.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { slowly } from '../window/progress.ts';

/**
 * The address of a log's text, or of a file in a zip; for a large log, of its first part. Asks for a password where
 * needed.
 */
export async function addressOf(
  { workspace, file }: LogTarget,
  member: string | undefined,
  { app, passwords }: { readonly app: App; readonly passwords: Passwords },
): Promise<LogAddress> {
  const { name, folder } = file;
  const place = placeOf({ workspace, file });
  const title = vscode.l10n.t('Opening {0}', printable(name));
  const { parts } = await passwords.withPassword(place, () =>
    slowly(title, (signal) => app.run('measureLog', { ...place, member }, { signal })),
  );
  const address = { rootPath: workspace.folder.uri.path, name, folder, member };
  return parts > 1 ? { ...address, part: { index: 0, count: parts } } : address;
}

export async function show(address: LogAddress, options: vscode.TextDocumentShowOptions): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', toLogUri(address), options);
}
