/**
 * One of the queue's workers: runs the item that it is sent, answers with the result, and waits for the next. Its
 * environment (TMPDIR, HOME, …) is its own: `startWorker.ts` makes it.
 */
import '../endOnSignal.ts';
import { format } from 'node:util';
import { failedWhole, type Report } from './report.ts';
import { runCommand } from './runCommand.ts';
import { runFile, type FileOptions } from './runFile.ts';

/** A message to a worker. */
export interface Order extends FileOptions {
  readonly name: string;
  readonly command?: string | undefined;
}

/**
 * A message from a worker: the result of an item with the memory that the process has then, in bytes, or an error that
 * occurred while no item was running.
 */
export type Message = { readonly report: Report; readonly memory: number } | { readonly late: string };

let isBusy = false;

function send(message: Message): void {
  process.send?.(message);
}

async function run({ name, command, ...options }: Order): Promise<void> {
  isBusy = true;
  const work = command === undefined ? runFile(name, options) : runCommand(name, command);
  const report = await work.catch((error: unknown) => failedWhole(name, format(error)));
  isBusy = false;
  send({ report, memory: process.memoryUsage.rss() });
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    // While a file runs, mocha reports the error.
    if (!isBusy) send({ late: format(error) });
  });
}
process.on('message', (order: Order) => void run(order));
// The queue's process is gone.
process.on('disconnect', () => process.exit(1));
