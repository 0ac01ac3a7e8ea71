import * as vscode from 'vscode';
import { withoutLinks } from './plainText.ts';

const PATIENCE_MS = 1000;

/** Does something that is mostly quick; where it is not, shows so, with a way to call it off. */
export async function slowly<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const working = work(controller.signal);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<'slow'>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, 'slow');
  });
  const first = await Promise.race([working.then(() => 'done' as const), patience]).finally(() => {
    clearTimeout(timer);
  });
  return first === 'done' ? working : withCancel(title, controller, () => working);
}

/** Shows progress while something is done; Cancel calls it off. */
export async function withCancel<T>(
  title: string,
  controller: AbortController,
  work: (tell: (message: string) => void) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: withoutLinks(title),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return work((message) => {
      progress.report({ message: withoutLinks(message) });
    });
  });
}
