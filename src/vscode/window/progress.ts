import * as vscode from 'vscode';
import { withoutLinks } from './plainText.ts';

const PATIENCE_MS = 1000;

/** Runs work that is mostly quick. If it takes more than a second, shows a progress message with a Cancel button. */
export async function slowly<T>(
  title: string,
  work: (signal: AbortSignal, tell: (message: string) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let show: ((message: string) => void) | undefined;
  const working = work(controller.signal, (message) => show?.(message));
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<'slow'>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, 'slow');
  });
  const first = await Promise.race([working.then(() => 'done' as const), patience]).finally(() => {
    clearTimeout(timer);
  });
  if (first === 'done') return working;
  return withCancel(title, controller, (tell) => {
    show = tell;
    return working;
  });
}

/** Shows progress while `work` runs. Cancel aborts `controller`. */
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
